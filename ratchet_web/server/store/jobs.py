"""Jobs in the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store.codes import JobCode, PriorityCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.jobs import LISTING, rows
from ratchet_web.server.store.schema import DUE, job_counts, job_payloads, jobs

_J, _P = jobs.c, job_payloads.c
_WAITING = (JobCode.QUEUED, JobCode.RETRYING)
_ENDED_BADLY = (JobCode.FAILED, JobCode.CANCELLED)
_WAIT_SAMPLE = 1_000


@dataclass(frozen=True)
class NewRow:
    """A job to be queued; `scheduled_for_ms` in the past is now."""

    task_id: int
    input: str
    priority: JobPriority = JobPriority.NORMAL
    max_retries: int = 3
    scheduled_for_ms: int | None = None
    schedule_id: int | None = None


class JobCounts(NamedTuple):
    """How many jobs there are in each status; the mean wait is that of the last jobs that began, in ms."""

    by_status: Mapping[JobCode, int]
    mean_wait_ms: float | None
    last_24h: int


@dataclass(frozen=True)
class Jobs:
    """`jobs`, each with its input and its task's name."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of jobs; an input too long for a list is None."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def get(self, job_id: int) -> Row | None:
        """Return the job, None if there is none."""
        return await self._database.read(lambda c: find(c, job_id))

    async def add(self, row: NewRow, now_ms: int) -> Row:
        """Return the new job."""
        return await self._database.write(lambda c: _must_find(c, insert(c, row, now_ms)))

    async def cancel_waiting(self, job_id: int, now_ms: int) -> bool:
        """Cancel it if no worker has it; return whether it did."""
        values = {"status": JobCode.CANCELLED, "ready": 0, "due_at": None, "completed_at": now_ms}
        statement = sa.update(jobs).where(_J.id == job_id, _J.status.in_(_WAITING)).values(**values)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def retry(self, job_id: int) -> bool:
        """Queue one more attempt of a job that failed or was cancelled; return whether it was one."""
        again = {"status": JobCode.QUEUED, "ready": 1, "scheduled_for": None, "completed_at": None}
        values = again | {"error_message": None}
        statement = sa.update(jobs).where(_J.id == job_id, _J.status.in_(_ENDED_BADLY)).values(**values)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def next_due(self) -> int | None:
        """Return the earliest time for which a job waits, in ms."""
        return await self._database.read(lambda c: c.scalar(sa.select(sa.func.min(_J.due_at)).where(DUE)))

    async def counts(self, now_ms: int) -> JobCounts:
        """Return how many there are in each status."""
        return await self._database.read(lambda c: _counts(c, now_ms))


def find(connection: sa.Connection, job_id: int) -> Row | None:
    """Return the job, None if there is none."""
    return connection.execute(rows(_P.input).where(_J.id == job_id)).one_or_none()


def insert(connection: sa.Connection, row: NewRow, now_ms: int) -> int:
    """Return the id of the new job."""
    later = row.scheduled_for_ms is not None and row.scheduled_for_ms > now_ms
    statement = sa.insert(jobs).values(
        task_id=row.task_id,
        schedule_id=row.schedule_id,
        status=JobCode.QUEUED,
        priority=PriorityCode[row.priority.name],
        max_retries=row.max_retries,
        queued_at=now_ms,
        scheduled_for=row.scheduled_for_ms,
        due_at=row.scheduled_for_ms if later else None,
        ready=int(not later),
    )
    made: int = connection.execute(statement.returning(_J.id)).scalar_one()
    connection.execute(sa.insert(job_payloads).values(job_id=made, input=row.input))
    return made


def _must_find(connection: sa.Connection, job_id: int) -> Row:
    row = find(connection, job_id)
    assert row is not None, "it was inserted in this transaction"
    return row


def _counts(connection: sa.Connection, now_ms: int) -> JobCounts:
    counts = job_counts.c
    grouped = sa.select(counts.status, sa.func.sum(counts.n)).group_by(counts.status)
    found = {JobCode(status): n for status, n in connection.execute(grouped)}
    recent = sa.select(sa.func.count()).select_from(jobs).where(_J.queued_at >= now_ms - 86_400_000)
    # Only first attempts: `scheduled_for` of a retried job is the time of its retry.
    wait = (_J.started_at - sa.func.coalesce(_J.scheduled_for, _J.queued_at)).label("wait")
    begun = sa.select(wait).where(_J.attempts == 1, _J.retry_count == 0, _J.started_at.is_not(None))
    sample = begun.order_by(_J.id.desc()).limit(_WAIT_SAMPLE).subquery()
    return JobCounts(
        by_status={code: found.get(code, 0) for code in JobCode},
        mean_wait_ms=connection.scalar(sa.select(sa.func.avg(sample.c.wait))),
        last_24h=connection.scalar(recent) or 0,
    )
