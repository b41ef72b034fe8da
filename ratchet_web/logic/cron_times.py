"""All due times of an expression within a stretch of time, counted by buckets, for many schedules at once.

croniter takes 0.4 ms from one time to the next: too slow for hundreds of schedules and a week. Here an
expression is expanded once, into the seconds of a day at which it fires; the days that match are walked, and
what falls into a bucket is counted by where its ends stand among those seconds. `cron.coming` stays the rule
that this is held to (tests/unit/logic/test_cron_times.py).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from ratchet_web.logic.cron import expanded, next_run
from ratchet_web.logic.zones import zone_of

DAY_S = 86_400
EPOCH = date(1970, 1, 1).toordinal()
# No zone sets its clock twice within so long.
_LOOK_S = 6 * 3600
# So many times around a turn of a clock are asked for one by one.
MOST_EXACT = 25
_NEVER = 1 << 60


class Buckets(NamedTuple):
    """`number` buckets of `step_s` seconds, from `start_s` on; times in seconds since 1970."""

    start_s: int
    step_s: int
    number: int

    @property
    def end_s(self) -> int:
        """When the last one ends."""
        return self.start_s + self.step_s * self.number


class Due(NamedTuple):
    """How many times fall into a bucket, and the first of them in seconds since 1970."""

    times: int
    first_s: int


class Stretch(NamedTuple):
    """A stretch of time in which a zone's clock runs evenly, `offset_s` ahead of UTC."""

    begin_s: int
    end_s: int
    offset_s: int


class _Template(NamedTuple):
    """The seconds of a day at which an expression fires, in order, and on which days."""

    seconds: Sequence[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def is_on(self, ordinal: int) -> bool:
        """Return whether it fires on a day; day of month *and* day of week must match."""
        day = date.fromordinal(ordinal)
        return day.isoweekday() % 7 in self.weekdays and day.day in self.days and day.month in self.months


def due(expression: str, zone: str, after_s: int, buckets: Buckets) -> dict[int, Due]:
    """Return what a normalised expression has due later than `after_s`, by the number of its bucket.

    Raises:
        ZoneError: there is no such zone.
    """
    template, found = _template(expression), dict[int, Due]()
    begin_s = max(buckets.start_s, after_s + 1)
    stretched = list(stretches(zone, buckets.start_s, buckets.end_s))
    for place in range(1, len(stretched)):
        before, after = stretched[place - 1 : place + 1]
        shift_s = abs(after.offset_s - before.offset_s)
        first_s, end_s = after.begin_s - shift_s, after.begin_s + shift_s
        exact = _exact(expression, zone, before._replace(begin_s=first_s), after._replace(end_s=end_s))
        if exact is None:
            continue
        stretched[place - 1 : place + 1] = before._replace(end_s=first_s), after._replace(begin_s=end_s)
        for at_s in exact:
            if begin_s <= at_s < buckets.end_s:
                _add(found, (at_s - buckets.start_s) // buckets.step_s, Due(1, at_s))
    for stretch in stretched:
        for first_s, seconds in _days(template, stretch._replace(begin_s=max(begin_s, stretch.begin_s))):
            _count(found, first_s, seconds, buckets)
    return found


@lru_cache(maxsize=4096)
def _exact(expression: str, zone: str, before: Stretch, after: Stretch) -> tuple[int, ...] | None:
    """Return the due times on both sides of a turn of the clock, as the one rule has them.

    None where there are so many that each comes soon after another: then nothing is caught up on, and what
    the clock shows twice fires twice.
    """
    template = _template(expression)
    left_out = after._replace(
        begin_s=after.begin_s - max(0, after.offset_s - before.offset_s), end_s=after.begin_s
    )
    many = sum(len(seconds) for each in (before, left_out, after) for _, seconds in _days(template, each))
    if many > MOST_EXACT:
        return None
    found, at_s = list[int](), before.begin_s - 1
    while many and (at_s := _next(expression, zone, at_s)) < after.end_s:
        found.append(at_s)
    return tuple(found)


def _next(expression: str, zone: str, after_s: int) -> int:
    found = next_run(expression, datetime.fromtimestamp(after_s, UTC), zone)
    return _NEVER if found is None else int(found.timestamp())


def _days(template: _Template, stretch: Stretch) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield for each day when its clock showed 0:00, and which seconds from then on are due."""
    low, high = stretch.begin_s + stretch.offset_s, stretch.end_s + stretch.offset_s
    for day in range(low // DAY_S, -(-high // DAY_S)):
        if not template.is_on(EPOCH + day):
            continue
        midnight = day * DAY_S
        seconds = template.seconds
        if low > midnight or high < midnight + DAY_S:
            seconds = seconds[bisect_left(seconds, low - midnight) : bisect_left(seconds, high - midnight)]
        if seconds:
            yield midnight - stretch.offset_s, seconds


def _count(found: dict[int, Due], first_s: int, seconds: Sequence[int], buckets: Buckets) -> None:
    start = buckets.start_s - first_s
    place = 0
    while place < len(seconds):
        bucket = (seconds[place] - start) // buckets.step_s
        end = start + (bucket + 1) * buckets.step_s
        # Few times are stepped through one by one, many are leapt over.
        after = place + 1
        if after < len(seconds) and seconds[after] < end:
            after = bisect_left(seconds, end, after)
        _add(found, bucket, Due(after - place, first_s + seconds[place]))
        place = after


def _add(found: dict[int, Due], bucket: int, more: Due) -> None:
    before = found.get(bucket)
    if before is not None:
        more = Due(before.times + more.times, min(before.first_s, more.first_s))
    found[bucket] = more


@lru_cache(maxsize=256)
def stretches(zone: str, begin_s: int, end_s: int) -> tuple[Stretch, ...]:
    """Return the even stretches that a stretch of time consists of, in order."""
    found, first = list[Stretch](), begin_s
    for low in range(begin_s, end_s, _LOOK_S):
        high = min(low + _LOOK_S, end_s) - 1
        if _offset(zone, low) != _offset(zone, high):
            turn = _turn(zone, low, high)
            found.append(Stretch(first, turn, _offset(zone, first)))
            first = turn
        # A look ends a second before the next begins: a turn may be just there.
        elif high + 1 < end_s and _offset(zone, high) != _offset(zone, high + 1):
            found.append(Stretch(first, high + 1, _offset(zone, first)))
            first = high + 1
    return (*found, Stretch(first, end_s, _offset(zone, first)))


def _turn(zone: str, low: int, high: int) -> int:
    """Return the first instant after `low` at which the clock runs as at `high`."""
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


@lru_cache(maxsize=65_536)
def _offset(zone: str, at_s: int) -> int:
    shift = datetime.fromtimestamp(at_s, zone_of(zone)).utcoffset()
    return 0 if shift is None else int(shift.total_seconds())


@lru_cache(maxsize=512)
def _template(expression: str) -> _Template:
    seconds, minutes, hours, days, months, weekdays = expanded(expression)
    times = tuple(
        hour * 3600 + minute * 60 + second
        for hour in sorted(hours)
        for minute in sorted(minutes)
        for second in sorted(seconds)
    )
    return _Template(times, days, months, weekdays)
