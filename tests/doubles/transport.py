"""A scripted server behind httpx: odd answers, dropped connections and streams, without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

Script = Callable[[httpx.Request], httpx.Response]


def answer(status: int = 200, value: Any = None, **headers: str) -> httpx.Response:
    """Return a JSON answer; without a value an empty one."""
    named = {name.replace("_", "-"): told for name, told in headers.items()}
    if value is None:
        return httpx.Response(status, headers=named)
    return httpx.Response(
        status, headers={"content-type": "application/json", **named}, content=json.dumps(value)
    )


def text(status: int, body: str | bytes, content_type: str = "text/plain") -> httpx.Response:
    return httpx.Response(status, headers={"content-type": content_type}, content=body)


class Stream(httpx.AsyncByteStream):
    """A body that the test writes while it is read."""

    def __init__(self) -> None:
        self._parts: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.closed = asyncio.Event()

    def say(self, event: str, data: Any, id: str = "") -> None:
        head = f"event: {event}\n" + (f"id: {id}\n" if id else "")
        self._parts.put_nowait(f"{head}data: {json.dumps(data)}\n\n".encode())

    def write(self, part: bytes) -> None:
        self._parts.put_nowait(part)

    def end(self) -> None:
        self._parts.put_nowait(None)

    def drop(self) -> None:
        self._parts.put_nowait(httpx.ReadError("connection reset"))

    def response(self) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (part := await self._parts.get()) is not None:
            if isinstance(part, Exception):
                raise part
            yield part

    async def aclose(self) -> None:
        self.closed.set()


class Scripted(httpx.AsyncBaseTransport):
    """Answers by path (without query), from a function or a list of answers used up one by one.

    An exception in place of an answer is raised, as a network would. `requests` keeps all that came.
    """

    def __init__(self, **routes: Any) -> None:
        self.routes: dict[str, Any] = dict(routes)
        self.requests: list[httpx.Request] = []
        self.down: Exception | None = None

    def on(self, path: str, *answers: Any) -> None:
        """Script a path; the last answer stays."""
        self.routes[path] = list(answers) if len(answers) != 1 or not callable(answers[0]) else answers[0]

    def count(self, path: str) -> int:
        return sum(1 for request in self.requests if request.url.path == path)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.down:
            raise self.down
        found = self.routes.get(request.url.path)
        if callable(found):
            found = found(request)
            found = await found if asyncio.iscoroutine(found) else found
        elif isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Exception):
            raise found
        if isinstance(found, httpx.Response) and not isinstance(found.stream, Stream):
            return httpx.Response(found.status_code, headers=found.headers, content=found.content)
        return found or answer(404)
