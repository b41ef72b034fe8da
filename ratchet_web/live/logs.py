"""Watching logs: one upstream follow per execution, however many read it."""

import asyncio
import logging
from collections import deque

from ratchet_web.api import NotFound, Ratchet, RatchetError
from ratchet_web.live import policy
from ratchet_web.live.behind import Telling
from ratchet_web.live.log_lines import MOST_CHARS, sent
from ratchet_web.live.ports import Message, Rooms
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import described
from ratchet_web.live.upstream import Upstream
from ratchet_web.models.logs import LogLine, LogPage
from ratchet_web.models.monitoring import Change

TAIL = 200
MESSAGE_CHARS = 200_000
LEAST_GAP_S = 0.05
POLL_LINES = 1000
logger = logging.getLogger(__name__)


class LogWatch:
    """`executions/12/logs` with viewers.

    A message is `{topic, version, first, lines, total, done, errors, error}`: at most the `TAIL` newest lines
    since the last message, `first` being the `seq` of the first of them; what lies between two messages is
    read by range. `errors` counts what this watch heard. Whoever enters gets the last `TAIL` lines.
    """

    def __init__(self, name: str, id: str, api: Ratchet, rooms: Rooms, upstream: Upstream) -> None:
        self.viewers: set[str] = set()
        self._name, self._id = name, id
        self._logs, self._rooms, self._upstream = api.executions.logs, rooms, upstream
        self._telling = Telling(name, rooms, self.viewers, self.greet)
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()
        self._fresh: deque[LogLine] = deque(maxlen=TAIL)
        self._tail: deque[LogLine] = deque(maxlen=TAIL)
        self._version = self._seen = self._total = self._failures = self._errors = 0
        self._opened = self._done = False
        self._error: Row | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._task = asyncio.create_task(self._run(), name=f"watch {self._name}")

    def stop(self) -> None:
        """Follow no more."""
        if self._task:
            self._task.cancel()
        self._telling.stop()
        self._upstream.paced(self._name, None)

    async def greet(self, sid: str) -> None:
        """Let a viewer in, with the last lines if any are known; else the first message brings them."""
        async with self._lock:
            await self._rooms.enter(sid, self._name)
            if self._version:
                await self._rooms.send(sid, self._message(newest(self._tail)))

    def hear(self, change: Change) -> None:
        """Nothing: the lines come by their own stream."""

    def doubt(self) -> None:
        """Nothing: the stream reconnects by itself, without a gap."""

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._read())
                both.create_task(self._publish())
        except Exception:
            # The edge of a task: without this the log would silently stand still.
            logger.exception("Following %s failed", self._name)

    async def _read(self) -> None:
        while not self._done:
            try:
                await self._read_on()
            except NotFound as error:
                self._fail(error)
                self._done = True
                self._news.set()
            except RatchetError as error:
                logger.info("%s: %s (request %s)", self._name, error, error.request_id)
                self._fail(error)
                self._upstream.missed(error)
                await asyncio.sleep(policy.reconnect_s(self._failures, error))

    async def _read_on(self) -> None:
        if not self._opened:
            self._take(await self._logs.page(self._id, tail=TAIL))
            self._opened = True
        dialect = await self._upstream.dialect()
        if dialect.capabilities.log_follow and not self._done:
            async with self._logs.follow(self._id, after=self._seen) as pages:
                async for page in pages:
                    self._take(page)
        elif not self._done:
            await self._poll()

    async def _poll(self) -> None:
        """Look for lines until there are no more; often while lines come."""
        loop = asyncio.get_running_loop()
        moved_at = loop.time()
        while not self._done:
            page = await self._logs.page(self._id, after=self._seen, limit=POLL_LINES)
            before = self._seen
            self._take(page)
            if fresh := self._seen > before:
                moved_at = loop.time()
            more = len(page.lines) == POLL_LINES or not page.complete
            # A server that says that there is more, and sends nothing new, is waited for all the same.
            if not (fresh and more) and not self._done:
                wait_s = policy.next_look_s(loop.time() - moved_at, True, 0)
                self._upstream.paced(self._name, wait_s)
                await asyncio.sleep(wait_s)

    def _take(self, page: LogPage) -> None:
        fresh = [line for line in page.lines if line.seq > self._seen]
        self._fresh.extend(fresh)
        self._errors += sum(line.level == "error" for line in fresh)
        self._seen = fresh[-1].seq if fresh else self._seen
        total = max(self._total, page.total, self._seen)
        if fresh or total > self._total or page.done or self._error or not self._opened:
            self._news.set()
        self._total, self._error, self._failures = total, None, 0
        self._done = self._done or page.done

    def _fail(self, error: RatchetError) -> None:
        self._failures += 1
        if not self._error:  # the same trouble again is no news
            self._error = described(error)
            self._news.set()

    async def _publish(self) -> None:
        finished = False
        while not finished:
            await self._news.wait()
            self._news.clear()
            async with self._lock:
                finished = self._done
                lines = newest(self._fresh)
                self._fresh.clear()
                self._tail.extend(lines)
                self._version += 1
                await self._telling.publish(self._message(lines))
            await asyncio.sleep(LEAST_GAP_S)

    def _message(self, lines: list[LogLine]) -> Message:
        return {
            "topic": self._name,
            "version": self._version,
            "first": lines[0].seq if lines else self._total + 1,
            "lines": [sent(line) for line in lines],
            "total": self._total,
            "done": self._done,
            "errors": self._errors,
            "error": self._error,
        }


def newest(lines: deque[LogLine]) -> list[LogLine]:
    """Return the last lines that fit into one message, at least one if there is any."""
    taken: list[LogLine] = []
    room = MESSAGE_CHARS
    for line in reversed(lines):
        room -= min(len(line.text), MOST_CHARS)
        if taken and room < 0:
            break
        taken.append(line)
    return taken[::-1]
