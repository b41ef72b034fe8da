"""The parts of a running server, and the order in which they start and stop."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Final

from ratchet_web.server.access.exposure import FIRST_USER, check_exposure
from ratchet_web.server.access.identity import Identity
from ratchet_web.server.analysis import Analysis
from ratchet_web.server.bulk.runner import Runner
from ratchet_web.server.clock import Clock
from ratchet_web.server.deliveries.deliveries import Deliveries
from ratchet_web.server.deliveries.trials import DeliveryTrials
from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.failures import FailureFill
from ratchet_web.server.first_start import beginning
from ratchet_web.server.inspector import Inspector
from ratchet_web.server.log_search import Expressions
from ratchet_web.server.retention import Retention
from ratchet_web.server.scheduler import Scheduler
from ratchet_web.server.store.store import Store
from ratchet_web.server.streams import Streams
from ratchet_web.server.tasks_sync import Sync
from ratchet_web.server.telemetry.resources import Processor
from ratchet_web.server.telemetry.series import Depth, Series
from ratchet_web.server.trials import Trials
from ratchet_web.settings import Settings

# What requests may still take when the server is told to stop, before it stops under them.
REQUESTS_S: Final = 2.0

log = logging.getLogger(__name__)


class Server:
    """Everything behind the routes."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings, self.store, self._clock = settings, store, clock
        self.feed = Feed()
        self.turns = Turns()
        self.streams = Streams(settings.stream_stall_s)
        self.identity = Identity(settings, store, clock)
        self.pool = Pool(settings.workers, settings)
        self.trials = Trials(settings, self.pool)
        self.expressions = Expressions(store.logs, self.pool.judge)
        self.deliveries = Deliveries(settings, store, self.feed, clock)
        self.delivery_trials = DeliveryTrials(self.deliveries)
        told = (self.feed, self.turns, clock, self.deliveries.wake)
        self.queue = Dispatcher(settings, store, self.pool, *told)
        self.scheduler = Scheduler(store, self.queue, self.feed, clock, self.deliveries.wake)
        self.depth = Depth(store)
        self.series = Series(store, clock, self._gauges)
        self.bulk = Runner(store, self.pool.judge, self.queue, self.scheduler, self.feed, self.turns, clock)
        self.inspector = Inspector(store, self.pool, self.feed, clock)
        self.retention = Retention(settings, store, clock)
        self.analysis = Analysis(store.statistics)
        self.failure_fill = FailureFill(store, self.feed)
        self.sync = Sync(store, self.pool, self.feed, clock)
        self.processor = Processor()
        self._began = time.monotonic()
        self._ends = AsyncExitStack()
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, settings: Settings, clock: Clock) -> "Server":
        """Return a server that runs; a new database gets the example tasks.

        Raises:
            ExposedError: it would be open to everybody.
            Unusable: the data directory cannot be used; the message says what to do.
        """
        check_exposure(settings)
        store = await Store.open(settings.data_dir, lambda: beginning(settings, clock.now_ms()))
        async with AsyncExitStack() as ends:
            ends.push_async_callback(_end, store.close)
            server = cls(settings, store, clock)
            if server.identity.required and not await store.users.count():
                log.error("A login is wanted and there is no user yet: %s", FIRST_USER)
            await server._begin(ends)
            # All of it goes on; had something failed, what had begun would end here.
            server._ends = ends.pop_all()
        return server

    async def _begin(self, ends: AsyncExitStack) -> None:
        """Start every part; each ends before those that began before it, also one whose start fails."""
        # First, because from its beginning on everything that happens is counted.
        ends.push_async_callback(_end, self.series.stop)
        await self.series.start()
        ends.push_async_callback(_end, self.identity.close)
        # Nobody waits for V8: what is to be run does.
        self.pool.begin()
        ends.push_async_callback(_end, self.pool.stop)
        for part in (
            *(self.deliveries, self.queue, self.scheduler, self.bulk),
            *(self.inspector, self.retention, self.analysis, self.failure_fill),
        ):
            ends.push_async_callback(_end, part.stop)
            await part.start()
        ends.callback(self.end_streams)

    async def stop(self) -> None:
        """End all streams, interrupt and record what runs, let go of the database.

        Raises:
            what the last part met that could not end; the log tells of each, and all others have ended.
        """
        await self._stop()

    def begin_stop(self) -> None:
        """End all streams now, and everything else soon: one request without an end would hold it up."""
        self.end_streams()
        asyncio.get_running_loop().call_later(REQUESTS_S, self._stop)

    def _stop(self) -> asyncio.Task[None]:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._ends.aclose())
        return self._stopping

    def end_streams(self) -> None:
        """End every open stream: a server with one open would wait for it before it stops."""
        self.feed.close()
        self.turns.close()
        self.streams.close()
        self.trials.close()

    def now_ms(self) -> int:
        """Return the time of this server's clock."""
        return self._clock.now_ms()

    async def _gauges(self) -> Sequence[int]:
        """Return what `buckets.GAUGES` name, as it is now."""
        depth = await self.depth.read(self.feed.version)
        return *depth, self.queue.running, self.pool.live

    def uptime_s(self) -> float:
        """Return the seconds since the start."""
        return round(time.monotonic() - self._began, 3)


async def _end(end: Callable[[], Awaitable[None]]) -> None:
    try:
        await end()
    except Exception:
        # Logged here, because only the last one of several is raised.
        log.exception("A part of the server could not end as it should")
        raise
