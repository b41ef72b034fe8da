"""Time zones by their IANA names."""

from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


class ZoneError(ValueError):
    """There is no zone of this name; the message says which one was meant."""


def zone_of(name: str) -> ZoneInfo:
    """Return the zone of this name.

    Raises:
        ZoneError: there is none.
    """
    # Looked up among the known names, because a zone's name is also the path of a file.
    if name not in _zones():
        raise ZoneError(_told(name))
    return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _told(name: str) -> str:
    shown = name[:60]
    spelled = {zone.lower(): zone for zone in sorted(_zones())}
    cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(_zones(), key=_unusual, reverse=True)}
    wanted = name.strip().lower().replace(" ", "_")[:60]
    for known in (spelled, cities):
        if wanted in known:
            return f"there is no time zone {shown}; did you mean {known[wanted]}?"
    for known in (spelled, cities):
        if close := get_close_matches(wanted, known, n=1, cutoff=0.7):
            return f"there is no time zone {shown}; did you mean {known[close[0]]}?"
    return f"there is no time zone {shown}; write an IANA name such as Europe/Amsterdam or UTC"


def _unusual(zone: str) -> tuple[bool, str]:
    """Sort zones under older names, such as US/Eastern, behind those that are named by region."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return not zone.startswith(regions), zone
