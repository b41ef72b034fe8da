"""What tasks did in the last day: their newest run, counts by the hour, times; and what comes next.

All of a page is read in one snapshot. Counts are those of the series by the quarter of an hour, a hundred
rows for a task however often it ran, so that the span begins and ends with a quarter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
import sqlalchemy as sa

from ratchet_web.logic.histograms import Histogram
from ratchet_web.server.store import series_backfill
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.tasks import LISTING
from ratchet_web.server.store.schema import ARMED, executions, schedules, series, series_seconds, tasks
from ratchet_web.server.store.series import QUARTER_S
from ratchet_web.server.store.times import RUNS, Kind

HOURS: Final = 24
HOUR_S: Final = 3_600

_T, _E, _S, _R, _N = tasks.c, executions.c, schedules.c, series.c, series_seconds.c
_ENDS: Final = (Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED)
_IDS = replace(LISTING, select=sa.select(_T.id))
_NEWEST = (
    sa.select(_E.id)
    .where(_E.task_id == _T.id)
    .order_by(_E.queued_at.desc(), _E.id.desc())
    .limit(1)
    .correlate(tasks)
    .scalar_subquery()
)
_LAST: sa.Select[Any] = sa.select(
    *(_E.task_id, _E.id, _E.status, _E.queued_at, _E.started_at, _E.completed_at, _E.duration_ms)
).select_from(tasks.join(executions, _E.id == _NEWEST))


@dataclass
class Day:
    """How many runs ended in each hour, by how they ended; how long those took that nobody stopped."""

    ended: dict[Kind, list[int]] = field(default_factory=lambda: {kind: [0] * HOURS for kind in _ENDS})
    run: Histogram = field(default_factory=Histogram)

    def total(self, kind: Kind) -> int:
        """Return how many ended so."""
        return sum(self.ended[kind])


@dataclass(frozen=True)
class Activities:
    """What was found, by task; `days` begin at `since_ms`, and are None while series are still computed."""

    rows: Rows
    last: Mapping[int, Row]
    days: Mapping[int, Day] | None
    coming: Mapping[int, Row]
    since_ms: int


@dataclass(frozen=True)
class TaskActivity:
    """What a page of the list of tasks says of each beside its definition."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window, now_ms: int) -> Activities:
        """Return the activity of one window of tasks; its rows have nothing but their `id`."""
        return await self._database.read(lambda c: _page(c, wanted, window, now_ms))


def _page(connection: sa.Connection, wanted: Mapping[str, Any], window: Window, now_ms: int) -> Activities:
    rows = _IDS.page(connection, wanted, window)
    ids = [row.id for row in rows.rows]
    since_s = (now_ms // 1000 // QUARTER_S + 1) * QUARTER_S - HOURS * HOUR_S
    days = _days(connection, ids, since_s) if series_backfill.finished(connection) else None
    return Activities(rows, _last(connection, ids), days, _coming(connection, ids), since_s * 1000)


def _last(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Row]:
    return {row.task_id: row for row in connection.execute(_LAST.where(_T.id.in_(ids)))}


def _coming(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Row]:
    """Return the schedule of each task that fires first."""
    where = (ARMED, _S.next_run.is_not(None), _S.task_id.in_(ids))
    found: sa.Select[Any] = sa.select(_S.task_id, _S.id, _S.name, _S.next_run).where(*where)
    # The first one comes last and stays.
    return {row.task_id: row for row in connection.execute(found.order_by(_S.next_run.desc()))}


def _days(connection: sa.Connection, ids: Sequence[int], since_s: int) -> dict[int, Day]:
    days = {task_id: Day() for task_id in ids}
    for row in connection.execute(_stored(ids, since_s)):
        day, hour = days[row.task_id], (row.start - since_s) // HOUR_S
        for kind in _ENDS:
            day.ended[kind][hour] += getattr(row, kind.name.lower())
        _put_times(day.run, row.times)
    for task_id, second, kind, cell, n, ms in connection.execute(_unfolded(ids, since_s)):
        # A clock that was set back leaves what lies ahead of it.
        hour = min((second - since_s) // HOUR_S, HOURS - 1)
        if kind in RUNS:
            days[task_id].run.add(Histogram({cell: n}, ms))
        elif kind in _ENDS:
            days[task_id].ended[kind][hour] += n
    return days


def _stored(ids: Sequence[int], since_s: int) -> sa.Select[Any]:
    """Return the quarters of these tasks, each looked up by its key: others are not walked over."""
    starts = range(since_s, since_s + HOURS * HOUR_S, QUARTER_S)
    where = (_R.resolution == QUARTER_S, _R.start.in_(starts), _R.task_id.in_(ids))
    return sa.select(_R.start, _R.task_id, _R.completed, _R.failed, _R.cancelled, _R.times).where(*where)


def _unfolded(ids: Sequence[int], since_s: int) -> sa.Select[Any]:
    n, ms = _N.n - _N.folded_n, _N.ms - _N.folded_ms
    wanted = (*_ENDS, *RUNS)
    where = (_N.second >= since_s, n != 0, _N.kind.in_(wanted), _N.task_id.in_(ids))
    return sa.select(_N.task_id, _N.second, _N.kind, _N.cell, n, ms).where(*where)


def _put_times(histogram: Histogram, text: str | None) -> None:
    told = orjson.loads(text) if text else {}
    for kind in RUNS:
        if parts := told.get(str(kind.value)):
            total, *cells = parts
            histogram.add(Histogram(dict(zip(cells[::2], cells[1::2], strict=True)), total))
