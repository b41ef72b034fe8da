"""A scripted server on a port, with TLS if that is wanted: for what only a real connection shows."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from ratchet_web.cli.places import ROOT

TLS_DATA = ROOT / "tests" / "data" / "tls"


def certified(name: str) -> ssl.SSLContext:
    """Return what a server shows `good.pem` (until 2120) or `expired.pem` with, both for 127.0.0.1."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(name), TLS_DATA / "key.pem")
    return context


def certificate(name: str) -> Path:
    """Return a certificate that signed itself."""
    return TLS_DATA / name


@asynccontextmanager
async def listening(
    transport: httpx.AsyncBaseTransport, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[int]:
    """Serve what a transport answers, one request for each connection; yield the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            if not first.isalpha():  # TLS, where none is spoken
                writer.write(b"HTTP/1.1 400 x\r\n\r\n")
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = [tuple(line.split(": ", 1)) for line in head[1:] if line]
            body = await reader.readexactly(int(dict(headers).get("content-length", "0")))
            request = httpx.Request(method, f"http://127.0.0.1{path}", headers=headers, content=body)
            writer.write(_written(await transport.handle_async_request(request)))
            await writer.drain()

    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve_and_close, host, 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _written(response: httpx.Response) -> bytes:
    headers = {"connection": "close", **response.headers, "content-length": str(len(response.content))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status_code} x\r\n{head}\r\n".encode() + response.content
