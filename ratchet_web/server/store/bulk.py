"""Bulk operations in the store: frozen to a set of rows, carried out in chunks of one transaction each."""

import time
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store import tasks_deletion
from ratchet_web.server.store.acts.base import Act, Changed, Context, Done, among
from ratchet_web.server.store.acts.executions import input_and_schema, trim_logs, with_schema
from ratchet_web.server.store.codes import OPEN_BULK, BulkCode, OutcomeCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Listing, Row
from ratchet_web.server.store.schema import bulk_items, bulk_operations

FREEZE_CHUNK = 5_000
SAMPLE = 5
LINES_CHUNK = 5_000

_O, _I = bulk_operations.c, bulk_items.c
_COLUMNS = {
    OutcomeCode.SUCCEEDED: _O.succeeded,
    OutcomeCode.REFUSED: _O.refused,
    OutcomeCode.FAILED: _O.failed,
}


@dataclass(frozen=True)
class Selection:
    """Which rows: those that a filter finds (filter name to value), or these ids."""

    listing: Listing
    wanted: Mapping[str, Any]
    ids: Sequence[int] | None = None

    def where(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions."""
        if self.ids is None:
            return self.listing.conditions(self.wanted)
        return [*self.listing.conditions({}), among(self.listing.key, self.ids)]


class Preview(NamedTuple):
    """What an act would meet: rows by state, those that can be acted on, why the others cannot, a sample."""

    by_state: Mapping[str, int]
    possible: int
    refused: Mapping[str, int]
    sample: Sequence[Row]


class Round(NamedTuple):
    """What one transaction of an operation did. `occupied`: row and the execution to be stopped first."""

    going: bool
    changed: Sequence[Changed] = ()
    occupied: Sequence[tuple[int, int]] = ()
    took_s: float = 0.0


@dataclass(frozen=True)
class Chunk:
    """Some rows of an operation: which of them were stopped just before, and which may not be acted on."""

    ids: Sequence[int]
    stopped: Collection[int] = ()
    barred: Mapping[int, str] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bulk:
    """`bulk_operations` with their `bulk_items`."""

    _database: Database

    async def preview(self, act: Act, selection: Selection) -> Preview:
        """Return what the act would meet now; nothing changes."""
        return await self._database.read(lambda c: _preview(c, act, selection))

    async def add(self, values: Mapping[str, Any], now_ms: int) -> int:
        """Return the id of a new operation, whose rows are still to be frozen."""
        statement = sa.insert(bulk_operations).values(**values, status=BulkCode.PENDING, created_at=now_ms)
        made: int = await self._database.write(lambda c: c.scalar(statement.returning(_O.id)))
        return made

    async def freeze(self, operation_id: int, selection: Selection, now_ms: int) -> bool:
        """Note down the rows as they are now, then let the operation run; return whether it may."""
        found = await self._database.read(lambda c: _ids(c, selection))
        for start in range(0, len(found), FREEZE_CHUNK):
            ids = found[start : start + FREEZE_CHUNK]
            await self._database.write(lambda c, ids=ids: _note(c, operation_id, ids))  # type: ignore[misc]
        values = {"status": BulkCode.RUNNING, "total": len(found), "started_at": now_ms}
        return await self._move(operation_id, (BulkCode.PENDING,), values)

    async def pending(self, operation_id: int, after: int, limit: int) -> Sequence[int]:
        """Return the next rows that were not acted on yet."""
        statement = (
            sa.select(_I.row_id)
            .where(_I.operation_id == operation_id, _I.row_id > after, _I.outcome == OutcomeCode.PENDING)
            .order_by(_I.row_id)
            .limit(limit)
        )
        return await self._database.read(lambda c: c.scalars(statement).all())

    async def carry_out(self, operation_id: int, act: Act, chunk: Chunk, context: Context) -> Round:
        """Act on those of these rows that may be, and record the outcomes, in one transaction."""
        return await self._database.write(lambda c: _carry_out(c, operation_id, act, chunk, context))

    async def trim_logs(self, ids: Sequence[int]) -> None:
        """Delete the log lines of ended executions, so few at a time that nobody waits."""
        while await self._database.write(lambda c: trim_logs(c, ids, LINES_CHUNK)) == LINES_CHUNK:
            pass

    async def with_schema(self, ids: Sequence[int]) -> Sequence[int]:
        """Return those of these executions whose input is to be judged before they are retried."""
        return await self._database.read(lambda c: with_schema(c, ids))

    async def input_and_schema(self, execution_id: int) -> tuple[str, str] | None:
        """Return an input and its task's input schema, both as JSON; None where one of them is gone."""
        return await self._database.read(lambda c: input_and_schema(c, execution_id))

    async def forget_versions(self, task_id: int) -> None:
        """Delete the versions of a deleted task, few at a time."""
        while await self._database.write(lambda c: tasks_deletion.forget_versions(c, task_id)):
            pass

    async def pace(self, operation_id: int, rate_per_second: float | None) -> bool:
        """Note the pace of an operation that is not ended yet; return whether it was one."""
        return await self._move(operation_id, OPEN_BULK, {"rate_per_second": rate_per_second})

    async def end(self, operation_id: int, status: BulkCode, now_ms: int, message: str | None = None) -> bool:
        """End an operation that is not ended yet; return whether it was one."""
        return await self._move(
            operation_id, OPEN_BULK, {"status": status, "completed_at": now_ms, "message": message}
        )

    async def get(self, operation_id: int) -> Row | None:
        """Return the operation, None if there is none."""
        statement = sa.select(bulk_operations).where(_O.id == operation_id)
        return await self._database.read(lambda c: c.execute(statement).one_or_none())

    async def open(self) -> Sequence[Row]:
        """Return the operations that are not ended."""
        statement = sa.select(bulk_operations).where(_O.status.in_(OPEN_BULK)).order_by(_O.id)
        return await self._database.read(lambda c: c.execute(statement).all())

    async def page(self, offset: int, limit: int) -> tuple[Sequence[Row], int]:
        """Return operations, newest first, and how many there are."""
        rows = sa.select(bulk_operations).order_by(_O.id.desc()).offset(offset).limit(limit)
        count = sa.select(sa.func.count()).select_from(bulk_operations)
        return await self._database.read(lambda c: (c.execute(rows).all(), c.scalar(count) or 0))

    async def items(
        self, operation_id: int, outcome: OutcomeCode | None, offset: int, limit: int, after: int = -1
    ) -> Sequence[Row]:
        """Return items in the order of their ids."""
        where = [_I.operation_id == operation_id, _I.row_id > after]
        if outcome is not None:
            where.append(_I.outcome == outcome)
        statement = sa.select(bulk_items).where(*where).order_by(_I.row_id).offset(offset).limit(limit)
        return await self._database.read(lambda c: c.execute(statement).all())

    async def _move(self, operation_id: int, before: Sequence[BulkCode], values: Mapping[str, Any]) -> bool:
        where = (_O.id == operation_id, _O.status.in_(before))
        statement = sa.update(bulk_operations).where(*where).values(**values)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)


