"""A TCP proxy between a console and its server that delays, throttles, swallows and drops, as a test says.

    async with proxied("http://127.0.0.1:8080") as proxy:
        proxy.delay_s = 0.5

What it does can be changed at any time, also for connections that are open.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CHUNK = 16_384


@dataclass
class Proxy:
    """The running proxy. `open` counts connections now, `most` at most, `made` all since `forget`.

    `delay_s` holds each piece back, in both directions; `bytes_per_s` throttles what the server sends;
    `swallows` takes everything and passes nothing on; `refuses` ends new connections at once.
    """

    url: str
    host: str
    port: int
    delay_s: float = 0.0
    bytes_per_s: float | None = None
    swallows: bool = False
    refuses: bool = False
    open: int = 0
    most: int = 0
    made: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    turned: asyncio.Event = field(default_factory=asyncio.Event)

    def drop(self) -> None:
        """Reset all connections."""
        for writer in list(self.writers):
            writer.transport.abort()

    def turn(self, **changes: float | bool | None) -> None:
        """Behave as these say, and else well."""
        plain = {"delay_s": 0.0, "bytes_per_s": None, "swallows": False, "refuses": False}
        for name, value in {**plain, **changes}.items():
            setattr(self, name, value)
        self.turned.set()
        self.turned = asyncio.Event()

    def forget(self) -> None:
        """Count anew."""
        self.most, self.made = self.open, 0


@asynccontextmanager
async def proxied(target: str) -> AsyncIterator[Proxy]:
    """Run one before the server at this address."""
    parts = urlsplit(target)
    proxy = Proxy("", parts.hostname or "", parts.port or 80)
    busy: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        busy.add(task)
        try:
            await _through(proxy, reader, writer)
        finally:
            busy.discard(task)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        listening.close()
        for task in list(busy):
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def _through(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry one connection."""
    proxy.made += 1
    if proxy.refuses:
        writer.transport.abort()
        return
    proxy.open += 1
    proxy.most = max(proxy.most, proxy.open)
    proxy.writers.add(writer)
    beyond: asyncio.StreamWriter | None = None
    try:
        there, beyond = await asyncio.open_connection(proxy.host, proxy.port)
        ways = {
            asyncio.create_task(_carry(proxy, reader, beyond, False)),
            asyncio.create_task(_carry(proxy, there, writer, True)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
    except OSError:
        writer.transport.abort()
    finally:
        proxy.open -= 1
        proxy.writers.discard(writer)
        for end in (writer, beyond):
            if end:
                end.close()


async def _carry(
    proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, throttled: bool
) -> None:
    """Carry one direction, until one side ends it."""
    with suppress(OSError):
        while piece := await reader.read(CHUNK):
            while proxy.swallows:
                await proxy.turned.wait()
            if proxy.delay_s:
                await _hold(proxy, proxy.delay_s)
            for part in _parts(piece, proxy.bytes_per_s if throttled else None):
                writer.write(part)
                await writer.drain()
                if throttled and proxy.bytes_per_s:
                    await _hold(proxy, len(part) / proxy.bytes_per_s)


async def _hold(proxy: Proxy, seconds: float) -> None:
    """Hold a piece back for so long, or until the proxy behaves otherwise."""
    with suppress(TimeoutError):
        await asyncio.wait_for(proxy.turned.wait(), seconds)


def _parts(piece: bytes, bytes_per_s: float | None) -> list[bytes]:
    """Cut a piece so that a tenth of a second's worth goes at once."""
    size = max(1, int(bytes_per_s / 10)) if bytes_per_s else len(piece)
    return [piece[at : at + size] for at in range(0, len(piece), size)]
