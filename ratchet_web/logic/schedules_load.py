"""How much work schedules will bring: what is due, times how long that took of late. Pure."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from ratchet_web.logic.cron import CronError, normalise
from ratchet_web.logic.cron_times import Buckets, due
from ratchet_web.logic.zones import ZoneError, zone_of
from ratchet_web.models.schedules import Schedule

HOUR_S: Final = 3600
MINUTE_S: Final = 60


class Load(NamedTuple):
    """What is due within an hour: `runs`, the most in one minute and when that begins (s since 1970).

    `work_ms` is the time that it will take of workers, from runs whose task's time is known; `timed` counts
    those.
    """

    runs: int = 0
    most: int = 0
    most_at_s: int | None = None
    work_ms: float = 0.0
    timed: int = 0


def load(schedules: Iterable[Schedule], typical_ms: Mapping[str, float], now_s: int) -> Load:
    """Return the load of the next hour; `typical_ms` is the mean run time by task."""
    # Whole minutes: what is due in the one that runs has still to come.
    buckets = Buckets(now_s - now_s % MINUTE_S, MINUTE_S, HOUR_S // MINUTE_S + 1)
    minutes: dict[int, int] = {}
    runs, timed, work_ms = 0, 0, 0.0
    for schedule in schedules:
        timing = understood(schedule.cron_expression, schedule.time_zone) if schedule.enabled else None
        cells = due(*timing, now_s, buckets) if timing else {}
        for place, cell in cells.items():
            minutes[place] = minutes.get(place, 0) + cell.times
        times = sum(cell.times for cell in cells.values())
        runs += times
        if (each_ms := typical_ms.get(schedule.task_id)) is not None:
            timed, work_ms = timed + times, work_ms + times * each_ms
    most, place = max(((n, -place) for place, n in minutes.items()), default=(0, 0))
    return Load(runs, most, buckets.start_s - place * MINUTE_S if most else None, work_ms, timed)


@lru_cache(maxsize=1024)
def understood(expression: str, zone: str) -> tuple[str, str] | None:
    """Return an expression and a zone as they are computed with; None where they make no sense."""
    try:
        return normalise(expression), zone_of(zone).key
    except (CronError, ZoneError):
        return None
