"""Jobs in the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store.codes import WAITING_JOBS, JobCode, PriorityCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists import jobs_queue
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.counting import by_status
from ratchet_web.server.store.lists.jobs import LISTING, rows
from ratchet_web.server.store.schema import (
    DUE,
    deliveries,
    executions,
    job_payloads,
    jobs,
    schedules,
)

_J, _P = jobs.c, job_payloads.c

# Sees a job as it is inside the transaction, and returns what changes; what it raises undoes everything.
Decide = Callable[[Row], Mapping[str, Any]]


@dataclass(frozen=True)
class NewRow:
    """A job to be queued; `scheduled_for_ms` in the past is now. Policy and destinations are JSON.

    `due_ms`: the due time of its schedule for which it is.
    """

    task_id: int
    input: str
    priority: JobPriority = JobPriority.NORMAL
    max_retries: int = 3
    scheduled_for_ms: int | None = None
    schedule_id: int | None = None
    retry_policy: str | None = None
    destinations: str | None = None
    due_ms: int | None = None


@dataclass(frozen=True)
class Jobs:
    """`jobs`, each with its input and its task's name."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of jobs; an input too long for a list is None."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def counts(self, wanted: Mapping[str, Any]) -> dict[JobCode, int] | None:
        """Return how many there are in each status; None where counting them would take too long."""
        return await self._database.read(lambda c: by_status(c, LISTING, JobCode, wanted))

    async def queue(self, asked: jobs_queue.Asked) -> jobs_queue.Found:
        """Return the queue as it is."""
        return await self._database.read(lambda c: jobs_queue.look(c, asked))

    async def get(self, job_id: int) -> Row | None:
        """Return the job, None if there is none."""
        return await self._database.read(lambda c: find(c, job_id))

    async def add(self, row: NewRow, now_ms: int) -> Row:
        """Return the new job."""
        return await self._database.write(lambda c: _must_find(c, insert(c, row, now_ms)))

    async def cancel_waiting(self, job_id: int, now_ms: int) -> bool:
        """Cancel it if no worker has it; return whether it did."""
        values = {"status": JobCode.CANCELLED, "ready": 0, "due_at": None, "completed_at": now_ms}
        statement = sa.update(jobs).where(_J.id == job_id, _J.status.in_(WAITING_JOBS)).values(**values)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def change(self, job_id: int, decide: Decide) -> Row | None:
        """Change what `decide` returns (columns of the job and its payload); return the job, None: missing.

        Raises:
            whatever `decide` raises; nothing is changed then.
        """
        return await self._database.write(lambda c: _change(c, job_id, decide))

    async def delete(self, job_id: int, decide: Decide) -> bool:
        """Delete it unless `decide` raises; return whether there was one. Its executions stay."""
        return await self._database.write(lambda c: _delete(c, job_id, decide))

    async def attempts(self, job_id: int, limit: int) -> Sequence[Row] | None:
        """Return the first attempts of a job, oldest first, without payloads; None if there is no job."""
        return await self._database.read(lambda c: _attempts(c, job_id, limit))


def find(connection: sa.Connection, job_id: int) -> Row | None:
    """Return the job, None if there is none."""
    return connection.execute(rows(_P.input).where(_J.id == job_id)).one_or_none()


def insert(connection: sa.Connection, row: NewRow, now_ms: int) -> int:
    """Return the id of the new job."""
    values = {
        "task_id": row.task_id,
        "schedule_id": row.schedule_id,
        "status": JobCode.QUEUED,
        "priority": PriorityCode[row.priority.name],
        "max_retries": row.max_retries,
        "queued_at": now_ms,
        "due_of_schedule": row.due_ms,
        **times(row.scheduled_for_ms, now_ms),
    }
    made: int = connection.execute(_INSERT, values).scalar_one()
    payload = {"input": row.input, "retry_policy": row.retry_policy, "destinations": row.destinations}
    connection.execute(_INSERT_PAYLOAD, {"job_id": made, **payload})
    return made


_INSERT = sa.insert(jobs).returning(_J.id)
_INSERT_PAYLOAD = sa.insert(job_payloads)


def hasten_retries(connection: sa.Connection, by_ms: int) -> None:
    """Let retries that wait come earlier: the clock, not a person, chose their time."""
    values = {name: _J[name] - by_ms for name in ("due_at", "scheduled_for", "ready_at")}
    connection.execute(sa.update(jobs).where(DUE, _J.status == JobCode.RETRYING).values(**values))


def times(scheduled_for_ms: int | None, now_ms: int) -> dict[str, int | None]:
    """Return the columns that let a job wait for its time, or be ready."""
    later = scheduled_for_ms is not None and scheduled_for_ms > now_ms
    due_ms = scheduled_for_ms if later else None
    return {
        "scheduled_for": scheduled_for_ms,
        "due_at": due_ms,
        "ready": int(not later),
        "ready_at": now_ms if due_ms is None else due_ms,
    }


def _change(connection: sa.Connection, job_id: int, decide: Decide) -> Row | None:
    row = find(connection, job_id)
    if row is None:
        return None
    values = dict(decide(row))
    payload = {name: values.pop(name) for name in ("retry_policy", "destinations") if name in values}
    if values:
        connection.execute(sa.update(jobs).where(_J.id == job_id).values(**values))
    if payload:
        connection.execute(sa.update(job_payloads).where(_P.job_id == job_id).values(**payload))
    return _must_find(connection, job_id)


def _delete(connection: sa.Connection, job_id: int, decide: Decide) -> bool:
    row = find(connection, job_id)
    if row is None:
        return False
    decide(row)
    remove(connection, [job_id])
    return True


def remove(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Delete jobs with their inputs and deliveries; their executions stay, and nothing points to them."""
    # SQLite may give the id of the last one to a later one.
    mine = sa.update(executions).where(executions.c.job_id.in_(ids)).values(job_id=None)
    last = sa.update(schedules).where(schedules.c.last_job_id.in_(ids)).values(last_job_id=None)
    for statement in (mine, last):
        connection.execute(statement)
    for table, key in ((deliveries, deliveries.c.job_id), (job_payloads, _P.job_id), (jobs, _J.id)):
        connection.execute(sa.delete(table).where(key.in_(ids)))


def _attempts(connection: sa.Connection, job_id: int, limit: int) -> Sequence[Row] | None:
    if connection.scalar(sa.select(_J.id).where(_J.id == job_id)) is None:
        return None
    mine = sa.select(executions).where(executions.c.job_id == job_id)
    return connection.execute(mine.order_by(executions.c.id).limit(limit)).all()


def _must_find(connection: sa.Connection, job_id: int) -> Row:
    row = find(connection, job_id)
    assert row is not None, "it was found or inserted in this transaction"
    return row
