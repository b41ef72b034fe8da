"""Computes the series of the time before a database had them, from its rows, newest first, piece by piece.

What happens from the first start on is counted by triggers; each piece and the mark of how far it got are
stored in one transaction. So nothing is counted twice, or lost, whenever the process ends.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from ratchet_web.server.store.buckets import Bucket, Delta
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.schema import series_marks
from ratchet_web.server.store.series import KEPT_S, LIFETIME, MINUTE_S, QUARTER_S, Key, merge, spread
from ratchet_web.server.store.times import BACKFILL, OF_JOB, RAN, UNBEGUN, WAITED, Kind, cell_sql

PIECE_MS: Final = 6 * 3_600_000
# Where minutes are computed too: a bucket for each of them and each task is stored in one transaction.
MINUTES_PIECE_MS: Final = 900_000

_M = series_marks.c
_SELECT = """SELECT {time} / 60000 * 60, task_id, {kind}, {cell}, count(*), {ms} FROM {table} AS e
  WHERE {time} >= :since AND {time} < :until AND {when} GROUP BY 1, 2, 3, 4"""
# With a plus, or the planner walks the whole index of a status instead of the piece's.
_GAVE_UP = f"""+status = {JobCode.CANCELLED:d} AND NOT EXISTS
  (SELECT 1 FROM executions AS x WHERE x.id = e.execution_id AND x.status = {ExecutionCode.CANCELLED:d})"""


@dataclass(frozen=True)
class Backfill:
    """The work that is left, as `series_marks` has it."""

    _database: Database

    async def begin(self, now_ms: int) -> bool:
        """Take the time from which triggers count, if none is known yet; return whether work is left."""

        def work(connection: sa.Connection) -> bool:
            unbegun = (_M.name == BACKFILL, _M.value == UNBEGUN)
            connection.execute(sa.update(series_marks).where(*unbegun).values(value=now_ms))
            return _mark(connection) is not None

        return await self._database.write(work)

    async def step(self, now_ms: int) -> bool:
        """Compute one piece; return whether work is left."""
        until_ms = await self._database.read(_mark)
        if until_ms is None:
            return False
        since_ms = _since(until_ms, now_ms)
        changes = await self._database.read(lambda c: _changes(c, since_ms, until_ms, now_ms))
        return await self._database.write(lambda c: _keep(c, changes, since_ms))


def _since(until_ms: int, now_ms: int) -> int:
    """Return where the piece begins that ends at `until_ms`."""
    if until_ms <= now_ms - KEPT_S[QUARTER_S] * 1000:
        return 0
    piece_ms = MINUTES_PIECE_MS if _has_minutes(until_ms, now_ms) else PIECE_MS
    return (until_ms - 1) // piece_ms * piece_ms


def _has_minutes(until_ms: int, now_ms: int) -> bool:
    return until_ms > now_ms - KEPT_S[MINUTE_S] * 1000


def _keep(connection: sa.Connection, changes: dict[Key, Bucket], since_ms: int) -> bool:
    merge(connection, changes)
    where = _M.name == BACKFILL
    if since_ms == 0:
        connection.execute(sa.delete(series_marks).where(where))
    else:
        connection.execute(sa.update(series_marks).where(where).values(value=since_ms))
    return since_ms > 0


def _changes(connection: sa.Connection, since_ms: int, until_ms: int, now_ms: int) -> dict[Key, Bucket]:
    resolutions = [LIFETIME]
    if since_ms > 0:
        resolutions.append(QUARTER_S)
    if _has_minutes(until_ms, now_ms):
        resolutions.append(MINUTE_S)
    changes: dict[Key, Bucket] = defaultdict(Bucket)
    for statement in _statements():
        found = connection.execute(sa.text(statement), {"since": since_ms, "until": until_ms})
        for start_s, task_id, *delta in found:
            spread(changes, start_s, task_id, Delta(*delta), resolutions)
    return changes


def _statements() -> list[str]:
    def events(table: str, time: str, kind: Kind, when: str) -> str:
        return _SELECT.format(table=table, time=time, kind=f"{kind:d}", cell=0, ms=0, when=when)

    def times(time: str, kind: Kind, column: str, when: str) -> str:
        kinds, cell = f"{kind:d} + {OF_JOB.format(row='e')}", cell_sql(column)
        return _SELECT.format(
            table="executions", time=time, kind=kinds, cell=cell, ms=f"sum({column})", when=when
        )

    ends = (Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED)
    return [
        events("jobs", "queued_at", Kind.QUEUED, "true"),
        events("executions", "queued_at", Kind.QUEUED, "job_id IS NULL"),
        events("executions", "started_at", Kind.STARTED, "true"),
        events("executions", "started_at", Kind.RETRIED, "attempt > 1"),
        *(
            events("executions", "completed_at", kind, f"+status = {ExecutionCode[kind.name]:d}")
            for kind in ends
        ),
        events("jobs", "completed_at", Kind.CANCELLED, _GAVE_UP),
        times("started_at", Kind.WAIT, "wait_ms", WAITED.format(row="e")),
        times("completed_at", Kind.RUN, "duration_ms", RAN.format(row="e")),
    ]


def _mark(connection: sa.Connection) -> int | None:
    mark: int | None = connection.scalar(sa.select(_M.value).where(_M.name == BACKFILL))
    return mark


def finished(connection: sa.Connection) -> bool:
    """Return whether the series hold all that the rows tell."""
    return _mark(connection) is None
