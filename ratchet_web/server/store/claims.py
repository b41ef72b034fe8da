"""Which work goes next: the statements that turn what waits into attempts that run.

They are built once: building one costs more than running it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store import executions as execution_store
from ratchet_web.server.store import failures_notes
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.pauses import FIRST_NOT_PAUSED, FIRST_PAUSED
from ratchet_web.server.store.schema import (
    DELAYED,
    DUE,
    QUEUE,
    READY,
    WAITING,
    executions,
    job_payloads,
    jobs,
    payloads,
    task_versions,
    tasks,
)

_E, _J, _T, _V = executions.c, jobs.c, tasks.c, task_versions.c
VERSIONED = ("version", "revision", "source_code", "output_schema")
TASK_IS_GONE = "Its task was deleted"


@dataclass(frozen=True)
class Attempt:
    """An execution that was given to a worker, with all that it needs; input and output schema are JSON."""

    execution_id: int
    attempt: int
    input: str
    task_id: int
    task_name: str
    task_version: str
    source: str
    output_schema: str | None
    job_id: int | None = None
    schedule_id: int | None = None
    # How many places its output goes to.
    destinations: int = 0


class Claimed(NamedTuple):
    """Attempts that now run, and when the next delayed work is due: None if nothing is, or more is ready."""

    attempts: list[Attempt]
    next_due_ms: int | None


def claim(connection: sa.Connection, limit: int, now_ms: int) -> Claimed:
    """Start at most `limit` attempts: direct executions first, then jobs; both by priority, then by age.

    What is paused is read in the same transaction: a pause that was answered holds from then on.
    """
    promote(connection, now_ms)
    claimed: list[Attempt] = []
    for take in (_claim_execution, *_of_jobs(connection)):
        while len(claimed) < limit and (found := take(connection, now_ms)) is not None:
            claimed.append(found)
    due_ms = connection.scalar(_NEXT_DUE) if len(claimed) < limit else None
    return Claimed(claimed, due_ms)


def _of_jobs(connection: sa.Connection) -> tuple["Take", ...]:
    """Return how jobs are claimed now: not at all while the queue is paused."""
    paused = connection.scalar(FIRST_PAUSED)
    if paused == QUEUE:
        return ()
    return (_claim_job if paused is None else _claim_job_not_paused,)


def promote(connection: sa.Connection, now_ms: int) -> None:
    """Let delayed work be ready whose time has come."""
    for statement in (_PROMOTE_JOBS, _PROMOTE_EXECUTIONS):
        connection.execute(statement, {"now": now_ms})


def ready(connection: sa.Connection, now_ms: int) -> int | None:
    """Let delayed work be ready whose time has come; return when the next is due."""
    promote(connection, now_ms)
    due_ms: int | None = connection.scalar(_NEXT_DUE)
    return due_ms


Take = Callable[[sa.Connection, int], Attempt | None]

_PROMOTE_JOBS = sa.update(jobs).where(DUE, _J.due_at <= sa.bindparam("now")).values(ready=1, due_at=None)
_PROMOTE_EXECUTIONS = (
    sa.update(executions).where(DELAYED, _E.due_at <= sa.bindparam("now")).values(ready=1, due_at=None)
)
_DUE_JOB = sa.select(sa.func.min(_J.due_at)).where(DUE).scalar_subquery()
_DUE_EXECUTION = sa.select(sa.func.min(_E.due_at)).where(DELAYED).scalar_subquery()
# SQLite's `min` of two values is null where one of them is.
_NEXT_DUE = sa.select(
    sa.func.min(sa.func.coalesce(_DUE_JOB, _DUE_EXECUTION), sa.func.coalesce(_DUE_EXECUTION, _DUE_JOB))
)

_OLDEST_EXECUTION = (
    sa.select(_E.id).where(WAITING).order_by(_E.priority.desc(), _E.queued_at, _E.id).limit(1)
).scalar_subquery()
_TASK = (_T.name, _T.version, _T.revision, _T.source_code, _T.output_schema)
# One that waits for a version of its task names it; else it runs the task of now.
_PINNED = sa.and_(_V.task_id == _E.task_id, _V.revision == _E.task_revision)
_OF_NOW = _V.revision.is_(None)
_RUNS = (sa.case((_OF_NOW, _T[name]), else_=_V[name]).label(name) for name in VERSIONED)
_NEXT_EXECUTION = (
    sa.select(
        _E.id, _E.attempt, _E.task_id, _E.queued_at, _E.scheduled_for, payloads.c.input, _T.name, *_RUNS
    )
    .join(payloads, payloads.c.execution_id == _E.id)
    .outerjoin(tasks, _T.id == _E.task_id)
    .outerjoin(task_versions, _PINNED)
    .where(_E.id == _OLDEST_EXECUTION)
)
_BEGIN_EXECUTION = (
    sa.update(executions)
    .where(_E.id == sa.bindparam("which"))
    .values(
        status=ExecutionCode.RUNNING,
        ready=None,
        started_at=sa.bindparam("now"),
        task_version=sa.bindparam("version_now"),
        task_revision=sa.bindparam("revision_now"),
        wait_ms=sa.bindparam("waited"),
    )
)
_DROP_EXECUTION = (
    sa.update(executions)
    .where(_E.id == sa.bindparam("which"))
    .values(
        status=ExecutionCode.FAILED, ready=None, completed_at=sa.bindparam("now"), error_message=TASK_IS_GONE
    )
)


def _claim_execution(connection: sa.Connection, now_ms: int) -> Attempt | None:
    while (row := connection.execute(_NEXT_EXECUTION).one_or_none()) is not None:
        if row.name is None:
            connection.execute(_DROP_EXECUTION, {"which": row.id, "now": now_ms})
            failures_notes.note(connection, row.id, TASK_IS_GONE, None, now_ms)
            continue
        since_ms = max(row.queued_at, row.scheduled_for or 0)
        task = {"version_now": row.version, "revision_now": row.revision}
        times = {"now": now_ms, "waited": max(now_ms - since_ms, 0)}
        connection.execute(_BEGIN_EXECUTION, {"which": row.id, **task, **times})
        return _attempt(row, execution_id=row.id, attempt=row.attempt)
    return None


_FIRST_JOB = (
    sa.select(_J.id).where(READY).order_by(_J.priority.desc(), _J.queued_at, _J.id).limit(1)
).scalar_subquery()
_JOBS = (
    sa.select(
        *(_J.id, _J.task_id, _J.schedule_id, _J.attempts, _J.execution_id, job_payloads.c.input),
        sa.func.coalesce(_J.ready_at, _J.scheduled_for, _J.queued_at).label("since"),
        sa.func.coalesce(sa.func.json_array_length(job_payloads.c.destinations), 0).label("destinations"),
        *_TASK,
    )
    .join(job_payloads, job_payloads.c.job_id == _J.id)
    .outerjoin(tasks, _T.id == _J.task_id)
)
_NEXT_JOB = _JOBS.where(_J.id == _FIRST_JOB)
_NEXT_JOB_NOT_PAUSED = _JOBS.where(_J.id == FIRST_NOT_PAUSED)
_BEGIN_JOB = (
    sa.update(jobs)
    .where(_J.id == sa.bindparam("which"))
    .values(
        status=JobCode.PROCESSING,
        ready=0,
        attempts=_J.attempts + 1,
        started_at=sa.func.coalesce(_J.started_at, sa.bindparam("now")),
        execution_id=sa.bindparam("made"),
    )
)
_DROP_JOB = (
    sa.update(jobs)
    .where(_J.id == sa.bindparam("which"))
    .values(status=JobCode.FAILED, ready=0, completed_at=sa.bindparam("now"), error_message=TASK_IS_GONE)
)


def _claim_job(connection: sa.Connection, now_ms: int) -> Attempt | None:
    return _claim_first(connection, _NEXT_JOB, now_ms)


def _claim_job_not_paused(connection: sa.Connection, now_ms: int) -> Attempt | None:
    return _claim_first(connection, _NEXT_JOB_NOT_PAUSED, now_ms)


def _claim_first(connection: sa.Connection, first: sa.Select[Any], now_ms: int) -> Attempt | None:
    while (row := connection.execute(first).one_or_none()) is not None:
        if row.name is None:
            connection.execute(_DROP_JOB, {"which": row.id, "now": now_ms})
            continue
        made = execution_store.insert(
            connection,
            row.input,
            task_id=row.task_id,
            task_version=row.version,
            task_revision=row.revision,
            job_id=row.id,
            schedule_id=row.schedule_id,
            retry_of=row.execution_id,
            attempt=row.attempts + 1,
            status=ExecutionCode.RUNNING,
            queued_at=now_ms,
            started_at=now_ms,
            wait_ms=max(now_ms - row.since, 0),
        )
        connection.execute(_BEGIN_JOB, {"which": row.id, "now": now_ms, "made": made})
        more: dict[str, Any] = {"job_id": row.id, "schedule_id": row.schedule_id}
        return _attempt(
            row, execution_id=made, attempt=row.attempts + 1, destinations=row.destinations, **more
        )
    return None


def _attempt(row: sa.Row[*tuple[Any, ...]], **more: Any) -> Attempt:
    return Attempt(
        input=row.input,
        task_id=row.task_id,
        task_name=row.name,
        task_version=row.version,
        source=row.source_code,
        output_schema=row.output_schema,
        **more,
    )
