"""A wire at a real connection: what is not read fills no memory, and a browser that is gone is no mistake."""

import asyncio
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ratchet_web.live.outbox import Outbox
from ratchet_web.live.wire import Straight, Wire
from ratchet_web.serving.worker import Worker, config
from ratchet_web.serving.workers import listeners
from tests.support.system import free_ports

WAIT_S = 20.0
FRAME = {"type": "websocket.send", "bytes": None, "text": "x" * 10_000}


class Page:
    """What Engine.IO has for a browser, as far as a wire needs it."""

    wire: Wire

    def __init__(self) -> None:
        self.queue = Outbox()

    async def serve(self, wire: Any) -> None:
        """Stay until the browser leaves."""
        self.queue.get()
        while (await wire.asgi_receive())["type"] != "websocket.disconnect":
            pass


@asynccontextmanager
async def opened(sent_bytes: int = 0) -> AsyncIterator[tuple[Page, Worker, StreamReader, StreamWriter]]:
    """Yield a page as both ends have it; `sent_bytes` is how much the system takes of either."""
    page = Page()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Wire(page.serve, None)({"asgi.scope": scope, "asgi.receive": receive, "asgi.send": send})

    (port,) = free_ports(1)
    (listener,) = listeners("127.0.0.1", port, 1)
    if sent_bytes:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, sent_bytes)
    chosen = config(lambda: Straight(app), "critical")
    chosen.lifespan = "off"
    worker = Worker(chosen)
    serving = asyncio.create_task(worker._serve([listener]))
    async with asyncio.timeout(WAIT_S):
        while not worker.started:  # noqa: ASYNC110
            await asyncio.sleep(0)
        browser = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))
        if sent_bytes:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, sent_bytes)
        reader, writer = await asyncio.open_connection(sock=browser)
        writer.write(
            b"GET / HTTP/1.1\r\nhost: here\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        yield page, worker, reader, writer
        writer.close()
        worker.should_exit = True
        await serving


async def test_a_browser_that_does_not_read_is_told_no_more_until_it_does():
    async with opened(4096) as (page, worker, reader, _):
        told = 0
        while page.wire.tell(FRAME):
            told += 1
            await asyncio.sleep(0)
        (connection,) = worker.server_state.connections
        assert told > 0
        assert connection.transport.get_write_buffer_size() < 100_000
        await reader.readexactly(told * 10_004)
        while not page.wire.tell(FRAME):  # noqa: ASYNC110
            await asyncio.sleep(0)


LEAVES: dict[str, Callable[[Page, StreamWriter], Awaitable[None] | None]] = {
    "closes its connection": lambda page, writer: writer.close(),
    "breaks it off": lambda page, writer: writer.transport.abort(),
    "says that it leaves": lambda page, writer: writer.write(b"\x88\x80\0\0\0\0"),
    "says what makes no sense": lambda page, writer: writer.write(b"\x81\x01x"),
    "is closed from here": lambda page, writer: page.wire.close(),
}


@pytest.mark.parametrize("leave", LEAVES.values(), ids=LEAVES)
async def test_what_is_told_to_a_browser_that_is_gone_is_lost_without_a_word(leave, caplog):
    async with opened() as (page, _, _, writer):
        straight, raised = page.wire._straight, []

        async def send(message: Any) -> None:
            try:
                await straight(message)
            except Exception as error:
                raised.append(error)
                raise

        page.wire._straight = send
        if (left := leave(page, writer)) is not None:
            await left
        async with asyncio.timeout(WAIT_S):
            while len(raised) < 3:
                assert page.wire.tell({**FRAME, "text": "x"})
                await asyncio.sleep(0)
    assert not caplog.records


async def test_what_no_browser_can_be_sent_is_logged(caplog):
    async with opened() as (page, _, _, _):
        assert page.wire.tell({**FRAME, "text": "\ud800"})
    (record,) = caplog.records
    assert isinstance(record.exc_info[1], UnicodeEncodeError)
