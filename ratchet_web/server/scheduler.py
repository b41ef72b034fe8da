"""Fires schedules: a job for each due time, once, also over restarts.

A schedule's next time is stored in the same transaction as the job that it queues. Times that passed while no
server ran are skipped; the next one is computed from now.
"""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Final

from ratchet_web.logic.cron import next_run
from ratchet_web.server.clock import Clock
from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.events import Feed
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.store import Store

RETRY_MS: Final = 1000

log = logging.getLogger(__name__)


def next_run_ms(expression: str, now_ms: int) -> int | None:
    """Return the first time after now that a normalised expression names, in ms."""
    found = next_run(expression, datetime.fromtimestamp(now_ms / 1000, UTC))
    return None if found is None else int(found.timestamp() * 1000)


class Scheduler:
    """Sleeps until the next due time, or until a schedule changes."""

    def __init__(self, store: Store, queue: Dispatcher, feed: Feed, clock: Clock) -> None:
        self._store, self._queue, self._feed, self._clock = store, queue, feed, clock
        self._woken = asyncio.Event()
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Skip what was missed, then begin."""
        now_ms = self._clock.now_ms()
        missed = await self._store.schedules.skip_due(now_ms, lambda cron: next_run_ms(cron, now_ms))
        if missed:
            log.info("%d schedules were due while no server ran; those times are skipped", len(missed))
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; nothing fires any more."""
        self._stopping = True
        self.wake()
        if self._loop:
            await self._loop

    @property
    def going(self) -> bool:
        """Whether schedules fire."""
        return self._loop is not None and not self._loop.done()

    def wake(self) -> None:
        """Look again: a schedule was changed."""
        self._woken.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                await self._fire()
                due_ms = await self._store.schedules.next_due()
            except Unavailable as error:
                log.warning("The schedules wait: %s", error)
                due_ms = self._clock.now_ms() + RETRY_MS
            except Exception:
                log.exception("The schedules met a mistake and go on")
                due_ms = self._clock.now_ms() + RETRY_MS
            if not self._stopping:
                await self._clock.wait(self._woken, due_ms)

    async def _fire(self) -> None:
        now_ms = self._clock.now_ms()
        due_ms = await self._store.schedules.next_due()
        if due_ms is None or due_ms > now_ms:
            return
        for fired in await self._store.schedules.fire_due(now_ms, lambda cron: next_run_ms(cron, now_ms)):
            self._feed.publish("schedules", fired.schedule_id)
            if fired.job_id is None:
                log.warning("Schedule %d did not fire: its task is disabled", fired.schedule_id)
            else:
                self._feed.publish("jobs", fired.job_id, "created")
        self._queue.wake()
