"""The live hub: who watches what. Each topic is watched upstream once, however many look at it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.bulk.delays import TOPIC, Delays
from ratchet_web.bulk.runs import Runs
from ratchet_web.live import schedules_activity, tasks
from ratchet_web.live.bulk import bulk_topic
from ratchet_web.live.delays import DelayList
from ratchet_web.live.executions import ExecutionsInTime
from ratchet_web.live.feed import feeds
from ratchet_web.live.lately import Beside, beside
from ratchet_web.live.link import Link
from ratchet_web.live.listed import Listed
from ratchet_web.live.logs import LogWatch
from ratchet_web.live.patches import State, snapshot
from ratchet_web.live.person import Person
from ratchet_web.live.ports import Rooms
from ratchet_web.live.rows import Row
from ratchet_web.live.started import is_started, started_topic
from ratchet_web.live.system import Console
from ratchet_web.live.topic import Snapshot, Topic, described
from ratchet_web.live.topics import NAME_LIMIT, execution_of_log, parse
from ratchet_web.live.upstream import Upstream
from ratchet_web.live.watch import Watch
from ratchet_web.models.acts import Act
from ratchet_web.models.console import AboutConsole
from ratchet_web.models.monitoring import Change
from ratchet_web.peers.peers import Body, Peers

LINK, CONSOLE = "link", "console"
MOST_TOPICS = 20
LOOKS_AT_ONCE = 8
LINGER_S = 30.0
REAP_S = 10.0
logger = logging.getLogger(__name__)


class Watched(Protocol):
    """A topic that has viewers."""

    viewers: set[str]

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""

    async def greet(self, sid: str) -> None:
        """Let a viewer in."""

    def hear(self, change: Change) -> None:
        """Take note of a change."""

    def doubt(self) -> None:
        """Look again."""


@dataclass
class Viewer:
    """One browser tab. The lock keeps the order of its wishes; `away` is what a hidden one comes back to."""

    topics: dict[str, None] = field(default_factory=dict)
    away: tuple[str, ...] = ()
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hub:
    """Tells viewers what changes in the topics that they watch.

    Messages: `{topic, version, at, rows, about}` first, then patches (`patches.patch`); logs have their own
    (`logs.LogWatch`). While nobody watches, nothing is asked of the server. `console` is what the topic of
    that name tells of this process, `person` whom all viewers are, `runs` are the bulk runs that can be
    watched, `delays` what waits and can be undone, `peers` those who do the same in other workers. `also`
    makes topics that are neither of these nor of the server.
    """

    def __init__(
        self,
        api: Ratchet,
        rooms: Rooms,
        console: AboutConsole | None = None,
        person: Person | None = None,
        runs: Runs | None = None,
        delays: Delays | None = None,
        peers: Peers | None = None,
        also: Callable[[str], Topic | None] = lambda name: None,
    ) -> None:
        self._api, self._rooms = api, rooms
        self._about, self._person = console or AboutConsole(), person or Person()
        self._runs = runs or Runs(api)
        self._runs.listen(self._hear)
        self._delays = delays or Delays(api)
        self._delays.listen(self._hear)
        self._peers = peers or Peers()
        self._peers.hear("touched", self._hear_of)
        self._peers.turned(lambda: self._look_again(LINK))
        self._also = also
        self._stopped = False
        self._viewers: dict[str, Viewer] = {}
        self._watched: dict[str, Watched] = {}
        self._turns = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._upstream = Upstream(api, changed=self._hear, doubted=self._doubt, turned=self._turned)
        self._feeds = feeds(api, self._upstream)
        self._lately = {"tasks": tasks.lately(api), "schedules": schedules_activity.lately(api)}
        self._reaper: asyncio.Task[None] | None = None
        self._rest: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look after viewers."""
        self._reaper = asyncio.create_task(self._reap(), name="reaper")

    async def stop(self) -> None:
        """Let go of all viewers and of the server; nobody can watch anything any more."""
        self._stopped = True
        for sid in list(self._viewers):
            await self.drop(sid)
        for task in (self._reaper, self._rest):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self._upstream.rest()

    async def watch(self, sid: str, topics: Sequence[str]) -> None:
        """Make these the topics of a viewer; `link` is always among them.

        The viewer gets a snapshot of each, now if the topic is already watched, else after the first look.
        A name that makes no sense gets a snapshot that says so.
        """
        wanted = list(dict.fromkeys((LINK, *topics)))[:MOST_TOPICS]
        async with self._alone(sid) as viewer:
            if self._stopped or not self._rooms.alive(sid):
                await self._let_go(sid, viewer)
                return
            await self._change(sid, viewer, wanted)

    async def hide(self, sid: str) -> None:
        """Let a viewer that nobody looks at cost nothing, until it is shown again."""
        if sid in self._viewers:
            async with self._alone(sid) as viewer:
                viewer.away = viewer.away or tuple(viewer.topics)
                for name in [name for name in viewer.topics if not is_started(name)]:
                    await self._leave(sid, viewer, name)
            self._look_again(CONSOLE)
            self._rest_if_alone()

    async def show(self, sid: str) -> None:
        """Give a viewer that was hidden its topics back, each with a snapshot of now."""
        if sid in self._viewers:
            async with self._alone(sid) as viewer:
                if viewer.away and not self._stopped:
                    await self._change(sid, viewer, viewer.away)

    async def follow(self, sid: str, topic: str) -> None:
        """Let a viewer watch what was started (`live/started.py`), hidden or not; empty: nothing any more."""
        async with self._alone(sid) as viewer:
            if self._stopped or not self._rooms.alive(sid):
                await self._let_go(sid, viewer)
                return
            if viewer.away:
                others = (name for name in viewer.away if not is_started(name))
                viewer.away = (*others, topic) if topic else tuple(others)
            for name in [name for name in viewer.topics if is_started(name) and name != topic]:
                await self._leave(sid, viewer, name)
            if topic:
                await self._join(sid, viewer, topic)

    async def drop(self, sid: str) -> None:
        """Forget a viewer."""
        if sid in self._viewers:
            async with self._alone(sid) as viewer:
                await self._let_go(sid, viewer)

    @property
    def viewers(self) -> tuple[str, ...]:
        """The viewers that there are, those that nobody looks at included."""
        return tuple(self._viewers)

    @property
    def topics(self) -> int:
        """How many topics are watched."""
        return len(self._watched)

    @property
    def mode(self) -> str:
        """How changes reach this hub; `idle` while nobody watches."""
        return str(self._upstream.state()["mode"]) if self._watched else "idle"

    @property
    def watching(self) -> int:
        """How many viewers are looked at."""
        return sum(bool(viewer.topics) and not viewer.away for viewer in self._viewers.values())

    def tell_person(self) -> None:
        """Tell all viewers anew what they may do."""
        self._look_again(LINK)
        self._look_again(CONSOLE)

    async def touched(self, noun: str, id: str) -> None:
        """Look again at all that shows this row: something was just done to it. `noun`: `executions`, ….

        A server whose changes are polled says nothing by itself; one that announces them says it too, and
        both are looked at together.
        """
        self._hear(Change(resource=noun, id=id, kind="updated"))
        self._peers.tell("touched", [noun, id])

    @asynccontextmanager
    async def _alone(self, sid: str) -> AsyncIterator[Viewer]:
        """Serve one wish of a viewer at a time, in their order."""
        while True:
            viewer = self._viewers.setdefault(sid, Viewer())
            async with viewer.lock:
                # Whoever was served before may have let the viewer go.
                if self._viewers.get(sid) is viewer:
                    yield viewer
                    return

    async def _change(self, sid: str, viewer: Viewer, wanted: Sequence[str]) -> None:
        viewer.away = ()
        for name in [name for name in viewer.topics if name not in wanted]:
            await self._leave(sid, viewer, name)
        for name in wanted:
            await self._join(sid, viewer, name)
        self._look_again(CONSOLE)

    async def _join(self, sid: str, viewer: Viewer, name: str) -> None:
        watched = self._watched.get(name) or self._begin(name)
        if watched is None:
            await self._tell_nonsense(sid, name)
            return
        watched.viewers.add(sid)
        viewer.topics[name] = None
        await watched.greet(sid)

    async def _leave(self, sid: str, viewer: Viewer, name: str) -> None:
        viewer.topics.pop(name, None)
        watched = self._watched[name]
        watched.viewers.discard(sid)
        if not watched.viewers:
            del self._watched[name]
            watched.stop()
        await self._rooms.leave(sid, name)

    async def _let_go(self, sid: str, viewer: Viewer) -> None:
        for name in list(viewer.topics):
            await self._leave(sid, viewer, name)
        del self._viewers[sid]
        self._look_again(CONSOLE)
        self._rest_if_alone()

    def _rest_if_alone(self) -> None:
        if not self._watched and self._rest is None and not self._stopped:
            self._rest = asyncio.create_task(self._rest_later(), name="rest")

    def _begin(self, name: str) -> Watched | None:
        watched = self._made(name)
        if watched is None:
            return None
        if self._rest:
            self._rest.cancel()
            self._rest = None
        self._watched[name] = watched
        self._upstream.wake()
        watched.start()
        return watched

    def _made(self, name: str) -> Watched | None:
        api, rooms, upstream = self._api, self._rooms, self._upstream
        if name == LINK:
            # The link waits for nobody's turn: it asks nobody.
            return Watch(Link(LINK, self._link), api, rooms, upstream, asyncio.Semaphore())
        if name == CONSOLE:
            return Watch(Console(CONSOLE, self._console), api, rooms, upstream, asyncio.Semaphore())
        if id := execution_of_log(name):
            return LogWatch(name, id, api, rooms, upstream)
        if bulk := bulk_topic(name, self._runs):
            return Watch(bulk, api, rooms, upstream, asyncio.Semaphore())
        if started := started_topic(name, self._runs):
            return Watch(started, api, rooms, upstream, self._turns)
        if name == TOPIC:
            return Watch(DelayList(TOPIC, self._delays), api, rooms, upstream, asyncio.Semaphore())
        if own := self._also(name):
            return Watch(own, api, rooms, upstream, asyncio.Semaphore())
        topic = parse(name)
        if isinstance(topic, Beside):
            # It takes a turn when it asks, and none while it waits for what is asked for all.
            topic = replace(topic, shared=partial(self._shared, topic), turns=self._turns)
            return Watch(topic, api, rooms, upstream, asyncio.Semaphore())
        feed = self._feeds.get(topic.NOUN) if isinstance(topic, Listed | ExecutionsInTime) else None
        tell_beside = partial(self._look_again, beside(name))
        return Watch(topic, api, rooms, upstream, self._turns, feed, tell_beside) if topic else None

    async def _shared(self, topic: Beside) -> tuple[Row, ...] | None:
        """Return what the rows of the list beside a topic did; None where nobody watches that list."""
        watched = self._watched.get(topic.list_name)
        ids = watched.ids if isinstance(watched, Watch) else None
        return None if ids is None else await self._lately[topic.NOUN].of(ids)

    async def _tell_nonsense(self, sid: str, name: str) -> None:
        logger.info("Nobody can watch %.200r", name)
        if len(name) <= NAME_LIMIT:
            error = described(NotFound("There is nothing at this address"))
            state = State(1, 0, {}, {"error": error, "stale_since": None})
            await self._rooms.send(sid, snapshot(name, state))

    def _hear_of(self, worker: str, body: Body) -> None:
        """Look again at a row that something was done to at another worker."""
        noun, id = body
        self._hear(Change(resource=noun, id=id, kind="updated"))

    def _hear(self, change: Change) -> None:
        for feed in self._feeds.values():
            feed.hear(change)
        for watched in self._watched.values():
            watched.hear(change)

    def _doubt(self) -> None:
        for feed in self._feeds.values():
            feed.forget()
        for watched in self._watched.values():
            watched.doubt()

    def _turned(self) -> None:
        self._look_again(LINK)

    def _look_again(self, name: str) -> None:
        if watched := self._watched.get(name):
            watched.doubt()

    def _link(self) -> Row:
        peers = {"worker": self._peers.worker, "apart": self._peers.trouble}
        return {**self._upstream.state(), **self._person.told(), **peers}

    def _console(self) -> Snapshot:
        settings = self._about.settings if self._person.may(Act.SEE_SETTINGS) else ()
        rows = tuple({"id": each.name, **each.model_dump(mode="json")} for each in settings)
        about = self._about.model_dump(mode="json", exclude={"settings"})
        return Snapshot(rows, {**about, "viewers": self.watching, "topics": self.topics})

    async def _rest_later(self) -> None:
        await asyncio.sleep(LINGER_S)
        self._rest = None
        await self._upstream.rest()

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(REAP_S)
            try:
                await self._drop_dead()
            except Exception:
                logger.exception("Letting go of viewers that left met a mistake and is tried again")

    async def _drop_dead(self) -> None:
        for sid in [sid for sid in self._viewers if not self._rooms.alive(sid)]:
            await self.drop(sid)
