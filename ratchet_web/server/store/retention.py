"""Removes what ended long ago, oldest first, in steps that are as short as their caller asks.

Nothing goes that is not final, or that open work refers to. The newest row of each kind always stays: SQLite
would give its id to a later one. Counters follow by their triggers.
"""

from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store import executions as execution_store
from ratchet_web.server.store import jobs as job_store
from ratchet_web.server.store.codes import ENDED_BULK, ENDED_EXECUTIONS, ENDED_JOBS, FailureCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.schema import (
    OPEN,
    bulk_items,
    bulk_operations,
    deliveries,
    execution_counts,
    executions,
    failure_names,
    failures,
    job_counts,
    jobs,
    logs,
    series_marks,
)

_E, _J, _L, _D = executions.c, jobs.c, logs.c, deliveries.c
_O, _I = bulk_operations.c, bulk_items.c
_F = failures.c
_SEEN = "retention"


class Place(NamedTuple):
    """How far a walk has come: the time and the id of the last row that it looked at."""

    time_ms: int = 0
    id: int = 0


class Step(NamedTuple):
    """What one step did: `looked` rows, `removed` of them; `place` is None at the end of the walk."""

    place: Place | None
    looked: int
    removed: int


@dataclass(frozen=True)
class Retention:
    """What may be removed. Every step is one transaction."""

    _database: Database

    async def count_from(self, now_ms: int, stride_ms: int) -> int:
        """Return and keep what ages are counted from: now, or a stride after the last such time."""
        return await self._database.write(lambda c: _count_from(c, now_ms, stride_ms))

    async def excess(self, keep: int) -> tuple[int, int]:
        """Return how many executions, and how many jobs, there are beyond so many."""
        counts = (execution_counts.c.n, job_counts.c.n)
        sums = [sa.select(sa.func.coalesce(sa.func.sum(n), 0)) for n in counts]
        found = await self._database.read(lambda c: [c.scalar(statement) or 0 for statement in sums])
        return max(found[0] - keep, 0), max(found[1] - keep, 0)

    async def remove_executions(self, before_ms: int, place: Place, limit: int, most: int) -> Step:
        """Remove executions that ended before a time, with payloads and log lines, `most` of them at most."""
        return await self._database.write(
            lambda c: _remove_executions(c, before_ms, place, limit, min(limit, most))
        )

    async def remove_jobs(self, before_ms: int, place: Place, limit: int, most: int) -> Step:
        """Remove jobs that ended before a time and have no execution left, with their deliveries."""
        return await self._database.write(lambda c: _remove_jobs(c, before_ms, place, min(limit, most)))

    async def remove_operations(self, before_ms: int, place: Place, limit: int, _most: int) -> Step:
        """Remove bulk operations that ended before a time, first their items, `limit` of them at most."""
        return await self._database.write(lambda c: _remove_operations(c, before_ms, place, limit))

    async def remove_failures(self, before_ms: int, place: Place, limit: int, _most: int) -> Step:
        """Remove failures that came last before a time, with no execution left and no verdict."""
        return await self._database.write(lambda c: _remove_failures(c, before_ms, place, limit))

    async def remove_lines(self, before_ms: int, after: int, limit: int) -> Step:
        """Remove log lines of the next execution above an id that has some and ended before a time."""
        return await self._database.write(lambda c: _remove_lines(c, before_ms, after, limit))


def _count_from(connection: sa.Connection, now_ms: int, stride_ms: int) -> int:
    mine = series_marks.c.name == _SEEN
    last_ms = connection.scalar(sa.select(series_marks.c.value).where(mine))
    from_ms = now_ms if last_ms is None else min(now_ms, last_ms + stride_ms)
    connection.execute(sa.delete(series_marks).where(mine))
    connection.execute(sa.insert(series_marks).values(name=_SEEN, value=from_ms))
    return from_ms


def _remove_executions(
    connection: sa.Connection, before_ms: int, place: Place, lines: int, most: int
) -> Step:
    """Take one step: past at most `most` executions and about as many `lines`."""
    open_job = sa.exists().where(_J.id == _E.job_id, _J.status.not_in(ENDED_JOBS))
    retry = executions.alias()
    open_retry = sa.exists().where(retry.c.retry_of == _E.id, retry.c.status.not_in(ENDED_EXECUTIONS))
    # By the job, because that has an index.
    undelivered = sa.exists().where(_D.job_id == _E.job_id, _D.execution_id == _E.id, OPEN)
    needed = sa.or_(open_job, open_retry, undelivered)
    may_go = sa.and_(_E.status.in_(ENDED_EXECUTIONS), ~needed, _E.id != _newest(_E.id))
    walk = sa.select(_E.id, _E.completed_at, may_go.label("may_go"), _line_count().label("lines")).where(
        _E.completed_at < before_ms, sa.tuple_(_E.completed_at, _E.id) > tuple(place)
    )
    rows = connection.execute(walk.order_by(_E.completed_at, _E.id).limit(most)).all()
    gone: list[int] = []
    left = lines
    for row in rows:
        if not row.may_go:
            continue
        if row.lines > left:
            # What does not fit is left to the next step; a log that never will goes piece by piece.
            cut = 0 if gone else _drop_lines(connection, row.id, lines)
            execution_store.remove(connection, gone)
            return Step(Place(row.completed_at, row.id - 1), len(gone) + lines - left + cut, len(gone))
        left -= row.lines
        gone.append(row.id)
    execution_store.remove(connection, gone)
    last = Place(rows[-1].completed_at, rows[-1].id) if rows else None
    return Step(last, len(rows) + lines - left, len(gone))


