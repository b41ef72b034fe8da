"""Which cron expressions are accepted, and when they fire: two libraries that do not agree.

The checker wants seconds first, allows a year, and reads weekday 1 as Sunday; the timer knows no year and
reads weekday 1 as Monday.
"""

import re
from datetime import datetime

from croniter import CroniterBadDateError, CroniterError, croniter

from tests.doubles.native.instants import of_datetime, to_datetime

NICKNAMES = ("@yearly", "@monthly", "@weekly", "@daily", "@hourly")
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
SHORT = {"tues": 3, "thurs": 5}
LIMITS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2100))
DAY_OF_MONTH, MONTH, WEEKDAY = 3, 4, 5
PART = re.compile(
    r"(?:(?P<all>[*?])|(?P<low>\d+)(?:-(?P<high>\d+))?|(?P<first>[a-z]+)(?:-(?P<last>[a-z]+))?)"
    r"(?:/(?P<step>\d+))?",
    re.IGNORECASE,
)


def accepted(expression: str) -> bool:
    """Return whether the server takes it."""
    text = expression.strip()
    if text in NICKNAMES:
        return True
    fields = text.split()
    return len(fields) in (6, 7) and all(
        _part_is_valid(index, part) for index, field in enumerate(fields) for part in field.split(",")
    )


def _part_is_valid(index: int, part: str) -> bool:
    found = PART.fullmatch(part)
    if found is None or (found["all"] == "?" and index not in (DAY_OF_MONTH, WEEKDAY)):
        return False
    low, high = LIMITS[index]
    if found["step"] is not None:
        named_point = found["first"] and not found["last"]
        if named_point or not 1 <= int(found["step"]) <= high:
            return False
    if found["all"]:
        return True
    first = _value(index, found["low"] or found["first"])
    last = _value(index, found["high"] or found["last"]) if found["high"] or found["last"] else first
    return low <= first <= last <= high


def _value(index: int, text: str) -> int:
    """Return a number; below all limits for a name that does not belong here."""
    if text.isdigit():
        return int(text)
    names = {MONTH: MONTHS, WEEKDAY: DAYS}.get(index, [])
    if index == WEEKDAY and text.lower() in SHORT:
        return SHORT[text.lower()]
    known = [name for name in names if text.lower() in (name, name[:3])]
    return names.index(known[0]) + 1 if known else -1


def has_timer(expression: str) -> bool:
    """Return whether the timer takes it: a year is accepted by the checker and never fires."""
    return len(expression.split()) != 7


def next_after(expression: str, after_ns: int) -> int | None:
    """Return when it fires next, at a whole second; None for never."""
    after: datetime = to_datetime(after_ns)
    try:
        moments = croniter(expression.strip(), after, datetime, day_or=False, second_at_beginning=True)
        return of_datetime(moments.get_next())
    except (CroniterBadDateError, CroniterError):
        return None
