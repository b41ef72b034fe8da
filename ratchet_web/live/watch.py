"""One watched topic: looks at it when it may have changed, tells its room what did."""

import asyncio
import logging
import time
from dataclasses import replace

from ratchet_web.api import Broken, Ratchet, RatchetError
from ratchet_web.live import policy
from ratchet_web.live.patches import State, patch, snapshot
from ratchet_web.live.ports import Rooms
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic, described
from ratchet_web.live.upstream import Upstream
from ratchet_web.models.monitoring import Change

# However slow a look is, the next one does not wait longer than this for it.
MOST_GAP_S = 5.0
logger = logging.getLogger(__name__)


class Watch:
    """A topic with viewers. Whoever enters gets a snapshot, everyone then gets the same patches."""

    def __init__(
        self, topic: Topic, api: Ratchet, rooms: Rooms, upstream: Upstream, turns: asyncio.Semaphore
    ) -> None:
        self.viewers: set[str] = set()
        self._topic = topic
        self._api, self._rooms, self._upstream, self._turns = api, rooms, upstream, turns
        # Held while a message is made and sent, so that snapshots and patches arrive in their order.
        self._lock = asyncio.Lock()
        self._dirty = asyncio.Event()
        self._last = Snapshot()
        self._state: State | None = None
        self._failures = 0
        self._moved_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name=f"watch {self._topic.name}")

    def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()
        self._upstream.paced(self._topic.name, None)

    async def greet(self, sid: str) -> None:
        """Let a viewer in: a snapshot for it alone if there is one, else the first look brings it."""
        async with self._lock:
            await self._rooms.enter(sid, self._topic.name)
            if self._state:
                await self._rooms.send(sid, snapshot(self._topic.name, self._state))

    def hear(self, change: Change) -> None:
        """Look again if this change matters here."""
        if self._topic.dirtied_by(change, self._last):
            self._dirty.set()

    def doubt(self) -> None:
        """Look again."""
        self._dirty.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        self._moved_at = loop.time()
        while True:
            began = loop.time()
            self._dirty.clear()
            try:
                await self._look()
            except Exception:
                # The edge of a task: without this the topic would silently stand still.
                logger.exception("Looking at %s failed", self._topic.name)
                self._failures += 1
                await self._tell_failure(Broken("The console cannot read this; its log says why"))
            took_s = loop.time() - began
            gap_s = min(max(self._topic.LEAST_GAP_S, 2 * took_s), MOST_GAP_S)
            await asyncio.sleep(max(0.0, gap_s - took_s))
            await self._until_due()

    async def _until_due(self) -> None:
        age_s = asyncio.get_running_loop().time() - self._moved_at
        announced = self._upstream.announces
        wait_s = self._topic.wait_s(announced, age_s, self._last.unfinished, self._failures)
        if wait_s is not None and self._upstream.costly:
            wait_s = policy.costly_look_s(wait_s, self._last.unfinished)
        self._upstream.paced(self._topic.name, wait_s)
        try:
            async with asyncio.timeout(wait_s):
                await self._dirty.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        try:
            async with self._turns:
                found = await self._topic.fetch(self._api)
        except RatchetError as error:
            logger.info("%s: %s (request %s)", self._topic.name, error, error.request_id)
            self._failures += 1
            self._upstream.missed(error)
            await self._tell_failure(error)
            return
        self._failures, self._last = 0, found
        rows = {str(row["id"]): row for row in found.rows}
        about = {"error": None, "stale_since": None, **found.about}
        await self._tell(State(0, time.time_ns() // 1_000_000, rows, about))

    async def _tell_failure(self, error: RatchetError) -> None:
        """Keep the last good rows and say since when they are old."""
        known = self._state or State(0, time.time_ns() // 1_000_000, {}, {})
        told = described(error)
        before: Row | None = known.about.get("error")
        if before and {**before, "request_id": ""} == {**told, "request_id": ""}:
            told = before  # a new request id alone is no news
        # What begins with a failure was never known, however often it fails.
        stale_since = known.about.get("stale_since") or (known.at if self._state and not before else None)
        await self._tell(replace(known, about={**known.about, "error": told, "stale_since": stale_since}))

    async def _tell(self, state: State) -> None:
        async with self._lock:
            old, topic = self._state, self._topic.name
            if old is None:
                self._state = replace(state, version=1)
                await self._rooms.publish(topic, snapshot(topic, self._state))
                return
            new = replace(state, version=old.version + 1)
            message = patch(topic, old, new)
            # Unchanged rows keep their version, but they are known to be true at a later time.
            self._state = new if message else replace(new, version=old.version)
            if message:
                self._moved_at = asyncio.get_running_loop().time()
                await self._rooms.publish(topic, message)
