"""Series in the store: seconds are folded into minutes, quarters of an hour, and the whole.

What was folded and what was not yet are read in one snapshot, so that sums are those of the rows at
any moment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from ratchet_web.server.store import jobs_lanes
from ratchet_web.server.store.buckets import Bucket, Delta, Gauges, bucket_of, columns
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.schema import series, series_seconds

SECOND_S: Final = 1
MINUTE_S: Final = 60
QUARTER_S: Final = 900
# How long buckets of each length are kept, in s.
KEPT_S: Final = {SECOND_S: 900, MINUTE_S: 86_400, QUARTER_S: 30 * 86_400}
LIFETIME: Final = 0
ALL_TASKS: Final = 0

_N, _R = series_seconds.c, series.c
_OPEN = _N.n - _N.folded_n
_OPEN_MS = _N.ms - _N.folded_ms

Key = tuple[int, int, int]
Buckets = dict[int, Bucket]


@dataclass(frozen=True)
class Series:
    """`series` and `series_seconds`; starts are in s since 1970."""

    _database: Database

    async def fold(self, before_s: int, now_s: int, gauges: Mapping[int, Gauges]) -> None:
        """Fold what happened before `before_s`, and the gauges of those minutes; forget what is too old.

        Each minute with gauges gets a bucket, so that it is known that nothing happened in it.
        """
        await self._database.write(lambda c: _fold(c, before_s, now_s, gauges))

    async def read(self, resolution_s: int, since_s: int, until_s: int, task_id: int = ALL_TASKS) -> Buckets:
        """Return the buckets from `since_s` (the start of one) to before `until_s`, by their start.

        What is longer than those that are kept is put together of them.
        """
        kept_s = min(resolution_s, QUARTER_S)
        return await self._database.read(
            lambda c: _joined(read(c, kept_s, since_s, until_s, task_id), resolution_s)
        )

    async def starts(self, resolution_s: int, since_s: int, until_s: int) -> Collection[int]:
        """Return the starts of the buckets that `read` would find of all tasks, without what is in them."""
        return await self._database.read(lambda c: _starts(c, resolution_s, since_s, until_s))

    async def lifetime(self) -> Bucket:
        """Return all that was ever counted; it never shrinks."""
        return await self._database.read(_lifetime)


def read(
    connection: sa.Connection, resolution_s: int, since_s: int, until_s: int, task_id: int = ALL_TASKS
) -> Buckets:
    """Return the buckets of a task, or of all, by their start."""
    found = {} if resolution_s == SECOND_S else _stored(connection, resolution_s, since_s, until_s, task_id)
    n, ms = (_N.n, _N.ms) if resolution_s == SECOND_S else (_OPEN, _OPEN_MS)
    where = [_N.second >= since_s, _N.second < until_s, n != 0]
    if task_id != ALL_TASKS:
        where.append(_N.task_id == task_id)
    start = _start(resolution_s)
    grouped = sa.select(start, _N.kind, _N.cell, sa.func.sum(n), sa.func.sum(ms)).where(*where)
    for begin, *delta in connection.execute(grouped.group_by(start, _N.kind, _N.cell)):
        found.setdefault(begin, Bucket()).put(Delta(*delta))
    return found


def by_task(connection: sa.Connection, resolution_s: int, since_s: int) -> Buckets:
    """Return one bucket for each task, of all since then."""
    found: Buckets = defaultdict(Bucket)
    where = [_R.resolution == resolution_s, _R.start >= since_s, _R.task_id != ALL_TASKS]
    for row in connection.execute(sa.select(series).where(*where)).mappings():
        found[row["task_id"]].add(bucket_of(row))
    sums = (sa.func.sum(_OPEN), sa.func.sum(_OPEN_MS))
    unfolded = sa.select(_N.task_id, _N.kind, _N.cell, *sums).where(_N.second >= since_s, _OPEN != 0)
    for task_id, *delta in connection.execute(unfolded.group_by(_N.task_id, _N.kind, _N.cell)):
        found[task_id].put(Delta(*delta))
    return found


def merge(connection: sa.Connection, changes: Mapping[Key, Bucket]) -> None:
    """Add to stored buckets, by resolution, start and task; those that are not there are made."""
    stored = _buckets(connection, changes.keys())
    rows = []
    for key, bucket in changes.items():
        whole = stored.get(key, Bucket())
        whole.add(bucket)
        rows.append({**dict(zip(_KEY, key, strict=True)), **columns(whole)})
    if rows:
        connection.execute(_REPLACE, rows)


_KEY: Final = ("resolution", "start", "task_id")
_REPLACE = sa.insert(series).prefix_with("OR REPLACE", dialect="sqlite")


def _buckets(connection: sa.Connection, keys: Collection[Key]) -> dict[Key, Bucket]:
    """Return those of these buckets that are stored; each resolution's starts lie close together."""
    found: dict[Key, Bucket] = {}
    for resolution_s in {key[0] for key in keys}:
        starts = {start for each, start, _ in keys if each == resolution_s}
        where = (_R.resolution == resolution_s, _R.start.between(min(starts), max(starts)))
        for row in connection.execute(sa.select(series).where(*where)).mappings():
            key = (row["resolution"], row["start"], row["task_id"])
            if key in keys:
                found[key] = bucket_of(row)
    return found


