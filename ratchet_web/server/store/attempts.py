"""An attempt's life: claimed, ended. It moves an execution and, if it has one, its job in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store import deliveries, failures_notes
from ratchet_web.server.store.claims import Attempt, Claimed, claim, ready
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.schema import executions, job_payloads, jobs, payloads

__all__ = ["Attempt", "Attempts", "Claimed", "Ended", "Ending", "RetryDelay"]

_E, _J, _P = executions.c, jobs.c, payloads.c
_JOB_AFTER = {
    ExecutionCode.COMPLETED: JobCode.COMPLETED,
    ExecutionCode.FAILED: JobCode.FAILED,
    ExecutionCode.CANCELLED: JobCode.CANCELLED,
}

# How many retries there were, and the job's policy as JSON if it has one of its own, to milliseconds.
RetryDelay = Callable[[int, str | None], int]


@dataclass(frozen=True)
class Ending:
    """How an attempt ended; `status` is final. Output, error details and HTTP requests are JSON.

    `duration_ms` is None where nobody knows. A completed one with `destinations` leaves as many deliveries
    of its output to be made.
    """

    status: ExecutionCode
    duration_ms: int | None
    output: str | None = None
    error_message: str | None = None
    error_details: str | None = None
    http_requests: str | None = None
    progress: float | None = None
    progress_note: str | None = None
    worker: str | None = None
    destinations: int = 0


@dataclass(frozen=True)
class Ended:
    """What recording an end did: nothing (`recorded` is false) if it had ended before.

    `retrying`: its job waits for another attempt. `following`: what was claimed with the same commit.
    `failure_id`: which failure it was, where it failed.
    """

    recorded: bool
    job_id: int | None = None
    retrying: bool = False
    following: tuple[Attempt, ...] = ()
    failure_id: int | None = None


@dataclass(frozen=True)
class Attempts:
    """The queue as the dispatcher sees it."""

    _database: Database

    async def claim(self, limit: int, now_ms: int) -> Claimed:
        """Start at most `limit` attempts and return them, with the time when more is due."""
        return await self._database.write(lambda c: claim(c, limit, now_ms))

    async def ready(self, now_ms: int) -> int | None:
        """Let delayed work be ready whose time has come; return the time when more is due."""
        return await self._database.write(lambda c: ready(c, now_ms))

    async def end(
        self, execution_id: int, ending: Ending, now_ms: int, delay: RetryDelay, following: int = 0
    ) -> Ended:
        """Record how a running attempt ended, and claim up to `following` others in the same transaction.

        A failed job with retries left waits `delay(…)` ms.
        """

        def work(connection: sa.Connection) -> Ended:
            ended = _end(connection, execution_id, ending, now_ms, delay)
            if not following:
                return ended
            claimed = claim(connection, following, now_ms).attempts
            return replace(ended, following=tuple(claimed))

        return await self._database.write(work)

    async def end_running(self, ending: Ending, now_ms: int, delay: RetryDelay) -> list[int]:
        """End every attempt that an earlier server left running; return their executions."""

        def work(connection: sa.Connection) -> list[int]:
            running = sa.select(_E.id).where(_E.status == ExecutionCode.RUNNING)
            found = list(connection.scalars(running))
            for execution_id in found:
                _end(connection, execution_id, ending, now_ms, delay)
            return found

        return await self._database.write(work)


# Built once: building a statement costs more than running it.
_END = (
    sa.update(executions)
    .where(_E.id == sa.bindparam("which"), _E.status == ExecutionCode.RUNNING)
    .values(
        status=sa.bindparam("status_now"),
        completed_at=sa.bindparam("now"),
        error_message=sa.bindparam("message"),
        duration_ms=sa.bindparam("took_ms"),
        progress=sa.bindparam("share"),
        progress_note=sa.bindparam("note"),
        worker=sa.func.coalesce(sa.bindparam("by"), _E.worker),
    )
    .returning(_E.job_id)
)
_KEEP = (
    sa.update(payloads)
    .where(_P.execution_id == sa.bindparam("which"))
    .values(
        output=sa.bindparam("put_out"), error_details=sa.bindparam("why"), http_requests=sa.bindparam("asked")
    )
)
_END_JOB = (
    sa.update(jobs)
    .where(_J.id == sa.bindparam("which"))
    .values(
        status=sa.bindparam("status_now"),
        completed_at=sa.bindparam("now"),
        error_message=sa.bindparam("message"),
    )
)
_FAILING_JOB = (
    sa.select(_J.id, _J.retry_count, _J.max_retries, job_payloads.c.retry_policy)
    .join(job_payloads, job_payloads.c.job_id == _J.id)
    .where(_J.id == sa.bindparam("which"))
)


def _end(
    connection: sa.Connection, execution_id: int, ending: Ending, now_ms: int, delay: RetryDelay
) -> Ended:
    completed = ending.status is ExecutionCode.COMPLETED
    values: dict[str, Any] = {
        "which": execution_id,
        "status_now": ending.status,
        "now": now_ms,
        "message": ending.error_message,
        "took_ms": ending.duration_ms,
        "share": 1.0 if completed else ending.progress,
        "note": ending.progress_note,
        "by": ending.worker,
    }
    row = connection.execute(_END, values).one_or_none()
    if row is None:
        return Ended(False)
    kept = {"put_out": ending.output, "why": ending.error_details, "asked": ending.http_requests}
    if any(value is not None for value in kept.values()):
        connection.execute(_KEEP, {"which": execution_id, **kept})
    failure_id = None
    if ending.status is ExecutionCode.FAILED:
        failure_id = failures_notes.note(
            connection, execution_id, ending.error_message, ending.error_details, now_ms
        )
    if row.job_id is None:
        return Ended(True, failure_id=failure_id)
    if completed and ending.destinations:
        deliveries.insert(connection, row.job_id, execution_id, ending.destinations, now_ms)
    retrying = _end_job(connection, row.job_id, ending, now_ms, delay)
    return Ended(True, row.job_id, retrying, failure_id=failure_id)


def _end_job(connection: sa.Connection, job_id: int, ending: Ending, now_ms: int, delay: RetryDelay) -> bool:
    """Let the job end like its attempt, or wait for another one; return whether it waits."""
    if ending.status is ExecutionCode.FAILED:
        job = connection.execute(_FAILING_JOB, {"which": job_id}).one()
        if job.retry_count < job.max_retries:
            _let_wait(connection, job, ending, now_ms + delay(job.retry_count, job.retry_policy))
            return True
    after = {"status_now": _JOB_AFTER[ending.status], "now": now_ms, "message": ending.error_message}
    connection.execute(_END_JOB, {"which": job_id, **after})
    return False


def _let_wait(connection: sa.Connection, job: sa.Row[*tuple[Any, ...]], ending: Ending, due_ms: int) -> None:
    values = {"retry_count": job.retry_count + 1, "error_message": ending.error_message}
    times = {"scheduled_for": due_ms, "due_at": due_ms, "ready_at": due_ms}
    statement = sa.update(jobs).where(_J.id == job.id).values(status=JobCode.RETRYING, **values, **times)
    connection.execute(statement)
