"""Carries what workers tell each other, over channels of Redis. Nothing that it carries is kept there."""

import asyncio
import hashlib
import json
import logging
import os
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError
from typing_extensions import override

from ratchet_web.peers.peers import Answering, AwayError, Body, EndedError, Heard, Peers

RETRY_S: Final = 0.5
LOOK_S: Final = 1.0
# So often in a row a worker must be missed: one that only connects anew is not dead.
MISSED_MOST: Final = 4
ANSWER_S: Final = 10.0
FIRST_ANSWER_S: Final = 2.0
SOCKET_S: Final = 3.0
LEAVE_S: Final = 1.0
CANCEL_S: Final = 0.1
WAITING_MOST: Final = 10_000
FAULTS: Final = (RedisError, OSError, TimeoutError)
MISTAKES: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
# What calls of Redis end in: where its answers are rubbish, its client raises whatever comes.
NO_ANSWER: Final = (*FAULTS, *MISTAKES)
AWAY = "Redis does not answer: what is done in other tabs may be seen late, or not at all, until it does."
NOBODY = "The worker that does this has ended."
LATE = "The worker that does this did not answer in time."
logger = logging.getLogger(__name__)


def connected(url: str) -> Redis:
    """Return a client of Redis that gives up soon."""
    return Redis.from_url(url, socket_timeout=SOCKET_S, socket_connect_timeout=SOCKET_S)


