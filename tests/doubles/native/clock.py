"""What time it is for the double: one that stands, that of the event loop, or the machine's."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

from tests.doubles.native.instants import SECOND_NS, of_datetime

MONDAY = datetime(2025, 7, 7, 9, 0, 0, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time in nanoseconds since 1970."""

    def now_ns(self) -> int: ...


class StillClock:
    """Stands until it is advanced; each look costs a little, so that no two moments are the same."""

    LOOK_NS = 1_003

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now_ns = of_datetime(start)

    def now_ns(self) -> int:
        self._now_ns += self.LOOK_NS
        return self._now_ns

    def advance(self, seconds: float) -> None:
        """Move it forward."""
        self._now_ns += round(seconds * SECOND_NS)


class LoopClock:
    """Follows the running event loop, so it jumps where `tests.doubles.clock.JumpingLoop` jumps."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._start_ns = of_datetime(start)
        self._looks = 0

    def now_ns(self) -> int:
        self._looks += StillClock.LOOK_NS
        return self._start_ns + round(asyncio.get_running_loop().time() * SECOND_NS) + self._looks


class RealClock:
    """The machine's."""

    def now_ns(self) -> int:
        return time.time_ns()
