"""What schedules did: their last runs, how those ended of late, and how long after their time they began.

A run is a job that a schedule queued. Each question walks the index of a schedule's jobs, so long at most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import JobCode
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.hints import limited, using
from ratchet_web.server.store.lists.schedules import LISTING
from ratchet_web.server.store.schema import jobs, schedules

LAST: Final = 20
# So many runs tell how late a schedule is.
MEASURED: Final = 1_000
DAYS: Final = (7, 30)
DAY_MS: Final = 86_400_000
# A run that began so long after its time was on time.
ON_TIME_MS: Final = 60_000
COUNT_MS: Final = 250
MESSAGE_LENGTH: Final = 200

_S, _J = schedules.c, jobs.c
_INDEX: Final = "jb_schedule"
_IDS = replace(LISTING, select=sa.select(_S.id))
_TOLD = (
    *(_J.id, _J.schedule_id, _J.status, _J.due_of_schedule, _J.queued_at, _J.started_at, _J.completed_at),
    sa.func.substr(_J.error_message, 1, MESSAGE_LENGTH).label("error_message"),
)


class Activities(NamedTuple):
    """One window of schedules, rows with nothing but their `id`, and their last runs, the oldest first."""

    rows: Rows
    last: Mapping[int, Sequence[Row]]


@dataclass
class Lag:
    """How many ms after their time runs were queued, and begun; how many began in time, of how many."""

    queued: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    on_time: int = 0
    judged: int = 0


class Statistics(NamedTuple):
    """What one schedule did; `ended` counts by status for each of `DAYS`; None where that takes too long."""

    last: Sequence[Row]
    ended: Mapping[int, Mapping[JobCode, int]] | None
    lag: Lag | None


def page(connection: sa.Connection, wanted: Mapping[str, Any], window: Window) -> Activities:
    """Return the last runs of one window of schedules."""
    rows = _IDS.page(connection, wanted, window)
    return Activities(rows, _last(connection, [row.id for row in rows.rows]))


def statistics(connection: sa.Connection, schedule_id: int, now_ms: int) -> Statistics:
    """Return what a schedule did."""
    last = _last(connection, [schedule_id])[schedule_id]
    try:
        with limited(connection, COUNT_MS):
            ended = {days: _ended(connection, schedule_id, now_ms - days * DAY_MS) for days in DAYS}
            return Statistics(last, ended, _lag(connection, schedule_id, now_ms))
    except TimeoutError:
        return Statistics(last, None, None)


def _last(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[Row]]:
    newest = jobs.alias("newest")
    of_each = (
        sa.select(newest.c.id)
        .where(newest.c.schedule_id == _S.id)
        .order_by(newest.c.queued_at.desc(), newest.c.id.desc())
        .limit(LAST)
        .correlate(schedules)
    )
    wanted: sa.Select[Any] = (
        sa.select(*_TOLD).select_from(schedules.join(jobs, _J.id.in_(of_each))).where(_S.id.in_(ids))
    )
    found: dict[int, list[Row]] = {each: [] for each in ids}
    for row in connection.execute(wanted):
        found[row.schedule_id].append(row)
    for runs in found.values():
        runs.sort(key=lambda run: (run.queued_at, run.id))
    return found


def _ended(connection: sa.Connection, schedule_id: int, since_ms: int) -> dict[JobCode, int]:
    counted = sa.select(_J.status, sa.func.count()).where(
        _J.schedule_id == schedule_id, _J.queued_at >= since_ms
    )
    rows = connection.execute(using(counted.group_by(_J.status), jobs, _INDEX))
    return {JobCode(status): n for status, n in rows}


def _lag(connection: sa.Connection, schedule_id: int, now_ms: int) -> Lag:
    wanted = (
        sa.select(_J.due_of_schedule, _J.queued_at, _J.started_at, _J.completed_at)
        .where(_J.schedule_id == schedule_id, _J.queued_at >= now_ms - max(DAYS) * DAY_MS)
        .where(_J.due_of_schedule.is_not(None))
        .order_by(_J.queued_at.desc())
        .limit(MEASURED)
    )
    lag = Lag()
    for due, queued, started, completed in connection.execute(using(wanted, jobs, _INDEX)):
        lag.queued.append(max(0, queued - due))
        if started is not None:
            lag.begun.append(max(0, started - due))
        waits_late = started is None and completed is None and now_ms - due > ON_TIME_MS
        if started is not None or waits_late:
            lag.judged += 1
            lag.on_time += started is not None and started - due <= ON_TIME_MS
    return lag