def space_of(*parts: str) -> str:
    """Return the name of what only those share who know all of these."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


@asynccontextmanager
async def together(bus: "Bus | None") -> AsyncIterator[None]:
    """Be one of the workers for as long as the context lasts; alone without a bus."""
    if bus is None:
        yield
        return
    await bus.start()
    try:
        yield
    finally:
        await bus.stop()


class Bus:
    """One worker among others. `me` is its name for as long as it lives.

    `look_s`: so often it looks whether the others are alive.
    """

    def __init__(self, redis: Redis, look_s: float = LOOK_S) -> None:
        self.me = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.trouble = ""
        # How often in a row each was missed.
        self.others: dict[str, int] = {}
        self._look_s = look_s
        self.redis = redis
        # Channels are those of the whole Redis, whichever of its databases is meant.
        prefix = f"ratchet-web:{redis.connection_pool.connection_kwargs.get('db') or 0}"
        self._all, self._to = f"{prefix}:all", f"{prefix}:to:"
        self._spaces: dict[str, Space] = {}
        self._outbox: asyncio.Queue[tuple[str, str]] = asyncio.Queue(WAITING_MOST)
        self._questions: dict[str, asyncio.Future[Body]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._runs: asyncio.Task[None] | None = None
        self._first = asyncio.Event()
        self._leaves = False

    async def start(self) -> None:
        """Connect; return once that has worked or failed for the first time."""
        self._runs = asyncio.create_task(self._run(), name="peers")
        await self._first.wait()

    async def stop(self) -> None:
        """Leave; what is still to be told has a moment."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self._outbox.join()
        await self.end()

    async def end(self) -> None:
        """Leave without a word."""
        self._leaves = True
        await ended([task for task in (self._runs, *self._tasks) if task is not None])
        await self.redis.aclose()

    def about(self, space: str) -> "Space":
        """Return the others with whom what this names is shared."""
        made = Space(self, space)
        self._spaces[space] = made
        return made

    def forget(self, space: "Space") -> None:
        """Carry nothing to this any more."""
        if self._spaces.get(space.name) is space:
            del self._spaces[space.name]

    def send(self, channel: str, message: dict[str, Body]) -> None:
        """Send as soon as it can be; the oldest are lost where too many wait."""
        if self.trouble:
            # Whoever can be reached again is told everything anew.
            return
        if self._outbox.full():
            self._outbox.get_nowait()
            self._outbox.task_done()
        self._outbox.put_nowait((channel, json.dumps({"from": self.me, **message})))

    def tell(self, message: dict[str, Body]) -> None:
        """Send to all."""
        self.send(self._all, message)

    async def ask(self, worker: str, message: dict[str, Body], within_s: float = ANSWER_S) -> Body:
        """Return what a worker answers.

        Raises:
            AwayError: it is gone, or does not answer.
        """
        number = secrets.token_hex(4)
        answer = self._questions[number] = asyncio.get_running_loop().create_future()
        text = json.dumps({"from": self.me, "ask": number, **message})
        try:
            if not await self.redis.publish(self._to + worker, text):
                raise EndedError(NOBODY)
            async with asyncio.timeout(within_s):
                return await answer
        except TimeoutError:
            raise AwayError(LATE) from None
        except NO_ANSWER as error:
            raise AwayError(AWAY) from error
        finally:
            del self._questions[number]

    async def ask_all(self, message: dict[str, Body]) -> Body:
        """Return the first answer of any other that is not None; None if none of them has one.

        Raises:
            AwayError: that is not known, for not all of them answer.
        """
        try:
            workers = await self._there()
        except NO_ANSWER as error:
            raise AwayError(AWAY) from error
        silent: AwayError | None = None
        asking = [self._first_answer(worker, message) for worker in workers]
        for each in asyncio.as_completed(asking):
            answer = await each
            if isinstance(answer, AwayError):
                silent = answer
            elif answer is not None:
                return answer
        if silent:
            raise silent
        return None

    async def _first_answer(self, worker: str, message: dict[str, Body]) -> Body | AwayError:
        """Return what a worker answers soon, or why that is not known: nobody may wait for it any more."""
        try:
            return await self.ask(worker, message, FIRST_ANSWER_S)
        except EndedError:
            return None
        except AwayError as error:
            return error

    async def _run(self) -> None:
        while not self._leaves:
            try:
                await self._connect()
            except FAULTS as error:
                self._turn(AWAY)
                logger.info("Redis cannot be used: %s", error)
            except Exception:
                # The edge of a task: without this the workers would silently stay apart.
                if not self.trouble:
                    logger.exception("The link between workers met a mistake")
                self._turn(AWAY)
            self._first.set()
            await asyncio.sleep(RETRY_S)

    async def _connect(self) -> None:
        async with self.redis.pubsub() as channel:
            await channel.subscribe(self._all, self._to + self.me)
            for _ in range(2):
                # Only once both are confirmed, an answer to what is told can be heard.
                await channel.get_message(timeout=SOCKET_S)
            self._turn("")
            self._first.set()
            works = (self._read(channel), self._write(), self._watch())
            tasks = [asyncio.create_task(work) for work in works]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()
            finally:
                await ended(tasks)

    async def _read(self, channel: Any) -> None:
        while True:
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=LOOK_S)
            if message is not None:
                self._received(message["data"])

    async def _write(self) -> None:
        while True:
            channel, text = await self._outbox.get()
            try:
                await self.redis.publish(channel, text)
            finally:
                self._outbox.task_done()

    async def _watch(self) -> None:
        """Notice workers that begin, and those that have died: nobody listens to their channels any more."""
        while True:
            await asyncio.sleep(self._look_s)
            there = await self._there()
            for worker in there | self.others.keys():
                self._seen(worker, worker in there)

    async def _there(self) -> set[str]:
        """Return the other workers that listen now."""
        names = await self.redis.pubsub_channels(self._to + "*")
        return {name.decode().removeprefix(self._to) for name in names} - {self.me}

    def _seen(self, worker: str, there: bool) -> None:
        self.others[worker] = 0 if there else self.others.get(worker, 0) + 1
        if self.others[worker] >= MISSED_MOST:
            del self.others[worker]
            for space in list(self._spaces.values()):
                space.has_lost(worker)

    def _received(self, data: bytes) -> None:
        try:
            message = json.loads(data)
            sender = message["from"]
            if sender != self.me:
                self._dispatch(sender, message)
        except MISTAKES as error:
            # One strange message must not part the workers.
            kind = type(error).__name__
            logger.warning("Another worker said what cannot be understood (%s): is it of this version?", kind)

    def _dispatch(self, sender: str, message: dict[str, Body]) -> None:
        self.others[sender] = 0
        if (number := message.get("answer")) is not None:
            question = self._questions.get(number)
            if question is not None and not question.done():
                question.set_result(message["body"])
        elif (space := self._spaces.get(message["space"])) is None:
            if "ask" in message:
                self.send(self._to + sender, {"answer": message["ask"], "body": None})
        elif "ask" in message:
            self._begin(space, sender, message)
        else:
            space.has_heard(sender, message["kind"], message["body"])

    def _begin(self, space: "Space", sender: str, message: dict[str, Body]) -> None:
        async def answered() -> None:
            body = await space.answered(message["kind"], message["body"])
            self.send(self._to + sender, {"answer": message["ask"], "body": body})

        task = asyncio.get_running_loop().create_task(answered())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _turn(self, trouble: str) -> None:
        first = not self._first.is_set()
        if trouble != self.trouble or first:
            self.trouble = trouble
            for space in list(self._spaces.values()):
                space.has_turned()


