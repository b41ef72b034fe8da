"""Cron expressions: six fields with seconds first, in a time zone, weekdays written as names.

Numbers for weekdays mean different days in different places; here they mean what crontab means (0 and 7 are
Sunday, 1 is Monday) and are rewritten to names, which mean the same everywhere. Day of month *and* day of
week must both match, as on the Ratchet server.

Where clocks go forward, a time that does not exist fires at the first instant after the gap, and what comes
every hour or every few minutes has nothing to catch up on. Where they go back, each time that the clock shows
twice fires twice: as elapsed time asks, also for one that is fixed to the repeated hour.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from cron_descriptor import ExpressionDescriptor, Options
from croniter import CroniterBadDateError, croniter

from ratchet_web.logic.zones import zone_of

FIELDS = ("seconds", "minutes", "hours", "day of month", "month", "day of week")
MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * SUN",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_LIMITS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NAMES: tuple[dict[str, int], ...] = (
    {},
    {},
    {},
    {},
    {n: i + 1 for i, n in enumerate(_MONTHS)},
    {n: i for i, n in enumerate(_DAYS)},
)
_PART = re.compile(r"(?P<first>\*|\?|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?", re.ASCII)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_EXAMPLE = "“0 30 9 * * MON-FRI” is half past nine on working days"


class Run(NamedTuple):
    """A time at which an expression fires; the zone's clock shows `local`.

    "shifted": the time that was meant does not exist on that day. "repeated": the clock shows it once more.
    """

    at: datetime
    local: datetime
    note: Literal["shifted", "repeated"] | None


class CronError(ValueError):
    """An expression that cannot be scheduled; `field` names the part, the message says what is right."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


def normalise(expression: str) -> str:
    """Return the expression as six fields with weekday names; five fields get seconds 0.

    Raises:
        CronError: it does not parse, or no date ever matches.
    """
    text = expression.strip()
    if text.startswith("@"):
        return _macro(text)
    fields = text.upper().split()
    if len(fields) == 5:
        fields.insert(0, "0")
    if len(fields) != 6:
        raise CronError(
            f"a cron expression has 5 fields, or 6 with seconds first, not {len(fields)}: {_EXAMPLE}"
        )
    normal = " ".join([*(_field(i, fields[i]) for i in range(5)), _weekdays(fields[5])])
    if next_run(normal, datetime.fromisoformat("2024-01-01T00:00:00+00:00")) is None:
        raise CronError(_never(normal), FIELDS[3])
    return normal


def values_of(expression: str) -> tuple[frozenset[int], ...]:
    """Return the numbers that each of the six fields of an expression stands for; Sunday is 0.

    Raises:
        CronError: it does not parse.
    """
    return tuple(
        frozenset(
            value % 7 if index == 5 else value for part in text.split(",") for value in _values(index, part)
        )
        for index, text in enumerate(expression.split())
    )


def next_run(expression: str, after: datetime, zone: str = "UTC") -> datetime | None:
    """Return the first instant after `after` that a normalised expression names in a zone; None if none does.

    Raises:
        ZoneError: there is no such zone.
    """
    local = after.astimezone(zone_of(zone))
    # A new walk for each look: begun anywhere, it finds the same times as one that came from afar.
    found, again = _first(expression, local), _shown_again(expression, local)
    if again is not None and (found is None or again < found.astimezone(UTC)):
        return again
    if found is None:
        return None
    return _end_of_gap(expression, found) or found.astimezone(UTC)


def _first(expression: str, after: datetime) -> datetime | None:
    try:
        moments = croniter(expression, after, ret_type=datetime, second_at_beginning=True, day_or=False)
        found: datetime = moments.get_next()
    except CroniterBadDateError:
        return None
    return found


def _shown_again(expression: str, after: datetime) -> datetime | None:
    """Return the first time after `after`, in UTC, that is of those which the clock shows once more.

    Where both day fields are set croniter leaves these out now and then (`30 1 1-7 11 SUN` in New York).
    """
    if after.replace(fold=0).utcoffset() == after.replace(fold=1).utcoffset():
        return None
    wall = after.replace(tzinfo=None, fold=0)
    begin = wall if after.fold else _set_back_to(after) - timedelta(seconds=1)
    meant = _first(expression, begin)
    if meant is None:
        return None
    again = meant.replace(tzinfo=after.tzinfo, fold=1)
    is_repeated = again.utcoffset() != again.replace(fold=0).utcoffset()
    return again.astimezone(UTC) if is_repeated else None


def _end_of_gap(expression: str, found: datetime) -> datetime | None:
    """Return the first instant after a gap of the clock, where `found` was moved out of that gap.

    croniter moves a time by whole minutes until there is one, so that its seconds would be kept.
    """
    found_s = int(found.timestamp())
    before = datetime.fromtimestamp(found_s - 60, found.tzinfo)
    if before.utcoffset() == found.utcoffset() or _is_meant(expression, found):
        return None
    return _turn(before, found_s).astimezone(UTC)


def _is_meant(expression: str, local: datetime) -> bool:
    """Return whether what the clock shows is a time that the expression names."""
    wall = local.replace(tzinfo=None, fold=0)
    matches: bool = croniter.match(expression, wall, day_or=False, second_at_beginning=True)
    return matches


def _set_back_to(first: datetime) -> datetime:
    """Return what a clock shows right after it was set back, where it will show a time once more."""
    return _turn(first.replace(fold=0), int(first.replace(fold=1).timestamp())).replace(tzinfo=None, fold=0)


