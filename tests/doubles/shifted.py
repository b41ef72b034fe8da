"""The machine's clock, with an offset that a test sets as somebody would set the clock."""

import asyncio

from ratchet_web.server.clock import Clock


class ShiftedClock(Clock):
    """Who waits looks at once when it is set; with a real clock, after a minute at the latest."""

    def __init__(self) -> None:
        self._offset_ms = 0
        self._set = asyncio.Event()

    def now_ms(self) -> int:
        return super().now_ms() + self._offset_ms

    def shift(self, by_ms: int) -> None:
        """Set the clock forward, or back."""
        self._offset_ms += by_ms
        self._set.set()
        self._set = asyncio.Event()

    async def wait(self, event: asyncio.Event, until_ms: int | None) -> None:
        waits = [asyncio.ensure_future(super().wait(event, until_ms))]
        waits.append(asyncio.ensure_future(self._set.wait()))  # type: ignore[arg-type]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
