"""Fires schedules: a job for each due time, once, also over restarts.

A schedule's next time is stored in the same transaction as the job that it queues. Times that passed while no
server ran, or that the clock jumped over, are missed: the schedule's policy says whether one run makes up for
all of them. Where the clock is set back, due times that were fired do not come again, and work that was due
does not wait for its time once more.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from ratchet_web.server.clock import Clock
from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.events import Feed
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.schedules import CHUNK, Fired
from ratchet_web.server.store.store import Store

RETRY_MS: Final = 1000
# Time servers move a clock by less, and that moves no due time.
SET_BACK_MS: Final = 1000

log = logging.getLogger(__name__)


class Scheduler:
    """Sleeps until the next due time, or until a schedule changes."""

    def __init__(
        self,
        store: Store,
        queue: Dispatcher,
        feed: Feed,
        clock: Clock,
        on_set_back: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_set_back` is called when the clock was set back, and waiting work comes earlier for that."""
        self._on_set_back = on_set_back
        self._store, self._queue, self._feed, self._clock = store, queue, feed, clock
        self._woken = asyncio.Event()
        self._stopping = False
        self._seen_ms = clock.now_ms()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, with next times that follow from what the clock and the zones say today."""
        self._seen_ms = self._clock.now_ms()
        await self._store.schedules.rearm(self._seen_ms)
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
                await self._look_at_clock()
                await self._fire()
                due_ms = await self._store.schedules.next_due()
                if self._set_back_ms() > SET_BACK_MS:
                    # Meanwhile: what was found due for the old time may be far away now, so look again.
                    due_ms = self._clock.now_ms()
            except Unavailable as error:
                log.warning("The schedules wait: %s", error)
                due_ms = self._clock.now_ms() + RETRY_MS
            except Exception:
                log.exception("The schedules met a mistake and go on")
                due_ms = self._clock.now_ms() + RETRY_MS
            if not self._stopping:
                await self._clock.wait(self._woken, due_ms)

    def _set_back_ms(self) -> int:
        return self._seen_ms - self._clock.now_ms()

    async def _look_at_clock(self) -> None:
        """Notice a clock that was set back: what waits for its time would wait longer by that much."""
        back_ms = self._set_back_ms()
        now_ms = self._seen_ms - back_ms
        if back_ms > SET_BACK_MS:
            log.warning("The clock was set back by %.0f s: next times are computed anew", back_ms / 1000)
            for schedule_id in await self._store.schedules.rearm(now_ms):
                self._feed.publish("schedules", schedule_id)
            await self._store.set_back(self._seen_ms, back_ms)
            self._queue.wake()
            self._on_set_back()
        self._seen_ms = now_ms

    async def _fire(self) -> None:
        due_ms = await self._store.schedules.next_due()
        while due_ms is not None and due_ms <= self._clock.now_ms():
            fired = await self._store.schedules.fire_due(self._clock.now_ms())
            for each in fired:
                self._tell(each)
            self._queue.wake()
            due_ms = await self._store.schedules.next_due() if len(fired) == CHUNK else None

    def _tell(self, fired: Fired) -> None:
        self._feed.publish("schedules", fired.schedule_id)
        if fired.job_id is None:
            log.warning("Schedule %d did not fire: %s", fired.schedule_id, fired.reason)
        else:
            self._feed.publish("jobs", fired.job_id, "created")
