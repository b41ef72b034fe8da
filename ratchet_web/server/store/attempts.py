"""An attempt's life: claimed, ended. It moves an execution and, if it has one, its job in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store import executions as execution_store
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import DUE, READY, executions, job_payloads, jobs, payloads, tasks

_E, _J = executions.c, jobs.c
_JOB_AFTER = {
    ExecutionCode.COMPLETED: JobCode.COMPLETED,
    ExecutionCode.FAILED: JobCode.FAILED,
    ExecutionCode.CANCELLED: JobCode.CANCELLED,
}

RetryDelay = Callable[[int], int]


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


@dataclass(frozen=True)
class Ending:
    """How an attempt ended; `status` is final. Output, error details and HTTP requests are JSON."""

    status: ExecutionCode
    duration_ms: int
    output: str | None = None
    error_message: str | None = None
    error_details: str | None = None
    http_requests: str | None = None
    progress: float | None = None
    progress_note: str | None = None
    worker: str | None = None


@dataclass(frozen=True)
class Attempts:
    """The queue as the dispatcher sees it."""

    _database: Database

    async def claim(self, limit: int, now_ms: int) -> list[Attempt]:
        """Start at most `limit` attempts and return them: direct executions first, then jobs by priority."""

        def work(connection: sa.Connection) -> list[Attempt]:
            _promote(connection, now_ms)
            claimed: list[Attempt] = []
            while len(claimed) < limit:
                found = _claim_execution(connection, now_ms) or _claim_job(connection, now_ms)
                if found is None:
                    break
                claimed.append(found)
            return claimed

        return await self._database.write(work)

    async def end(self, execution_id: int, ending: Ending, now_ms: int, delay: RetryDelay) -> int | None:
        """Record how a running attempt ended; a failed job with retries left waits `delay(retries)` ms.

        Returns the id of its job.
        """
        return await self._database.write(lambda c: _end(c, execution_id, ending, now_ms, delay))

    async def end_running(self, ending: Ending, now_ms: int, delay: RetryDelay) -> list[int]:
        """End every attempt that an earlier server left running; return their executions."""

        def work(connection: sa.Connection) -> list[int]:
            running = sa.select(_E.id).where(_E.status == ExecutionCode.RUNNING)
            found = list(connection.scalars(running))
            for execution_id in found:
                _end(connection, execution_id, ending, now_ms, delay)
            return found

        return await self._database.write(work)


def _promote(connection: sa.Connection, now_ms: int) -> None:
    statement = sa.update(jobs).where(DUE, _J.due_at <= now_ms).values(ready=1, due_at=None)
    connection.execute(statement)


def _claim_execution(connection: sa.Connection, now_ms: int) -> Attempt | None:
    pending = sa.select(_E.id).where(_E.status == ExecutionCode.PENDING)
    pick = pending.order_by(_E.queued_at, _E.id).limit(1).scalar_subquery()
    execution_id = connection.scalar(
        sa.update(executions)
        .where(_E.id == pick)
        .values(status=ExecutionCode.RUNNING, started_at=now_ms, **_current_version(_E.task_id))
        .returning(_E.id)
    )
    return None if execution_id is None else _attempt(connection, execution_id)


def _claim_job(connection: sa.Connection, now_ms: int) -> Attempt | None:
    pick = sa.select(_J.id).where(READY).order_by(_J.priority.desc(), _J.queued_at).limit(1).scalar_subquery()
    started = sa.func.coalesce(_J.started_at, now_ms)
    values = {"status": JobCode.PROCESSING, "ready": 0, "attempts": _J.attempts + 1, "started_at": started}
    job = connection.execute(
        sa.update(jobs).where(_J.id == pick).values(**values).returning(jobs)
    ).one_or_none()
    if job is None:
        return None
    execution_id = execution_store.insert(
        connection,
        connection.scalar(sa.select(job_payloads.c.input).where(job_payloads.c.job_id == job.id)) or "null",
        task_id=job.task_id,
        **_current_version(sa.literal(job.task_id)),
        job_id=job.id,
        schedule_id=job.schedule_id,
        attempt=job.attempts,
        status=ExecutionCode.RUNNING,
        queued_at=now_ms,
        started_at=now_ms,
    )
    connection.execute(sa.update(jobs).where(_J.id == job.id).values(execution_id=execution_id))
    return _attempt(connection, execution_id)


def _current_version(task_id: sa.ColumnElement[int]) -> dict[str, sa.ScalarSelect[Any]]:
    """Return what an execution says about the task that it runs: what is claimed runs the task of now."""
    columns = {"task_version": tasks.c.version, "task_revision": tasks.c.revision}
    mine = tasks.c.id == task_id
    return {name: sa.select(column).where(mine).scalar_subquery() for name, column in columns.items()}


def _attempt(connection: sa.Connection, execution_id: int) -> Attempt:
    statement = (
        sa.select(executions, payloads.c.input, tasks.c.name, tasks.c.source_code, tasks.c.output_schema)
        .join(payloads, payloads.c.execution_id == _E.id)
        .join(tasks, tasks.c.id == _E.task_id)
        .where(_E.id == execution_id)
    )
    row = connection.execute(statement).one()
    return Attempt(
        execution_id=row.id,
        attempt=row.attempt,
        input=row.input,
        task_id=row.task_id,
        task_name=row.name,
        task_version=row.task_version,
        source=row.source_code,
        output_schema=row.output_schema,
        job_id=row.job_id,
        schedule_id=row.schedule_id,
    )


def _end(
    connection: sa.Connection, execution_id: int, ending: Ending, now_ms: int, delay: RetryDelay
) -> int | None:
    values: dict[str, Any] = {
        "status": ending.status,
        "completed_at": now_ms,
        "error_message": ending.error_message,
    }
    values |= {
        "duration_ms": ending.duration_ms,
        "progress_note": ending.progress_note,
        "worker": ending.worker,
    }
    values["progress"] = 1.0 if ending.status is ExecutionCode.COMPLETED else ending.progress
    mine = sa.update(executions).where(_E.id == execution_id, _E.status == ExecutionCode.RUNNING)
    row = connection.execute(mine.values(**values).returning(_E.job_id)).one_or_none()
    if row is None:
        return None
    details = {
        "output": ending.output,
        "error_details": ending.error_details,
        "http_requests": ending.http_requests,
    }
    connection.execute(sa.update(payloads).where(payloads.c.execution_id == execution_id).values(**details))
    if row.job_id is not None:
        job = connection.execute(sa.select(jobs).where(_J.id == row.job_id)).one()
        after = _job_after(job, ending, now_ms, delay)
        connection.execute(sa.update(jobs).where(_J.id == row.job_id).values(**after))
    job_id: int | None = row.job_id
    return job_id


def _job_after(job: Row, ending: Ending, now_ms: int, delay: RetryDelay) -> dict[str, Any]:
    if ending.status is not ExecutionCode.FAILED or job.retry_count >= job.max_retries:
        status = _JOB_AFTER[ending.status]
        return {"status": status, "completed_at": now_ms, "error_message": ending.error_message}
    due_ms = now_ms + delay(job.retry_count)
    return {
        "status": JobCode.RETRYING,
        "retry_count": job.retry_count + 1,
        "scheduled_for": due_ms,
        "due_at": due_ms,
        "error_message": ending.error_message,
    }
