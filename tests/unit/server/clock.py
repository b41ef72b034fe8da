"""A clock that stands still until a test moves it."""

import asyncio

from ratchet_web.server.clock import Clock


class HandClock(Clock):
    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._moved = asyncio.Event()

    def now_ms(self) -> int:
        return self._now_ms

    def set(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._moved.set()

    async def wait(self, event, until_ms) -> None:
        began_ms = self._now_ms
        # As of a real clock: at the latest after a minute, which also shows that it was set back.
        while not event.is_set() and (until_ms is None or self._now_ms < until_ms):
            if not began_ms <= self._now_ms < began_ms + 60_000:
                return
            self._moved.clear()
            waits = [asyncio.ensure_future(each.wait()) for each in (event, self._moved)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for each in waits:
                each.cancel()
