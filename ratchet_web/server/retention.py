"""Removes what is older than the settings keep, or beyond the count that they keep.

It works in steps of some 20 ms with as long a pause after each, so that every other write gets in between.
A clock that jumps far ahead makes nothing old at once: each run counts ages from a day after the last one's
time at most, so that there is time to notice; a server that was off for long catches up within some runs.
Memory of the file that becomes free is used again; the file itself does not shrink.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from ratchet_web.server.clock import Clock
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.retention import Place, Step
from ratchet_web.server.store.store import Store
from ratchet_web.settings import Settings

# Not while a server that just started has better things to do.
FIRST_S: Final = 60.0
STEP_S: Final = 0.02
DAY_MS: Final = 86_400_000
# Rows of a step: the first one is small, and each further one follows from how long the last one took.
FIRST_ROWS, MOST_ROWS = 50, 5_000
ALL: Final = 1 << 62
TOLD: Final = "Removed %d executions, %d jobs, %d other log lines and %d bulk operations in %.1f s"

log = logging.getLogger(__name__)

Remove = Callable[[int, Place, int, int], Awaitable[Step]]


class Removed(NamedTuple):
    """How much one run removed; `lines` are those of executions that stay."""

    executions: int
    jobs: int
    lines: int
    operations: int = 0


class Retention:
    """Runs some time after the start, then as often as the settings say."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self._settings, self._rooms, self._clock = settings, store.retention, clock
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self.failure: str | None = None

    async def start(self) -> None:
        """Begin to wait for the first run."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End after the step that is being done."""
        self._stopping.set()
        if self._loop:
            await self._loop

    async def run(self) -> Removed:
        """Remove all that may go; return how much that was.

        Raises:
            Unavailable: the database is locked or the disk is full; what was removed before stays removed.
        """
        now_ms, keep_days = await self._count_from(), self._settings.keep_days
        before_ms = now_ms - int(keep_days * DAY_MS)
        rooms = self._rooms
        executions = await self._walk(rooms.remove_executions, before_ms)
        beyond, _ = await rooms.excess(self._settings.keep_executions)
        executions += await self._walk(rooms.remove_executions, ALL, beyond)
        jobs = await self._walk(rooms.remove_jobs, before_ms)
        _, beyond = await rooms.excess(self._settings.keep_executions)
        jobs += await self._walk(rooms.remove_jobs, ALL, beyond)
        log_days = self._settings.keep_log_days
        lines = 0
        if log_days is not None and log_days < keep_days:
            lines = await self._walk(self._lines, now_ms - int(log_days * DAY_MS))
        operations = await self._walk(rooms.remove_operations, before_ms)
        await self._walk(rooms.remove_failures, before_ms)
        return Removed(executions, jobs, lines, operations)

    async def _count_from(self) -> int:
        now_ms = self._clock.now_ms()
        from_ms = await self._rooms.count_from(now_ms, DAY_MS)
        if from_ms < now_ms:
            ahead_days = (now_ms - from_ms) / DAY_MS
            log.warning(
                "The clock is %.1f days ahead of the last run: old rows go in steps of a day", ahead_days
            )
        return from_ms

    async def _run(self) -> None:
        every_s = self._settings.keep_every_s
        wait_s = min(FIRST_S, every_s)
        while not await self._stops_within(wait_s):
            wait_s = every_s
            began = time.monotonic()
            try:
                removed = await self.run()
            except Unavailable as error:
                self.failure = str(error)
                log.warning("Old rows could not be removed: %s", error)
            except Exception:
                self.failure = "it met a mistake, which the log tells"
                log.exception("Removing old rows met a mistake and is tried again later")
            else:
                self.failure = None
                if any(removed):
                    log.info(TOLD, *removed, time.monotonic() - began)

    async def _walk(self, remove: Remove, before_ms: int, most: int = ALL) -> int:
        """Take steps until nothing is left that ended before a time, or `most` are gone; return how many."""
        place: Place | None = Place()
        rows, gone = FIRST_ROWS, 0
        while place is not None and gone < most and not self._stopping.is_set():
            began = time.monotonic()
            place, looked, removed = await remove(before_ms, place, rows, most - gone)
            gone += removed
            took_s = max(time.monotonic() - began, 0.001)
            if looked:
                rows = max(min(int(looked * STEP_S / took_s), 2 * rows, MOST_ROWS), 1)
            await self._stops_within(took_s)
        return gone

    async def _lines(self, before_ms: int, place: Place, limit: int, _most: int) -> Step:
        return await self._rooms.remove_lines(before_ms, place.id, limit)

    async def _stops_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return False
        return True
