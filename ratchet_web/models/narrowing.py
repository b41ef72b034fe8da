"""What queries of several lists are narrowed by: ranges of time, texts, yes or no."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, PlainSerializer

from ratchet_web.models.base import Instant

Range = Literal["15m", "1h", "6h", "24h", "7d", "30d"]
RANGES: Final[Mapping[Range, timedelta]] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


def _whole_ms(moment: datetime) -> datetime:
    """Return an instant in UTC, to the millisecond: one address for one list."""
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no time of any calendar") from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


Exactly = Annotated[Instant, AfterValidator(_whole_ms)]
# Databases take NUL for the end of a text, and what is looked for then is found everywhere.
Sought = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\0]*$")]
# As short in the address as it can be said.
Yes = Annotated[bool, PlainSerializer(lambda value: "1" if value else "0", when_used="json")]


def begun(range: Range, since: datetime | None, until: datetime | None, now: datetime) -> datetime | None:
    """Return when a range that ends now begins; exact times go before it."""
    exact = since is not None or until is not None
    return since if exact else (now - RANGES[range]).replace(microsecond=0)


def parameters(given: Mapping[str, Any]) -> dict[str, str]:
    """Return filters as an API takes them, without those that are None."""
    return {name: _written(value) for name, value in given.items() if value is not None}


def between(least: Any, value: Any, most: Any) -> bool:
    """Return whether a value is within bounds; where there is one, no value is not."""
    if least is None and most is None:
        return True
    return value is not None and (least is None or least <= value) and (most is None or value <= most)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)