def spread(
    changes: dict[Key, Bucket], time_s: int, task_id: int, delta: Delta, resolutions: Iterable[int]
) -> None:
    """Count a difference in the buckets of these lengths, for its task and for all."""
    for resolution_s in resolutions:
        start = time_s - time_s % resolution_s if resolution_s else 0
        for owner in (task_id, ALL_TASKS):
            changes[resolution_s, start, owner].put(delta)


def _joined(found: Buckets, resolution_s: int) -> Buckets:
    if resolution_s <= QUARTER_S:
        return found
    joined: Buckets = defaultdict(Bucket)
    for start, bucket in found.items():
        joined[start - start % resolution_s].add(bucket)
    return dict(joined)


def _start(resolution_s: int) -> sa.ColumnElement[int]:
    return (_N.second - _N.second % resolution_s).label("begin")


def _starts(connection: sa.Connection, resolution_s: int, since_s: int, until_s: int) -> Collection[int]:
    n = _N.n if resolution_s == SECOND_S else _OPEN
    recent = sa.select(_start(resolution_s)).distinct()
    found = set(connection.scalars(recent.where(_N.second >= since_s, _N.second < until_s, n != 0)))
    if resolution_s != SECOND_S:
        where = (_R.resolution == resolution_s, _R.start >= since_s, _R.start < until_s)
        found.update(connection.scalars(sa.select(_R.start).where(*where, _R.task_id == ALL_TASKS)))
    return found


def _stored(
    connection: sa.Connection, resolution_s: int, since_s: int, until_s: int, task_id: int
) -> Buckets:
    where = [_R.resolution == resolution_s, _R.start >= since_s, _R.start < until_s, _R.task_id == task_id]
    rows = connection.execute(sa.select(series).where(*where)).mappings()
    return {row["start"]: bucket_of(row) for row in rows}


def _fold(connection: sa.Connection, before_s: int, now_s: int, gauges: Mapping[int, Gauges]) -> None:
    due = (_N.second < before_s, (_OPEN != 0) | (_OPEN_MS != 0))
    minute = _start(MINUTE_S)
    sums = (sa.func.sum(_OPEN), sa.func.sum(_OPEN_MS))
    statement = sa.select(minute, _N.task_id, _N.kind, _N.cell, *sums).where(*due)
    changes: dict[Key, Bucket] = defaultdict(Bucket)
    for start, task_id, *delta in connection.execute(statement.group_by(minute, *list(_N)[1:4])):
        spread(changes, start, task_id, Delta(*delta), (MINUTE_S, QUARTER_S, LIFETIME))
    for start, seen in gauges.items():
        for resolution_s in (MINUTE_S, QUARTER_S):
            changes[resolution_s, start - start % resolution_s, ALL_TASKS].gauges.add(seen)
    merge(connection, changes)
    connection.execute(sa.update(series_seconds).where(*due).values(folded_n=_N.n, folded_ms=_N.ms))
    _forget(connection, now_s)
    jobs_lanes.forget(connection, now_s - KEPT_S[SECOND_S])


def _forget(connection: sa.Connection, now_s: int) -> None:
    folded = (_N.n == _N.folded_n, _N.ms == _N.folded_ms)
    oldest_s = now_s - KEPT_S[SECOND_S] - MINUTE_S
    connection.execute(sa.delete(series_seconds).where(_N.second < oldest_s, *folded))
    for resolution_s in (MINUTE_S, QUARTER_S):
        oldest_s = now_s - KEPT_S[resolution_s] - 2 * resolution_s
        connection.execute(sa.delete(series).where(_R.resolution == resolution_s, _R.start < oldest_s))


def _lifetime(connection: sa.Connection) -> Bucket:
    found = Bucket()
    for each in _stored(connection, LIFETIME, 0, 1, ALL_TASKS).values():
        found.add(each)
    sums = (sa.func.sum(_OPEN), sa.func.sum(_OPEN_MS))
    unfolded = sa.select(_N.kind, _N.cell, *sums).where(_OPEN != 0).group_by(_N.kind, _N.cell)
    for delta in connection.execute(unfolded):
        found.put(Delta(*delta))
    return found
