"""Brings outputs to where they are wanted, after their jobs completed and beside everything else.

At least once: what was on its way when the server ended is brought again, under the same delivery id.
"""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Final

import orjson

from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.server.clock import Clock
from ratchet_web.server.deliveries import files
from ratchet_web.server.deliveries.parcel import DeliveryError, FinalError, Parcel, parcel
from ratchet_web.server.deliveries.webhooks import Webhooks
from ratchet_web.server.events import Feed
from ratchet_web.server.store.codes import DeliveryCode
from ratchet_web.server.store.deliveries import Tried
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.store import Store
from ratchet_web.settings import Settings

AT_ONCE: Final = 8
RETRY_S: Final = 1.0
NO_FILES: Final = "The server has no directory for files any more (RATCHET_FILES_DIR)"

log = logging.getLogger(__name__)


class Deliveries:
    """Makes up to `AT_ONCE` deliveries at a time, each when its time has come."""

    def __init__(self, settings: Settings, store: Store, feed: Feed, clock: Clock) -> None:
        self._settings, self._store, self._feed, self._clock = settings, store, feed, clock
        self._running: dict[int, asyncio.Task[None]] = {}
        self._printing = asyncio.Lock()
        self._woken = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what an earlier server left to be delivered."""
        self.webhooks = Webhooks(AllowedHosts.parse(self._settings.fetch_allow))
        self._loop = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End; what is on its way will be brought again by the next server."""
        tasks = [*self._running.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.webhooks.close()

    def wake(self) -> None:
        """Look for deliveries now: a job with destinations completed."""
        self._woken.set()

    async def _watch(self) -> None:
        while True:
            self._woken.clear()
            try:
                next_at_ms = await self._fill()
            except Unavailable as error:
                log.warning("Deliveries wait: %s", error)
                next_at_ms = self._clock.now_ms() + int(RETRY_S * 1000)
            except Exception:
                log.exception("Deliveries met a mistake and go on")
                next_at_ms = self._clock.now_ms() + int(RETRY_S * 1000)
            await self._clock.wait(self._woken, next_at_ms)

    async def _fill(self) -> int | None:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return None
        due = await self._store.deliveries.due(self._clock.now_ms(), free, list(self._running))
        for row in due.rows:
            task = asyncio.create_task(self._carry(row), name=f"delivery {row.id}")
            self._running[row.id] = task
            task.add_done_callback(lambda ended, row=row: self._ended(row.id, ended))  # type: ignore[misc]
        return due.next_at_ms

    def _ended(self, delivery_id: int, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("Delivery %d was not recorded", delivery_id, exc_info=error)
        self._running.pop(delivery_id, None)
        self.wake()

    async def _carry(self, row: Row) -> None:
        """Make one attempt and record what it came to; the outermost edge of what happens to it."""
        brought: Parcel | None = None
        try:
            brought = parcel(row)
            status = await self._bring(brought)
            tried = Tried(DeliveryCode.DELIVERED, self._clock.now_ms(), response_status=status)
        except DeliveryError as error:
            tried = self._failed(brought, error)
        except Exception:
            log.exception("Delivery %d could not be made", row.id)
            tried = self._failed(brought, DeliveryError("The server made a mistake"))
        await self._record(row.id, tried)
        if brought is not None and tried.next_at_ms is None:
            await self._settle(brought)
        self._feed.publish("jobs", row.job_id)

    async def _bring(self, brought: Parcel) -> int | None:
        destination = brought.destination
        if destination.webhook is not None:
            return await self.webhooks.call(brought, destination.webhook)
        if destination.filesystem is not None:
            await asyncio.to_thread(files.write, self.root(), brought, destination.filesystem)
        else:
            await self.print_line(brought)
        return None

    async def print_line(self, brought: Parcel, **more: bool) -> None:
        """Print a parcel on the stream that its destination names; `more` stands before it."""
        stdio = brought.destination.stdio
        stream = sys.stderr if stdio and stdio.stream == "stderr" else sys.stdout
        line = orjson.dumps({**more, **brought.values()}).decode()
        # Threads that print at once would mix their lines.
        async with self._printing:
            await asyncio.to_thread(print, line, file=stream, flush=True)

    async def _settle(self, brought: Parcel) -> None:
        if brought.destination.filesystem is not None and self._settings.files_dir is not None:
            await asyncio.to_thread(files.settle, self.root(), brought, brought.destination.filesystem)

    def root(self) -> Path:
        """Return the directory for files; raises `FinalError` where there is none."""
        if self._settings.files_dir is None:
            raise FinalError(NO_FILES)
        return self._settings.files_dir

    def _failed(self, brought: Parcel | None, error: DeliveryError) -> Tried:
        now_ms = self._clock.now_ms()
        wait_ms = None if isinstance(error, FinalError) or brought is None else brought.delay_ms()
        if wait_ms is None:
            return Tried(DeliveryCode.FAILED, now_ms, None, error.status, str(error))
        return Tried(DeliveryCode.PENDING, now_ms, now_ms + wait_ms, error.status, str(error))

    async def _record(self, delivery_id: int, tried: Tried) -> None:
        """Store what it came to, however long the database is away."""
        while True:
            try:
                return await self._store.deliveries.record(delivery_id, tried)
            except Unavailable as error:
                log.warning("The end of delivery %d waits: %s", delivery_id, error)
                await asyncio.sleep(RETRY_S)
