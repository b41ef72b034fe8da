"""Keeps the series: looks at the gauges every second, folds each minute that has passed.

Counts and times are stored by the database itself, with each change (`store/times.py`); here is only what no
row tells. After a kill the gauges of the last minute are lost, and nothing else.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from ratchet_web.server.clock import Clock
from ratchet_web.server.store.buckets import Gauges
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.series import KEPT_S, MINUTE_S, SECOND_S
from ratchet_web.server.store.store import Store

TICK_MS: Final = 1000
# A count of what waits may take at most such a share of the time.
DEPTH_SHARE: Final = 0.02

log = logging.getLogger(__name__)


class Depth:
    """How many jobs wait in each priority, counted again only when something changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version: int | None = None
        self._found: Sequence[int] = (0, 0, 0, 0)
        self._next = 0.0

    async def read(self, version: int) -> Sequence[int]:
        """Return the depths from the least urgent priority on; `version` tells whether anything changed."""
        began = time.monotonic()
        if version != self._version and began >= self._next:
            self._found = await self._store.stats.depths()
            self._version, ended = version, time.monotonic()
            # With a million jobs waiting, it is counted less often.
            self._next = ended + (ended - began) / DEPTH_SHARE
        return self._found


class Series:
    """What is gathered between two folds, and the gauges of the last seconds."""

    def __init__(self, store: Store, clock: Clock, look: Callable[[], Awaitable[Sequence[int]]]) -> None:
        self._store, self._clock, self._look = store, clock, look
        self.seconds: OrderedDict[int, Gauges] = OrderedDict()
        self.since_s = 0
        self._minutes: dict[int, Gauges] = {}
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to keep them; what an older database can tell is computed meanwhile."""
        now_ms = self._clock.now_ms()
        self.since_s = now_ms // 1000
        self._tasks = [asyncio.create_task(self._run(), name="series")]
        if await self._store.backfill.begin(now_ms):
            self._tasks.append(asyncio.create_task(self._fill(), name="series backfill"))

    async def stop(self) -> None:
        """Fold all that is left, and end."""
        self._stop.set()
        await asyncio.gather(*self._tasks)
        try:
            await self._fold(self._now_s() + 1)
        except Unavailable as error:
            log.warning("The gauges of the last minute are lost: %s", error)

    def unfolded(self) -> list[tuple[int, Gauges]]:
        """Return the gauges of minutes that are not folded yet, with their starts."""
        return list(self._minutes.items())

    async def _run(self) -> None:
        folded_s = 0
        while not self._stop.is_set():
            now_ms = self._clock.now_ms()
            try:
                await self._see(now_ms // 1000)
                minute_s = now_ms // 1000 // MINUTE_S * MINUTE_S
                if minute_s != folded_s:
                    await self._fold(minute_s)
                    folded_s = minute_s
            except Unavailable as error:
                log.warning("The series wait: %s", error)
            except Exception:
                log.exception("The series met a mistake and go on")
            await self._clock.wait(self._stop, (now_ms // TICK_MS + 1) * TICK_MS)

    async def _see(self, now_s: int) -> None:
        values = await self._look()
        gauges = self.seconds[now_s] = Gauges()
        gauges.see(values)
        self._minutes.setdefault(now_s - now_s % MINUTE_S, Gauges()).see(values)
        while len(self.seconds) > KEPT_S[SECOND_S]:
            self.seconds.popitem(last=False)

    async def _fold(self, before_s: int) -> None:
        passed = {start: gauges for start, gauges in self._minutes.items() if start < before_s}
        await self._store.series.fold(before_s, self._now_s(), passed)
        for start in passed:
            del self._minutes[start]

    async def _fill(self) -> None:
        try:
            while not self._stop.is_set() and await self._store.backfill.step(self._clock.now_ms()):
                continue
        except Unavailable as error:
            log.warning("The series of older rows wait for the next start: %s", error)
        except Exception:
            log.exception("The series of older rows met a mistake and wait for the next start")

    def _now_s(self) -> int:
        return self._clock.now_ms() // 1000
