"""Streams that cannot be held open by a reader who does not read.

The server's `send` waits while the socket of a reader is full. A block that is not taken in time ends the
stream (its reader resumes when it comes back); one timer looks after all of them, because one for each block
would cost more than sending it.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

STALL_S: Final = 10.0
# How often a stream asks whether its reader may still have it; tokens are revoked while they are in use.
ADMITTED_S: Final = 1.0
# Whether who asked may still be answered.
Admitted = Callable[[], Awaitable[bool]]
# Without the last one, a proxy in between holds events back until its buffer is full.
STREAM_HEADERS: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}


log = logging.getLogger(__name__)


# How the server's description has an answer that is a stream.
STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/ServerSentEvent"}}}}
}


class Streams:
    """The open streams of one server; ends those whose reader takes nothing for `stall_s`."""

    def __init__(self, stall_s: float = STALL_S) -> None:
        self._stall_s = stall_s
        self._sending: dict[asyncio.Task[None], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.dropped = 0

    def begin(self, task: asyncio.Task[None]) -> None:
        """Note that this task sends a block."""
        loop = asyncio.get_running_loop()
        self._sending[task] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._stall_s / 4, self._look)

    def end(self, task: asyncio.Task[None]) -> None:
        """Note that its block was taken."""
        self._sending.pop(task, None)

    def close(self) -> None:
        """Look after nothing any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        for task, since_s in list(self._sending.items()):
            if loop.time() - since_s >= self._stall_s:
                self.dropped += 1
                log.info("A stream ended: its reader took nothing for %g s", self._stall_s)
                task.cancel()
        if self._sending:
            self._timer = loop.call_later(self._stall_s / 4, self._look)


class Stream(StreamingResponse):
    """Server-sent events: sends what `events` yields, until it ends, the reader goes, takes no more
    or may have no more."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, events: AsyncIterator[bytes]) -> None:
        super().__init__(events, media_type="text/event-stream", headers=STREAM_HEADERS)
        self._streams, self._events = streams, events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one reader."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        # From `Guard`, where a login is wanted.
        admitted = scope.get("state", {}).get("admitted")
        sending = asyncio.create_task(self._send(send, admitted))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.wait({sending, leaving})
            if isinstance(self._events, AsyncGenerator):
                await self._events.aclose()
        if not sending.cancelled() and (error := sending.exception()):
            raise error

    async def _send(self, send: Send, admitted: Admitted | None) -> None:
        task = asyncio.current_task()
        assert task is not None, "it is started as a task"
        asked_s = time.monotonic()
        async for block in self._events:
            if admitted is not None and time.monotonic() - asked_s >= ADMITTED_S:
                if not await admitted():
                    break
                asked_s = time.monotonic()
            self._streams.begin(task)
            try:
                await send({"type": "http.response.body", "body": block, "more_body": True})
            finally:
                self._streams.end(task)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    """Return when the reader has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
