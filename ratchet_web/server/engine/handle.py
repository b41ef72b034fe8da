"""Our hold on one worker process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from ratchet_web.models.instants import now_ms
from ratchet_web.server.engine.attempt import Attempt, garbled
from ratchet_web.server.engine.launcher import Launcher, Process
from ratchet_web.server.engine.messages import GarbledError, Message, pack, read_message
from ratchet_web.server.engine.reports import operation

# How long a worker may take, beyond what was agreed, before it is killed.
GRACE_S = 1.0
START_LIMIT_S = 10.0
# A worker without work has next to nothing to say.
IDLE_MESSAGE_BYTES = 1_000

_log = logging.getLogger(__name__)


def _nothing(_: "Handle") -> None:
    """Nobody wants to be told."""


class Handle:
    """A running worker. `on_ready` is called whenever it can take work, `on_gone` when it never will again.

    `ready` is set when it could take work for the first time, `dead` when it is gone.
    """

    def __init__(
        self,
        name: str,
        process: Process,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        on_ready: Callable[["Handle"], None],
        on_gone: Callable[["Handle"], None],
    ) -> None:
        self.name = name
        self.pid = process.pid
        self.began_ms = now_ms()
        self.done = 0
        self.ready, self.dead, self._killed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._process = process
        self._reader, self._writer = streams
        self._on_ready, self._on_gone = on_ready, on_gone
        self._attempt: Attempt | None = None
        self._overdue: asyncio.TimerHandle | None = None
        self._kill_after(START_LIMIT_S)
        self._following = asyncio.create_task(self._follow())

    @classmethod
    async def start(
        cls,
        name: str,
        launcher: Launcher,
        on_ready: Callable[["Handle"], None] = _nothing,
        on_gone: Callable[["Handle"], None] = _nothing,
    ) -> "Handle":
        """Return a worker that was just started.

        Raises:
            OSError: the system has no more processes to give.
        """
        process = await launcher.launch()
        return cls(name, process, await asyncio.open_connection(sock=process.sock), on_ready, on_gone)

    async def begun(self) -> None:
        """Return when it can take work for the first time.

        Raises:
            ConnectionError: it died before.
        """
        waits = {asyncio.create_task(event.wait()) for event in (self.ready, self.dead)}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not self.ready.is_set():
            raise ConnectionError(f"{self.name} ended before it was ready")

    def give(self, attempt: Attempt) -> None:
        """Let the worker run the attempt's order."""
        if self.dead.is_set():
            attempt.worker_died(None)
            return
        self._attempt = attempt
        self.send(attempt.order)
        self._kill_after(attempt.order["timeout_s"] + GRACE_S)

    def send(self, message: Message) -> None:
        """Send a message; one to a dead worker is lost, which its end tells."""
        if not self._writer.is_closing():
            self._writer.write(pack(message))

    async def deliver(self, message: Message) -> None:
        """Send a message, and return when there is room for another."""
        self.send(message)
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    def kill(self) -> None:
        """End the process now."""
        self._killed.set()
        self._process.kill()

    def _kill_after(self, seconds: float) -> None:
        self._be_in_time()
        self._overdue = asyncio.get_running_loop().call_later(seconds, self._kill_overdue)

    def _kill_overdue(self) -> None:
        if self._attempt is not None:
            self._attempt.stop_as(self._attempt.overran())
        self.kill()

    def _be_in_time(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    async def _follow(self) -> None:
        listening = asyncio.create_task(self._listen())
        await asyncio.wait({listening})
        self._on_gone(self)
        error = listening.exception()
        if self._attempt is not None and isinstance(error, GarbledError):
            self._attempt.stop_as(garbled(error))
            error = None
        self.kill()
        self._be_in_time()
        exit_code = await self._process.exit_code()
        self._writer.close()
        if self._attempt is not None:
            # The listener's own error goes to whom it concerns: the one who waits for the outcome.
            self._attempt.fail(error) if error else self._attempt.worker_died(exit_code)
        elif error:
            _log.error("Following %s failed", self.name, exc_info=error)
        self.dead.set()

    async def _listen(self) -> None:
        while (message := await read_message(self._reader, self._limit_bytes)) is not None:
            self._take(message)
            if self._attempt is not None and self._attempt.crowded():
                await self._room(self._attempt)

    async def _room(self, attempt: Attempt) -> None:
        """Leave the worker waiting until the listener has room, or the worker is killed."""
        waits = {asyncio.create_task(attempt.room()), asyncio.create_task(self._killed.wait())}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _limit_bytes(self) -> int:
        return IDLE_MESSAGE_BYTES if self._attempt is None else self._attempt.message_limit_bytes

    def _take(self, message: Message) -> None:
        kind = operation(message)
        if kind == "ready":
            self._be_in_time()
            self._attempt = None
            self.ready.set()
            self._on_ready(self)
        elif self._attempt is not None:
            self._attempt.take(message)
            if kind == "end":
                self.done += 1
                self._kill_after(GRACE_S)
