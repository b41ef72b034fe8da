"""Executions in the store."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.executions import LISTING, PAYLOAD, rows
from ratchet_web.server.store.schema import execution_counts, executions, payloads

_E = executions.c
_FINAL = (ExecutionCode.COMPLETED, ExecutionCode.FAILED, ExecutionCode.CANCELLED)


@dataclass(frozen=True)
class NewRow:
    """A direct execution to be queued."""

    task_id: int
    task_version: str
    input: str
    retry_of: int | None = None
    attempt: int = 1


class ExecutionCounts(NamedTuple):
    """How many executions there are in each status, and the sum of the durations of the completed ones."""

    by_status: Mapping[ExecutionCode, int]
    completed_duration_ms: int
    last_24h: int


@dataclass(frozen=True)
class Executions:
    """`executions`, each with its payloads, its task's name and its count of log lines."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of executions; payloads too long for a list are None."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def get(self, execution_id: int) -> Row | None:
        """Return the execution, None if there is none."""
        return await self._database.read(lambda c: find(c, execution_id))

    async def add(self, row: NewRow, now_ms: int) -> Row:
        """Return the new execution, which waits for a worker."""

        def work(connection: sa.Connection) -> Row:
            values = {"status": ExecutionCode.PENDING, "queued_at": now_ms, "retry_of": row.retry_of}
            made = insert(
                connection,
                row.input,
                task_id=row.task_id,
                task_version=row.task_version,
                attempt=row.attempt,
                **values,
            )
            return _must_find(connection, made)

        return await self._database.write(work)

    async def cancel_waiting(self, execution_id: int, now_ms: int) -> bool:
        """Cancel it if no worker has it yet; return whether it did."""
        statement = (
            sa.update(executions)
            .where(_E.id == execution_id, _E.status == ExecutionCode.PENDING)
            .values(status=ExecutionCode.CANCELLED, completed_at=now_ms)
        )
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def counts(self, now_ms: int) -> ExecutionCounts:
        """Return how many there are in each status."""
        return await self._database.read(lambda c: _counts(c, now_ms))


def find(connection: sa.Connection, execution_id: int) -> Row | None:
    """Return the execution, None if there is none."""
    statement = rows(*PAYLOAD).where(_E.id == execution_id)
    return connection.execute(statement).one_or_none()


def insert(connection: sa.Connection, input_json: str, **values: Any) -> int:
    """Return the id of a new execution with these columns."""
    statement = sa.insert(executions).values(uuid=uuid.uuid4().bytes, **values).returning(_E.id)
    made: int = connection.execute(statement).scalar_one()
    connection.execute(sa.insert(payloads).values(execution_id=made, input=input_json))
    return made


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
    return None if status is None else status in _FINAL


def _must_find(connection: sa.Connection, execution_id: int) -> Row:
    row = find(connection, execution_id)
    assert row is not None, "it was inserted in this transaction"
    return row


def _counts(connection: sa.Connection, now_ms: int) -> ExecutionCounts:
    counts = execution_counts.c
    grouped = sa.select(counts.status, sa.func.sum(counts.n), sa.func.sum(counts.duration_sum)).group_by(
        counts.status
    )
    found = {ExecutionCode(status): (n, duration) for status, n, duration in connection.execute(grouped)}
    recent = sa.select(sa.func.count()).select_from(executions).where(_E.queued_at >= now_ms - 86_400_000)
    return ExecutionCounts(
        by_status={code: found.get(code, (0, 0))[0] for code in ExecutionCode},
        completed_duration_ms=found.get(ExecutionCode.COMPLETED, (0, 0))[1],
        last_24h=connection.scalar(recent) or 0,
    )
