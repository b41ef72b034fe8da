"""Executions in the store."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store.codes import ENDED_EXECUTIONS, OPEN_EXECUTIONS, ExecutionCode, PriorityCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import Overtaken, StillOpen
from ratchet_web.server.store.lists import executions_counts
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.counting import by_status
from ratchet_web.server.store.lists.executions import LISTING, PAYLOAD, SHORT, rows
from ratchet_web.server.store.schema import executions, jobs, logs, payloads

_E = executions.c
LOGS_AT_ONCE = 5_000

# Sees an execution as it is inside the transaction; what it raises undoes everything.
Allow = Callable[[Row], None]


@dataclass(frozen=True)
class NewRow:
    """A direct execution to be queued."""

    task_id: int
    task_version: str
    input: str
    retry_of: int | None = None
    attempt: int = 1
    priority: JobPriority = JobPriority.NORMAL
    scheduled_for_ms: int | None = None
    # The version of the task that is to run; None: the newest when it begins.
    task_revision: int | None = None
    # The newest retry of the same execution that was seen, 0 for none; None: whatever there is.
    retry_seen: int | None = None


@dataclass(frozen=True)
class Executions:
    """`executions`, each with its payloads, its task's name and its count of log lines."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of executions; payloads too long for a list are None."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def counts(self, wanted: Mapping[str, Any]) -> executions_counts.Counts | None:
        """Return how many there are in each status; None where counting them would take too long."""
        return await self._database.read(lambda c: by_status(c, LISTING, ExecutionCode, wanted))

    async def density(
        self, wanted: Mapping[str, Any], spans: Sequence[executions_counts.Span]
    ) -> list[executions_counts.Counts] | None:
        """Return them for each span of the time at which they were queued; None as above."""
        return await self._database.read(lambda c: executions_counts.by_time(c, wanted, spans))

    async def get(self, execution_id: int) -> Row | None:
        """Return the execution, None if there is none."""
        return await self._database.read(lambda c: find(c, execution_id))

    async def head(self, execution_id: int) -> Row | None:
        """Return the execution as lists have it, None if there is none."""
        statement = rows(*SHORT).where(_E.id == execution_id)
        return await self._database.read(lambda c: c.execute(statement).one_or_none())

    async def payload(self, execution_id: int, name: str) -> str | None:
        """Return one of its payloads (`input`, `output`, …) as JSON; None if there is no such execution."""
        statement = sa.select(payloads.c[name]).where(payloads.c.execution_id == execution_id)
        found = await self._database.read(lambda c: c.execute(statement).one_or_none())
        return None if found is None else found[0] or "null"

    async def add(self, row: NewRow, now_ms: int) -> Row:
        """Return the new execution, which waits for a worker or for its time.

        Raises:
            Overtaken: there is a later retry than `row.retry_seen`.
            StillOpen: it is a retry, and another retry of the same execution waits or runs.
        """
        return await self._database.write(lambda c: _add(c, row, now_ms))

    async def cancel_waiting(self, execution_id: int, now_ms: int) -> bool:
        """Cancel it if no worker has it yet; return whether it did."""
        statement = (
            sa.update(executions)
            .where(_E.id == execution_id, _E.status == ExecutionCode.PENDING)
            .values(status=ExecutionCode.CANCELLED, completed_at=now_ms, ready=None, due_at=None)
        )
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def delete(self, execution_id: int, allow: Allow) -> bool:
        """Delete it and its log unless `allow` raises; return whether there was one.

        A long log goes in pieces, so that other writers need not wait.
        """
        row = await self.get(execution_id)
        if row is None:
            return False
        allow(row)
        while await self._database.write(lambda c: _delete_logs(c, execution_id)):
            pass
        return await self._database.write(lambda c: _delete(c, execution_id, allow))


def find(connection: sa.Connection, execution_id: int) -> Row | None:
    """Return the execution, None if there is none."""
    statement = rows(*PAYLOAD).where(_E.id == execution_id)
    return connection.execute(statement).one_or_none()


