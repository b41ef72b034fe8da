"""A reverse proxy that says who sends each request, as those do that know people; sockets included."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from tests.support.system import free_ports

HEAD_END = b"\r\n\r\n"


class NamingProxy:
    """Passes requests on to `url` with `headers` added; what a client itself sends of these goes."""

    def __init__(self, url: str, **headers: str) -> None:
        self._port = urlsplit(url).port
        self.headers: Mapping[str, str] = headers
        self.url = ""

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which takes one request."""
        try:
            head = await reader.readuntil(HEAD_END)
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            far_writer.write(self._named(head))
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    def _named(self, head: bytes) -> bytes:
        lines = head.removesuffix(HEAD_END).split(b"\r\n")
        names = [name.replace("_", "-").lower().encode() for name in self.headers]
        kept = [line for line in lines[1:] if line.partition(b":")[0].lower() not in names]
        if not any(line.lower().startswith(b"upgrade:") for line in kept):
            # The next request is named anew.
            kept = [line for line in kept if not line.lower().startswith(b"connection:")]
            kept.append(b"connection: close")
        added = [f"{name.replace('_', '-')}: {value}".encode() for name, value in self.headers.items()]
        return b"\r\n".join([lines[0], *kept, *added]) + HEAD_END


@asynccontextmanager
async def naming(url: str, **headers: str) -> AsyncIterator[NamingProxy]:
    """Run such a proxy before `url`."""
    proxy, (port,) = NamingProxy(url, **headers), free_ports(1)
    server = await asyncio.start_server(proxy.pass_on, "127.0.0.1", port)
    proxy.url = f"http://127.0.0.1:{port}"
    try:
        yield proxy
    finally:
        server.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while part := await reader.read(65536):
            writer.write(part)
            await writer.drain()
    with suppress(OSError):
        writer.close()
