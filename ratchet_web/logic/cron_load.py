"""What else is due at the same minute."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from ratchet_web.logic.cron import CronError, next_run, normalise, values_of
from ratchet_web.logic.zones import ZoneError, zone_of

MINUTE = timedelta(minutes=1)


class Timed(NamedTuple):
    """A schedule as far as it matters here: its name, its expression, and the zone whose clock it goes by."""

    name: str
    expression: str
    zone: str


def due_beside(at: datetime, others: Iterable[Timed]) -> list[str]:
    """Return the names of those that are due in the minute of an instant; what makes no sense never is."""
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    return [other.name for other in others if is_due(other.expression, other.zone, minute)]


def is_due(expression: str, zone: str, minute: datetime) -> bool:
    """Return whether an expression fires within the minute that begins then, by the clock of a zone."""
    fields = _fields(expression)
    try:
        clock = zone_of(zone)
    except ZoneError:
        return False
    if not fields:
        return False
    local, before = minute.astimezone(clock), (minute - MINUTE).astimezone(clock)
    if local.utcoffset() != before.utcoffset():
        # The clock has just been changed: what it left out fires now.
        found = next_run(normalise(expression), minute - timedelta(microseconds=1), zone)
        return found is not None and found < minute + MINUTE
    shown = (local.minute, local.hour, local.day, local.month, local.isoweekday() % 7)
    return all(value in field for value, field in zip(shown, fields, strict=True))


@lru_cache(maxsize=1024)
def _fields(expression: str) -> Sequence[frozenset[int]]:
    """Return the minutes, hours, days, months and weekdays of an expression; none where it makes no sense."""
    try:
        return values_of(normalise(expression))[1:]
    except CronError:
        return ()
