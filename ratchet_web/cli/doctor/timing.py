"""The clock of the server, and how long it takes to answer."""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from statistics import median

from ratchet_web.api import Ratchet, RatchetError, reading
from ratchet_web.api.looks import Look
from ratchet_web.cli.doctor.findings import Finding, note, ok, warning
from ratchet_web.cli.doctor.reach import ONE_TASK
from ratchet_web.models.monitoring import Health

MOST_SKEW_S = 2.0
MOST_LATENCY_S = 0.5
READS = 5
# The header tells whole seconds, cut off.
CUT_OFF = timedelta(seconds=0.5)


async def skew_s(ratchet: Ratchet, first: Look) -> float | None:
    """Return the seconds by which the server's clock is ahead of ours, None where it tells no time.

    Its health says the time to the millisecond; `Date` of an answer may be that of a proxy.
    """
    for at_root in (False, True):
        with suppress(RatchetError):
            look = await ratchet.look("/health", at_root=at_root)
            if (at := _timestamp(look)) is not None:
                return (at - look.halfway).total_seconds()
    return (first.date + CUT_OFF - first.halfway).total_seconds() if first.date else None


def _timestamp(look: Look) -> datetime | None:
    at = reading.one(look.answer, Health).timestamp
    return at if at is not None and at.tzinfo is not None else None


def clock(ahead_s: float | None) -> Finding:
    """Return what a clock that differs means."""
    topic = "clock"
    if ahead_s is None:
        return note(topic, "the server does not tell its time")
    if abs(ahead_s) <= MOST_SKEW_S:
        return ok(topic, f"the server's agrees with ours to {max(0.1, abs(ahead_s)):.1f} s")
    where = "ahead of" if ahead_s > 0 else "behind"
    apart = f"the server's is {_spoken(abs(ahead_s))} {where} ours"
    told = f"{apart}: ages, and when schedules fire, are wrong by that"
    return warning(topic, told, "Let both machines set their clocks by the network (NTP)")


def _spoken(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if round(seconds / size, 1) >= 2:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


async def measured_s(ratchet: Ratchet) -> list[float]:
    """Return the seconds that a few reads took, one after the other.

    Raises:
        RatchetError: one of them failed.
    """
    took: list[float] = []
    for _ in range(READS):
        began = time.monotonic()
        await ratchet.tasks.page(ONE_TASK)
        took.append(time.monotonic() - began)
    return took


def latency(took_s: list[float]) -> Finding:
    """Return whether reads are quick enough to work with."""
    middle_s = median(took_s)
    told = f"{middle_s * 1000:.0f} ms for a read, {max(took_s) * 1000:.0f} ms at most ({len(took_s)} reads)"
    if middle_s <= MOST_LATENCY_S:
        return ok("latency", told)
    return warning("latency", told, "Look what keeps the server busy, or how far away it is")
