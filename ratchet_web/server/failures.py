"""Finds out which failures there were before the database knew them as today, beside everything else."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Final

from ratchet_web.server.events import Feed
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.store import Store

# A step looks at so many executions and groups so many of them, in some 20 ms; then others have their turn.
ROWS: Final = 5_000
MOST: Final = 100
TOLD_S: Final = 1.0

log = logging.getLogger(__name__)


class FailureFill:
    """Takes steps from the start on until nothing is left; then it never has anything to do again."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._rooms, self._feed = store.failures_fill, feed
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._loop = asyncio.create_task(self._run(), name="failures of older rows")

    async def stop(self) -> None:
        """End after the step that is being done."""
        self._stopping.set()
        if self._loop:
            await self._loop

    async def _run(self) -> None:
        try:
            await self._fill()
        except Unavailable as error:
            log.warning("The failures of older rows wait for the next start: %s", error)
        except Exception:
            log.exception("The failures of older rows met a mistake and wait for the next start")

    async def _fill(self) -> None:
        told = time.monotonic()
        left, any_step = True, False
        while left and not self._stopping.is_set():
            began = time.monotonic()
            left = await self._rooms.step(ROWS, MOST)
            any_step |= left
            now = time.monotonic()
            if any_step and (not left or now - told > TOLD_S):
                self._feed.publish("failures", 0)
                told = now
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), now - began if left else 0.001)
