"""Moments as nanoseconds since 1970, which is as exact as the server writes them."""

import re
from datetime import UTC, datetime, timedelta

SECOND_NS = 10**9
STRICT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", flags=re.ASCII)
RELAXED = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]+(\d\d:\d\d:\d\d)(?:\.(\d+))? *([Zz]|[+-]\d\d:?\d\d)", flags=re.ASCII
)


def of_datetime(moment: datetime) -> int:
    """Return an aware moment in nanoseconds."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def to_datetime(ns: int) -> datetime:
    """Return it cut to microseconds, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)


def rfc3339(ns: int, zone: str = "Z") -> str:
    """Return it with 0, 3, 6 or 9 digits after the second: as few as hold it."""
    whole, part = divmod(ns, SECOND_NS)
    text = to_datetime(whole * SECOND_NS).strftime("%Y-%m-%dT%H:%M:%S")
    digits = next(count for count in (0, 3, 6, 9) if part % 10 ** (9 - count) == 0)
    return f"{text}{f'.{part:09d}'[: digits + 1] if digits else ''}{zone}"


def offset_rfc3339(ns: int) -> str:
    """Return it as GraphQL does: with an offset instead of `Z`."""
    return rfc3339(ns, "+00:00")


def strict(text: str) -> int | None:
    """Return the moment of a full RFC 3339 text; None for any other."""
    return _moment(STRICT.fullmatch(text))


def relaxed(text: str) -> int | None:
    """Return the moment of a text in a body, where a little more is allowed."""
    return _moment(RELAXED.fullmatch(text))


def _moment(found: re.Match[str] | None) -> int | None:
    if found is None:
        return None
    day, time, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone in 'Zz' else zone}")
    except ValueError:
        return None
    return of_datetime(whole) + int(f"{fraction or '':0<9.9}")