def _preview(connection: sa.Connection, act: Act, selection: Selection) -> Preview:
    by_state: dict[str, int] = {}
    refused: dict[str, int] = {}
    possible = 0
    for row in act.count(connection, selection.where()):
        by_state[act.word(row)] = by_state.get(act.word(row), 0) + row.n
        reason = act.refusal(row)
        if reason is None:
            possible += row.n
        else:
            refused[reason] = refused.get(reason, 0) + row.n
    key = selection.listing.key
    first = connection.scalars(sa.select(key).where(*selection.where()).order_by(key).limit(SAMPLE)).all()
    sample = connection.execute(selection.listing.select.where(key.in_(first)).order_by(key)).all()
    return Preview(by_state, possible, refused, sample)


def _ids(connection: sa.Connection, selection: Selection) -> Sequence[int]:
    """Return the ids, ascending; eight bytes for each, however many there are."""
    if selection.ids is not None:
        return array("q", sorted(selection.ids))
    key = selection.listing.key
    statement = sa.select(key).where(*selection.where()).order_by(key)
    return array("q", connection.execution_options(yield_per=10_000).scalars(statement))


def _note(connection: sa.Connection, operation_id: int, ids: Sequence[int]) -> None:
    listed = sa.func.json_each(str(list(ids))).table_valued("value")
    rows = sa.select(sa.literal(operation_id), listed.c.value, sa.literal(int(OutcomeCode.PENDING)))
    columns = ["operation_id", "row_id", "outcome"]
    connection.execute(sa.insert(bulk_items).from_select(columns, rows))


def _carry_out(
    connection: sa.Connection, operation_id: int, act: Act, chunk: Chunk, context: Context
) -> Round:
    began_s = time.perf_counter()
    operation = connection.execute(sa.select(bulk_operations).where(_O.id == operation_id)).one()
    if operation.status != BulkCode.RUNNING:
        return Round(going=False)
    sorted_out = _sort_out(act, chunk, act.look(connection, chunk.ids), operation.created_at)
    done = act.perform(connection, sorted_out.able, context) if sorted_out.able else Done(())
    told: dict[OutcomeCode, Mapping[int, str | None]] = {
        OutcomeCode.SUCCEEDED: {
            row_id: done.messages.get(row_id) for row_id in (*sorted_out.able, *sorted_out.stopped)
        },
        OutcomeCode.REFUSED: sorted_out.refused,
        OutcomeCode.FAILED: chunk.failed,
    }
    for code, messages in told.items():
        if messages:
            _record(connection, operation_id, code, messages)
    return Round(True, done.changed, sorted_out.occupied, time.perf_counter() - began_s)


class _Sorted(NamedTuple):
    able: list[int]
    stopped: list[int]
    occupied: list[tuple[int, int]]
    refused: dict[int, str | None]


def _sort_out(act: Act, chunk: Chunk, rows: Mapping[int, Row], asked_ms: int) -> _Sorted:
    """Return what is to be done with each row, in the state that it has now."""
    found = _Sorted([], [], [], dict(chunk.barred))
    for row_id in chunk.ids:
        if row_id in chunk.barred or row_id in chunk.failed:
            continue
        row = rows.get(row_id)
        if row is None:
            found.refused[row_id] = f"There is no {act.noun} {row_id}"
        elif row.born is not None and row.born > asked_ms:
            found.refused[row_id] = "was made after this operation: it took the number of one that is deleted"
        elif row.occupied_by is not None:
            found.occupied.append((row_id, row.occupied_by))
        elif row_id in chunk.stopped and act.word(row) == act.stopped:
            found.stopped.append(row_id)
        elif (reason := act.refusal(row)) is not None:
            found.refused[row_id] = reason
        else:
            found.able.append(row_id)
    return found


def _record(
    connection: sa.Connection, operation_id: int, code: OutcomeCode, told: Mapping[int, str | None]
) -> None:
    statement = (
        sa.update(bulk_items)
        .where(_I.operation_id == operation_id, _I.row_id == sa.bindparam("which"))
        .values(outcome=code, message=sa.bindparam("told"))
    )
    connection.execute(statement, [{"which": row_id, "told": text} for row_id, text in told.items()])
    column = _COLUMNS[code]
    added = {column.name: column + len(told)}
    connection.execute(sa.update(bulk_operations).where(_O.id == operation_id).values(**added))