def _turn(before: datetime, high: int) -> datetime:
    """Return the first instant at which a clock runs as it does at `high`, and not as before."""
    low = int(before.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, before.tzinfo).utcoffset() == before.utcoffset():
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, before.tzinfo)


def next_run_ms(expression: str, zone: str, after_ms: int) -> int | None:
    """Return the same in milliseconds since 1970."""
    found = next_run(expression, datetime.fromtimestamp(after_ms / 1000, UTC), zone)
    return None if found is None else int(found.timestamp()) * 1000


def expanded(expression: str) -> tuple[frozenset[int], ...]:
    """Return the numbers that each of the six fields of a normalised expression names; Sunday is 0."""
    return tuple(
        frozenset(
            value % 7 if index == 5 else value for part in text.split(",") for value in _values(index, part)
        )
        for index, text in enumerate(expression.split())
    )


def coming(expression: str, zone: str, after: datetime, count: int) -> list[Run]:
    """Return the next runs of a normalised expression, at most `count`."""
    return list(islice(_runs(expression, zone, after), count))


def _runs(expression: str, zone: str, after: datetime) -> Iterator[Run]:
    found = next_run(expression, after, zone)
    while found is not None:
        yield _run(expression, found.astimezone(zone_of(zone)))
        found = next_run(expression, found, zone)


def _run(expression: str, local: datetime) -> Run:
    if local.fold:
        return Run(local.astimezone(UTC), local, "repeated")
    return Run(local.astimezone(UTC), local, None if _is_meant(expression, local) else "shifted")


@lru_cache(maxsize=1024)
def describe(expression: str) -> str:
    """Return the expression in plain words, times in 24 hours ("At 09:00, Monday through Friday").

    Raises:
        CronError: it does not parse.
    """
    options = Options()
    options.use_24hour_time_format = True
    normal = normalise(expression)
    words: str = ExpressionDescriptor(normal, options).get_description()
    if words.startswith("At ") and normal.endswith(" * * *"):
        words += ", every day"
    return words.replace(", or on ", ", only if it is ")


def _never(expression: str) -> str:
    """Return why an expression, whose fields are all right, names no date."""
    *_, days, months, _ = values_of(expression)
    day, lengths = min(days), {month: monthrange(2024, month)[1] for month in months}
    if any(day <= length for length in lengths.values()):
        return "no date ever matches this day, month and day of week"
    month = max(lengths, key=lambda each: (lengths[each], -each))
    return f"no date ever matches this day and month: {MONTHS[month - 1]} has at most {lengths[month]} days"


def _macro(text: str) -> str:
    if text.lower() not in MACROS:
        raise CronError(f"there is no {text}; the macros are {', '.join(MACROS)}")
    return MACROS[text.lower()]


def _field(index: int, text: str) -> str:
    for part in text.split(","):
        _values(index, part)
    return "*" if text == "?" else text


def _weekdays(text: str) -> str:
    """Write weekdays in the one way that every cron dialect reads alike: names, no wrap past Saturday."""
    days = {value % 7 for part in text.split(",") for value in _values(5, part)}
    if len(days) == 7:
        return "*"
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(_stretch(run) for run in runs)


def _stretch(days: list[int]) -> str:
    if len(days) > 2:
        return f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return ",".join(_DAYS[day] for day in days)


def _values(index: int, part: str) -> list[int]:
    """Return the numbers that one part of a comma list names."""
    found = _PART.fullmatch(part)
    if not found:
        raise CronError(f"“{part}” is not understood; {_allowed(index)}", FIELDS[index])
    first, last, step = found["first"], found["last"], int(found["step"] or 1)
    if not 1 <= step <= _LIMITS[index][1] + 1:
        raise CronError(f"“{part}” steps by {step}; a step is 1 to {_LIMITS[index][1]}", FIELDS[index])
    if first in "*?":
        return _everything(index, part, last, step)
    low = _number(index, first)
    high = _number(index, last) if last else (_LIMITS[index][1] if found["step"] else low)
    if low > high and index == 5:
        return list(range(low, high + 8, step))
    if low > high:
        raise CronError(
            f"“{part}” runs backwards; write “{first}-{_LIMITS[index][1]},{_LIMITS[index][0]}-{last}”",
            FIELDS[index],
        )
    # A bare “5/2” among weekdays ends on Saturday: 7 is Sunday again.
    return list(range(low, (6 if index == 5 and not last and found["step"] else high) + 1, step))


def _everything(index: int, part: str, last: str | None, step: int) -> list[int]:
    if last or (part.startswith("?") and (part != "?" or index not in (3, 5))):
        raise CronError(f"“{part}” is not understood; {_allowed(index)}", FIELDS[index])
    low, high = _LIMITS[index]
    return list(range(low, (6 if index == 5 else high) + 1, step))


def _number(index: int, text: str) -> int:
    low, high = _LIMITS[index]
    value = _NAMES[index].get(text, int(text) if text.isdecimal() else -1)
    if not low <= value <= high:
        raise CronError(f"“{text}” is not possible; {_allowed(index)}", FIELDS[index])
    return value


def _allowed(index: int) -> str:
    low, high = _LIMITS[index]
    names = {4: ", JAN to DEC", 5: " (0 and 7 are Sunday), SUN to SAT"}.get(index, "")
    return f"allowed are {low} to {high}{names}, *, ranges (1-5), lists (1,3) and steps (*/5)"
