"""A webhook's other end: keeps what it is sent and answers what it is told to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager


class Receiver:
    """An HTTP server at `url`; `requests` are (first line, headers, body), `answers` the statuses to come,
    each with `body`."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.body = b""
        # Before the answer, and before what is left of it after its first bytes.
        self.hold, self.hold_rest = asyncio.Event(), asyncio.Event()
        self.hold.set()
        self.hold_rest.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = _exact(head)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests.append((head[0], headers, body))
        await self.hold.wait()
        status = self.answers.pop(0) if self.answers else 200
        place = "location: http://127.0.0.1:1/\r\n" if status == 302 else ""
        rest = f"content-length: {len(self.body)}\r\nconnection: close\r\n\r\n"
        writer.write(f"HTTP/1.1 {status} OK\r\n{place}{rest}".encode() + self.body[:10])
        await writer.drain()
        await self.hold_rest.wait()
        writer.write(self.body[10:])
        await writer.drain()
        writer.close()


def _exact(head: Sequence[str]) -> dict[str, str]:
    """Return headers, whose values are case-sensitive."""
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    return {name.lower(): value for name, value in pairs}


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Return one that listens."""
    receiver = Receiver()
    listening = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        receiver.hold.set()
        receiver.hold_rest.set()
        listening.close()