class Space(Peers):
    """Those with whom one thing is shared, over the bus."""

    def __init__(self, bus: Bus, name: str) -> None:
        self.name = name
        self.worker = bus.me
        self._bus = bus
        self._hear: dict[str, Heard] = {}
        self._answer: dict[str, Answering] = {}
        self._turned: list[Callable[[], None]] = []
        self._lost: list[Callable[[str], None]] = []

    @property
    @override
    def trouble(self) -> str:  # type: ignore[override]
        """Why the others cannot be reached now."""
        return self._bus.trouble

    @override
    def hear(self, kind: str, heard: Heard) -> None:
        self._hear[kind] = heard

    @override
    def answer(self, kind: str, answering: Answering) -> None:
        self._answer[kind] = answering

    @override
    def turned(self, call: Callable[[], None]) -> None:
        self._turned.append(call)

    @override
    def lost(self, call: Callable[[str], None]) -> None:
        self._lost.append(call)

    @override
    def tell(self, kind: str, body: Body) -> None:
        self._bus.tell({"space": self.name, "kind": kind, "body": body})

    @override
    async def ask(self, worker: str, kind: str, body: Body) -> Body:
        return await self._bus.ask(worker, {"space": self.name, "kind": kind, "body": body})

    @override
    async def ask_all(self, kind: str, body: Body) -> Body:
        return await self._bus.ask_all({"space": self.name, "kind": kind, "body": body})

    @override
    def close(self) -> None:
        self._bus.forget(self)

    def has_heard(self, sender: str, kind: str, body: Body) -> None:
        """Pass on what another told."""
        if heard := self._hear.get(kind):
            heard(sender, body)

    async def answered(self, kind: str, body: Body) -> Body:
        """Return the answer to a question; None where there is none. A mistake costs no more than that."""
        answering = self._answer.get(kind)
        try:
            return await answering(body) if answering else None
        except Exception:
            logger.exception("A question of another worker (%s) met a mistake", kind)
            return None

    def has_turned(self) -> None:
        """Pass on that the others can be reached, or not."""
        for call in self._turned:
            call()

    def has_lost(self, worker: str) -> None:
        """Pass on that a worker died."""
        for call in self._lost:
            call(worker)


async def ended(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Cancel tasks until they have ended: the client of Redis swallows that now and then.

    Whoever waits here and is cancelled leaves none of them behind either.
    """
    cancelled: asyncio.CancelledError | None = None
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        try:
            await asyncio.wait(left, timeout=CANCEL_S)
        except asyncio.CancelledError as error:
            cancelled = error
    for task in tasks:
        if not task.cancelled():
            task.exception()
    if cancelled is not None:
        raise cancelled