def _add(connection: sa.Connection, row: NewRow, now_ms: int) -> Row:
    if row.retry_of is not None:
        if row.retry_seen is not None:
            _refuse_later(connection, row.retry_of, row.retry_seen)
        again = sa.select(_E.id).where(_E.retry_of == row.retry_of, _E.status.in_(OPEN_EXECUTIONS)).limit(1)
        if (found := connection.scalar(again)) is not None:
            raise StillOpen(found)
    later = row.scheduled_for_ms is not None and row.scheduled_for_ms > now_ms
    made = insert(
        connection,
        row.input,
        task_id=row.task_id,
        task_version=row.task_version,
        task_revision=row.task_revision,
        attempt=row.attempt,
        retry_of=row.retry_of,
        status=ExecutionCode.PENDING,
        priority=PriorityCode[row.priority.name],
        queued_at=now_ms,
        scheduled_for=row.scheduled_for_ms,
        due_at=row.scheduled_for_ms if later else None,
        ready=int(not later),
    )
    return _must_find(connection, made)


def _refuse_later(connection: sa.Connection, retry_of: int, seen: int) -> None:
    later = sa.select(sa.func.max(_E.id)).where(_E.retry_of == retry_of, _E.id > seen)
    if (found := connection.scalar(later)) is not None:
        raise Overtaken(found)


def _delete_logs(connection: sa.Connection, execution_id: int) -> bool:
    mine = logs.c.execution_id == execution_id
    first = connection.scalar(sa.select(sa.func.min(logs.c.seq)).where(mine))
    if first is not None:
        connection.execute(sa.delete(logs).where(mine, logs.c.seq < first + LOGS_AT_ONCE))
    return first is not None


def _delete(connection: sa.Connection, execution_id: int, allow: Allow) -> bool:
    row = find(connection, execution_id)
    if row is None:
        return False
    allow(row)
    remove(connection, [execution_id])
    return True


def remove(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Delete executions with their payloads and logs; nothing points to them any more."""
    # SQLite may give the id of the last one to a later one.
    connection.execute(sa.update(executions).where(_E.retry_of.in_(ids)).values(retry_of=None))
    mine = sa.select(_E.job_id).where(_E.id.in_(ids), _E.job_id.is_not(None))
    last = sa.update(jobs).where(jobs.c.id.in_(mine), jobs.c.execution_id.in_(ids))
    connection.execute(last.values(execution_id=None))
    for table, key in ((logs, logs.c.execution_id), (payloads, payloads.c.execution_id), (executions, _E.id)):
        connection.execute(sa.delete(table).where(key.in_(ids)))


def insert(connection: sa.Connection, input_json: str, **values: Any) -> int:
    """Return the id of a new execution with these columns."""
    made: int = connection.execute(_INSERT, {"uuid": uuid.uuid4().bytes, **values}).scalar_one()
    connection.execute(_INSERT_PAYLOAD, {"execution_id": made, "input": input_json})
    return made


_INSERT = sa.insert(executions).returning(_E.id)
_INSERT_PAYLOAD = sa.insert(payloads)


def set_progress(
    connection: sa.Connection, changes: Sequence[tuple[int, float | None, str | None, str | None]]
) -> None:
    """Store progress, its note and the worker of executions that are still running."""
    statement = (
        sa.update(executions)
        .where(_E.id == sa.bindparam("which"), _E.status == ExecutionCode.RUNNING)
        .values(progress=sa.bindparam("p"), progress_note=sa.bindparam("n"), worker=sa.bindparam("w"))
    )
    connection.execute(statement, [{"which": i, "p": p, "n": n, "w": w} for i, p, n, w in changes])


def is_final(connection: sa.Connection, execution_id: int) -> bool | None:
    """Return whether nothing more will happen to it; None if there is no such execution."""
    status = connection.scalar(sa.select(_E.status).where(_E.id == execution_id))
    return None if status is None else status in ENDED_EXECUTIONS


def _must_find(connection: sa.Connection, execution_id: int) -> Row:
    row = find(connection, execution_id)
    assert row is not None, "it was inserted in this transaction"
    return row