def _line_count() -> sa.ColumnElement[int]:
    """Return how many lines an execution has: they are numbered without gaps."""
    # Two selections: only one end at a time is looked up without reading what lies between.
    first, last = (
        sa.select(end(_L.seq)).where(_L.execution_id == _E.id).correlate(executions).scalar_subquery()
        for end in (sa.func.min, sa.func.max)
    )
    return sa.func.coalesce(last - first + 1, 0)


def _remove_jobs(connection: sa.Connection, before_ms: int, place: Place, limit: int) -> Step:
    attempt = sa.exists().where(_E.job_id == _J.id)
    undelivered = sa.exists().where(_D.job_id == _J.id, OPEN)
    ended = sa.and_(_J.status.in_(ENDED_JOBS), _J.completed_at < before_ms, _J.id != _newest(_J.id))
    may_go = sa.and_(ended, ~attempt, ~undelivered)
    walk = sa.select(_J.id, _J.queued_at, may_go.label("may_go")).where(
        _J.queued_at < before_ms, sa.tuple_(_J.queued_at, _J.id) > tuple(place)
    )
    rows = connection.execute(walk.order_by(_J.queued_at, _J.id).limit(limit)).all()
    gone = [row.id for row in rows if row.may_go]
    job_store.remove(connection, gone)
    last = Place(rows[-1].queued_at, rows[-1].id) if rows else None
    return Step(last, len(rows), len(gone))


def _remove_operations(connection: sa.Connection, before_ms: int, place: Place, limit: int) -> Step:
    # By id: there are few of them. The newest may go too, this table gives no id twice.
    ended = sa.and_(_O.status.in_(ENDED_BULK), _O.completed_at < before_ms)
    walk = sa.select(_O.id, ended.label("may_go")).where(_O.id > place.id).order_by(_O.id).limit(limit)
    rows = connection.execute(walk).all()
    gone: list[int] = []
    left = limit
    for row in rows:
        if not row.may_go:
            continue
        left -= _drop_items(connection, row.id, left)
        if not left:
            # It may have more of them: the next step looks.
            _drop_operations(connection, gone)
            return Step(Place(0, row.id - 1), limit, len(gone))
        gone.append(row.id)
    _drop_operations(connection, gone)
    return Step(Place(0, rows[-1].id) if rows else None, len(rows) + limit - left, len(gone))


def _remove_failures(connection: sa.Connection, before_ms: int, place: Place, limit: int) -> Step:
    kept = sa.exists().where(_E.failure_id == _F.id)
    may_go = sa.and_(_F.last_seen < before_ms, _F.state == FailureCode.OPEN, ~kept).label("may_go")
    walk = sa.select(_F.id, may_go).where(_F.id > place.id).order_by(_F.id).limit(limit)
    rows = connection.execute(walk).all()
    gone = [row.id for row in rows if row.may_go]
    connection.execute(sa.delete(failure_names).where(failure_names.c.failure_id.in_(gone)))
    connection.execute(sa.delete(failures).where(_F.id.in_(gone)))
    return Step(Place(0, rows[-1].id) if rows else None, len(rows), len(gone))


def _drop_items(connection: sa.Connection, operation_id: int, limit: int) -> int:
    """Remove the first items of an operation, at most `limit`; return how many."""
    mine = _I.operation_id == operation_id
    some = sa.select(_I.row_id).where(mine).order_by(_I.row_id).limit(limit).scalar_subquery()
    return connection.execute(sa.delete(bulk_items).where(mine, _I.row_id.in_(some))).rowcount


def _drop_operations(connection: sa.Connection, ids: list[int]) -> None:
    connection.execute(sa.delete(bulk_operations).where(_O.id.in_(ids)))


def _remove_lines(connection: sa.Connection, before_ms: int, after: int, limit: int) -> Step:
    # From one execution with lines to the next: those whose lines are gone cost nothing.
    found = connection.scalar(sa.select(sa.func.min(_L.execution_id)).where(_L.execution_id > after))
    if found is None:
        return Step(None, 0, 0)
    row = connection.execute(
        sa.select(_E.status, _E.queued_at, _E.completed_at).where(_E.id == found)
    ).first()
    if row is not None and row.queued_at >= before_ms:
        # Ids are given in the order of queueing: what follows is younger.
        return Step(None, 1, 0)
    if row is not None and (row.status not in ENDED_EXECUTIONS or row.completed_at >= before_ms):
        return Step(Place(0, found), 1, 0)
    removed = _drop_lines(connection, found, limit)
    return Step(Place(0, found - 1 if removed == limit else found), removed, removed)


def _drop_lines(connection: sa.Connection, execution_id: int, limit: int) -> int:
    """Remove the first lines of an execution, at most `limit`; return how many."""
    mine = _L.execution_id == execution_id
    some = sa.select(_L.seq).where(mine).order_by(_L.seq).limit(limit).scalar_subquery()
    return connection.execute(sa.delete(logs).where(mine, _L.seq.in_(some))).rowcount


def _newest(key: sa.Column[int]) -> sa.ScalarSelect[int]:
    same = key.table.alias()
    return sa.select(sa.func.max(same.c.id)).scalar_subquery()
