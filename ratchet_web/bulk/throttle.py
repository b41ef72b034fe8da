"""How fast a run may go, as a person wants it: told at any time, heeded at once."""

import asyncio
from contextlib import suppress


class Throttle:
    """Lets one act after the other begin, `per_s` a second; None: as fast as they come, 0: none."""

    def __init__(self) -> None:
        self.per_s: float | None = None
        self.stopping = asyncio.Event()
        self._next_s = 0.0
        self._turned = asyncio.Event()

    def turn(self, per_s: float | None) -> None:
        """Go on at another pace."""
        self.per_s, self._next_s = per_s, 0.0
        self._wake()

    def stop(self) -> None:
        """Let nothing begin any more."""
        self.stopping.set()
        self._wake()

    async def admits(self) -> bool:
        """Return once the next act may begin, whether it is to: not when all was stopped."""
        while not self.stopping.is_set():
            if self.per_s is None:
                return True
            now_s = asyncio.get_running_loop().time()
            if self.per_s and now_s >= self._next_s:
                self._next_s = now_s + 1 / self.per_s
                return True
            await self._wait(self._next_s - now_s if self.per_s else None)
        return False

    def remaining_s(self, acts: int) -> float | None:
        """Return the seconds that so many acts take at this pace at least; None: nobody knows."""
        if self.per_s is None:
            return 0.0
        return acts / self.per_s if self.per_s else None

    async def _wait(self, wait_s: float | None) -> None:
        turned = self._turned
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await turned.wait()

    def _wake(self) -> None:
        self._turned.set()
        self._turned = asyncio.Event()
