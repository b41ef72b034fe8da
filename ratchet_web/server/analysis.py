"""Keeps the planner's statistics near the truth: made where missing, renewed after growth and hourly."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import Final

from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.statistics import Statistics

LOOK_S: Final = 60.0
PERIOD_S: Final = 3_600.0

log = logging.getLogger(__name__)


class Analysis:
    """Looks every minute whether the data has outgrown what is known of it."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._renewed = time.monotonic()

    async def start(self) -> None:
        """Begin to look."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End after what is being done."""
        self._stopping.set()
        if self._loop:
            await self._loop

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._look()
            except Unavailable as error:
                log.warning("The statistics of the database are not renewed: %s", error)
            except Exception:
                log.exception("Renewing the statistics of the database met a mistake and is tried again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_S)

    async def _look(self) -> None:
        old = time.monotonic() - self._renewed >= PERIOD_S
        if old or await self._statistics.missing():
            await self._statistics.renew()
            self._renewed = time.monotonic()
