"""A server on a port that lies: true answers of a dialect, made hostile as a case says.

A request below `/c17/` is answered by the case 17 of `cases`; every other one by `now`, which a test switches
while the server runs. `good` tells the truth, with `marker` in all that people read.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

from tests.doubles.mischief import KINDS, Kind
from tests.doubles.mischief_http import Manner, Reply
from tests.doubles.truths import Asked, Told, contract, native

DRIP_S = 0.05
TRUTHS: Mapping[str, Callable[[Asked, str], Told]] = {"contract": contract, "native": native}
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Case:
    """One way of being hostile, in one dialect. `spared`: parts of paths that are answered truly."""

    kind: str
    truth: str = "contract"
    seed: int = 0
    spared: tuple[str, ...] = ()

    def is_good(self, asked: Asked) -> bool:
        """Return whether this request gets a true answer."""
        told = TRUTHS[self.truth](asked, "").events is not None
        return told and (self.kind == "good" or any(part in asked.path for part in self.spared))

    def reply(self, asked: Asked, marker: str) -> Reply:
        """Return the answer to a request; the same one each time."""
        told = TRUTHS[self.truth](asked, marker)
        spared = any(part in asked.path for part in self.spared)
        kind = BY_NAME["good" if spared else self.kind]
        return kind.act(Random(f"{self.seed} {self.kind} {asked.path}"), told)


@dataclass
class Hostile:
    """The running server. `authorised` counts the requests that carried a token."""

    url: str
    now: Case
    cases: dict[str, Case] = field(default_factory=dict)
    marker: str = "true"
    asked: Counter[str] = field(default_factory=Counter)
    authorised: int = 0
    streams: set[asyncio.StreamWriter] = field(default_factory=set)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, case: Case, marker: str = "true") -> None:
        """Become hostile as this case says, or good; whoever listens to the events looks again."""
        self.now, self.marker = case, marker
        self.asked.clear()
        self.poke()

    def poke(self) -> None:
        """Announce that everything may have changed."""
        for stream in self.streams:
            stream.write(b"event: reset\ndata: {}\n\n")

    def hang_up(self) -> None:
        """Reset all streams of events."""
        for stream in self.streams:
            _reset(stream)

    async def until_asked(self, part: str, within_s: float = 15.0) -> None:
        """Wait until a path with this part was asked for since the last turn."""
        async with asyncio.timeout(within_s):
            while not any(part in path for path in self.asked):
                self.heard.clear()
                await self.heard.wait()


@asynccontextmanager
async def hostile(truth: str = "contract") -> AsyncIterator[Hostile]:
    """Run one for as long as the context lasts."""
    server = Hostile("", Case("good", truth))
    busy: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        busy.add(task)
        try:
            while await _answered(server, reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            server.streams.discard(writer)
            busy.discard(task)
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**22)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        for task in list(busy):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*busy, return_exceptions=True)


async def _answered(server: Hostile, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; return whether another may follow on this connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines if line}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ")
    server.authorised += "authorization" in headers
    case = server.now
    if target.startswith("/c"):
        number, _, rest = target[2:].partition("/")
        if number in server.cases:
            case, target = server.cases[number], f"/{rest}"
    asked = Asked.of(method, target, body)
    server.asked[asked.path] += 1
    server.heard.set()
    if asked.path == "/events" and case is server.now and case.is_good(asked):
        await _stream(server, reader, writer)
        return False
    return await _send(case.reply(asked, server.marker), writer)


async def _stream(server: Hostile, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Keep a stream of events open until the other side ends it."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n: hello\n\n")
    server.streams.add(writer)
    await reader.read()


async def _send(reply: Reply, writer: asyncio.StreamWriter) -> bool:
    manner = reply.manner
    if manner is Manner.RAW:
        writer.write(reply.body)
        await writer.drain()
        return False
    head = _head(reply)
    if manner is Manner.RESET_FIRST:
        _reset(writer)
    elif manner is Manner.STALL:
        await asyncio.Event().wait()
    elif manner in (Manner.DRIP, Manner.DRIP_HEAD):
        whole = manner is Manner.DRIP
        await _drip(writer, b"" if not whole else head, reply.body if whole else head)
    elif manner is Manner.CHUNKED:
        await _chunks(writer, head, reply.body)
    elif manner is Manner.PLAIN:
        writer.write(head + reply.body)
        await writer.drain()
        # What a body-less answer brings along would be read as the next one.
        return reply.status not in (204, 304) and "text/event-stream" not in reply.headers.values()
    else:
        half = b"" if manner is Manner.RESET_HEAD else reply.body[: len(reply.body) // 2]
        writer.write(head + half)
        await writer.drain()
        if manner is not Manner.CLOSE_MIDWAY:
            _reset(writer)
    return manner is Manner.CHUNKED


def _head(reply: Reply) -> bytes:
    streamed = "text/event-stream" in reply.headers.values()
    length = {} if streamed else {"content-length": str(len(reply.body))}
    if reply.manner is Manner.CHUNKED:
        length = {"transfer-encoding": "chunked"}
    lines = [f"{name}: {value}" for name, value in {**reply.headers, **length}.items()]
    return "\r\n".join([f"HTTP/1.1 {reply.status} Whatever", *lines, "", ""]).encode("utf-8")


async def _drip(writer: asyncio.StreamWriter, head: bytes, slowly: bytes) -> None:
    writer.write(head)
    for place in range(len(slowly)):
        writer.write(slowly[place : place + 1])
        await writer.drain()
        await asyncio.sleep(DRIP_S)


async def _chunks(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    writer.write(head)
    for place in range(0, len(body), 7):
        part = body[place : place + 7]
        writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection so that the other side finds it reset."""
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
