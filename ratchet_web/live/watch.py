"""One watched topic: looks at it when it may have changed, tells its room what did."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from ratchet_web.api import Broken, Ratchet, RatchetError
from ratchet_web.live import policy
from ratchet_web.live.behind import Telling
from ratchet_web.live.feed import Batch, Feed
from ratchet_web.live.lags import Lag
from ratchet_web.live.listed import Listed
from ratchet_web.live.patches import State, patch, snapshot
from ratchet_web.live.ports import Rooms
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic, described, is_about
from ratchet_web.live.upstream import Upstream
from ratchet_web.logic.lists import Doubt, Move
from ratchet_web.models.instants import now_ms
from ratchet_web.models.monitoring import Change

# However slow a look is, the next one does not wait longer than this for it.
MOST_GAP_S = 5.0
# A message costs some 20 µs for each viewer: many are told as often as some percent of a core allow.
PER_VIEWER_S = 0.0006
# A change that is heard of so soon after a look may have been counted by it.
GRACE_S = 0.5
logger = logging.getLogger(__name__)


class Watch:
    """A topic with viewers. Whoever enters gets a snapshot, everyone then gets the same patches.

    With a `feed` it is told of changed rows, and looks for itself where those leave it in doubt. It calls
    `turned_over` when it has told of rows that came or went.
    """

    def __init__(
        self,
        topic: Topic,
        api: Ratchet,
        rooms: Rooms,
        upstream: Upstream,
        turns: asyncio.Semaphore,
        feed: Feed | None = None,
        turned_over: Callable[[], None] = lambda: None,
    ) -> None:
        self.viewers: set[str] = set()
        self._topic = topic
        self._api, self._rooms, self._upstream, self._turns = api, rooms, upstream, turns
        self._feed, self._turned_over = feed, turned_over
        self._is_looking, self._looked_s = False, 0.0
        # Rows that changed while it looked: nobody knows which of both is newer.
        self._again: set[str] = set()
        # Held while a message is made and sent, so that snapshots and patches arrive in their order.
        self._lock = asyncio.Lock()
        self._telling = Telling(topic.name, rooms, self.viewers, self.greet)
        self._lag = Lag()
        self._next_tell_s = 0.0
        self._later: asyncio.Task[None] | None = None
        self._dirty = asyncio.Event()
        self._last = Snapshot()
        self._state: State | None = None
        self._failures = 0
        self._moved_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        if self._feed:
            self._feed.join(self, self._topic.query.limit if isinstance(self._topic, Listed) else 0)
        self._task = asyncio.create_task(self._run(), name=f"watch {self._topic.name}")

    def stop(self) -> None:
        """Look no more."""
        for task in (self._task, self._later):
            if task:
                task.cancel()
        if self._feed:
            self._feed.leave(self)
        self._telling.stop()
        self._upstream.paced(self._topic.name, None)

    async def greet(self, sid: str) -> None:
        """Let a viewer in: a snapshot for it alone if there is one, else the first look brings it."""
        async with self._lock:
            await self._rooms.enter(sid, self._topic.name)
            if self._state:
                await self._rooms.send(sid, snapshot(self._topic.name, self._state))

    def hear(self, change: Change) -> None:
        """Look again if this change matters here, unless its row is read for all."""
        if self._feed and self._feed.reads(change) and is_about(change, self._topic.NOUN):
            return
        if self._topic.dirtied_by(change, self._last):
            self._lag.heard()
            self._dirty.set()

    def doubt(self) -> None:
        """Look again."""
        self._dirty.set()

    async def take(self, batch: Batch) -> None:
        """Change rows that were read for all lists; a topic of another kind looks when its turn comes."""
        found = [
            (each, Move(each.id, each.before, each.after, self._is_counted(each.heard_s)))
            for each in batch.moves
        ]
        moves = [move for each, move in found if self._topic.concerned(move)]
        if not moves or self._feed is None:
            return
        if not isinstance(self._topic, Listed):
            self._feed.turn(self, urgent=False)
        elif self._is_looking or batch.began_s <= self._looked_s:
            self._again.update(move.id for move in moves)
            self._read_again()
        elif self._state and not self._failures:
            self._lag.heard(min(each.heard_s for each in batch.moves))
            self._lag.looks()
            self._last, doubt = self._topic.patched(self._last, moves, batch.rows)
            await self._tell_in_time()
            if doubt:
                self._feed.turn(self, urgent=doubt is Doubt.ROWS)

    async def _tell_in_time(self) -> None:
        """Tell what is known, but not more often than so many viewers are told."""
        if asyncio.get_running_loop().time() >= self._next_tell_s:
            await self._tell(_known(self._last))
        elif self._later is None:
            self._later = asyncio.create_task(self._tell_later(), name=f"telling {self._topic.name}")

    async def _tell_later(self) -> None:
        await asyncio.sleep(self._next_tell_s - asyncio.get_running_loop().time())
        self._later = None
        if not self._failures:
            await self._tell(_known(self._last))

    @property
    def ids(self) -> tuple[str, ...] | None:
        """The rows that its viewers know, None before the first look, and where that failed."""
        return tuple(self._state.rows) if self._state and not self._failures else None

    @property
    def pause_s(self) -> float:
        """The seconds between two messages to its viewers, at least."""
        return len(self.viewers) * PER_VIEWER_S

    def _is_counted(self, heard_s: float) -> bool:
        return heard_s > self._looked_s + GRACE_S

    def _read_again(self) -> None:
        if self._feed and self._again and not self._is_looking:
            self._feed.again(self._again)
            self._feed.turn(self, urgent=False)
            self._again = set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        self._moved_at = loop.time()
        while True:
            began = loop.time()
            self._dirty.clear()
            self._lag.looks()
            try:
                await self._look()
            except Exception:
                # The edge of a task: without this the topic would silently stand still.
                logger.exception("Looking at %s failed", self._topic.name)
                self._failures += 1
                await self._tell_failure(Broken("The console cannot read this; its log says why"))
            took_s = loop.time() - began
            gap_s = min(max(self._topic.LEAST_GAP_S, self.pause_s, 2 * took_s), MOST_GAP_S)
            await asyncio.sleep(max(0.0, gap_s - took_s))
            await self._until_due()

    async def _until_due(self) -> None:
        age_s = asyncio.get_running_loop().time() - self._moved_at
        announced = self._upstream.announces
        wait_s = self._topic.wait_s(announced, age_s, self._last.unfinished, self._failures)
        if wait_s is not None and self._upstream.costly:
            wait_s = policy.costly_look_s(wait_s, self._last.unfinished)
        elif self._feed:
            wait_s = self._feed.rest_s(wait_s)
        self._upstream.paced(self._topic.name, wait_s)
        try:
            async with asyncio.timeout(wait_s):
                await self._dirty.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        began_s = asyncio.get_running_loop().time()
        try:
            async with self._turns:
                found = await self._fetch()
        except RatchetError as error:
            logger.info("%s: %s (request %s)", self._topic.name, error, error.request_id)
            self._failures += 1
            self._upstream.missed(error)
            await self._tell_failure(error)
            return
        self._failures, self._last = 0, found
        if self._feed and found.page:
            self._feed.saw(found.page.rows, began_s)
        self._read_again()
        await self._tell(_known(found))

    async def _fetch(self) -> Snapshot:
        self._is_looking = True
        try:
            return await self._topic.fetch(self._api)
        finally:
            self._is_looking, self._looked_s = False, asyncio.get_running_loop().time()

    async def _tell_failure(self, error: RatchetError) -> None:
        """Keep the last good rows and say since when they are old."""
        known = self._state or State(0, now_ms(), {}, {})
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
                await self._telling.publish(snapshot(topic, self._state))
                return
            new = replace(state, version=old.version + 1)
            message = patch(topic, old, new)
            # Unchanged rows keep their version, but they are known to be true at a later time.
            self._state = new if message else replace(new, version=old.version)
            self._lag.told(shown=message is not None)
            if message:
                self._next_tell_s = asyncio.get_running_loop().time() + self.pause_s
                self._moved_at = asyncio.get_running_loop().time()
                await self._telling.publish(message)
                if "new" in message or "gone" in message:
                    self._turned_over()


def _known(found: Snapshot) -> State:
    rows = {str(row["id"]): row for row in found.rows}
    about = {"error": None, "stale_since": None, **found.about}
    return State(0, now_ms(), rows, about)
