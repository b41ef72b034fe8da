"""The time, as something that a test can replace."""

import asyncio

from ratchet_web.models.instants import now_ms


class Clock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970."""
        return now_ms()

    async def wait(self, event: asyncio.Event, until_ms: int | None) -> None:
        """Return when `event` is set or the time has come, at the latest after a minute.

        The minute bounds how late a caller looks again after the machine slept or its clock was set.
        """
        delay_s = 60.0 if until_ms is None else min(max(until_ms - self.now_ms(), 0) / 1000, 60.0)
        try:
            async with asyncio.timeout(delay_s):
                await event.wait()
        except TimeoutError:
            pass
