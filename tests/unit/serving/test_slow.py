"""A wire at a real connection: what a browser does not read holds up what follows, and fills no memory."""

import asyncio
import socket
from typing import Any

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


async def test_a_browser_that_does_not_read_is_told_no_more_until_it_does():
    page = Page()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Wire(page.serve, None)({"asgi.scope": scope, "asgi.receive": receive, "asgi.send": send})

    (port,) = free_ports(1)
    (listener,) = listeners("127.0.0.1", port, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    chosen = config(lambda: Straight(app), "critical")
    chosen.lifespan = "off"
    worker = Worker(chosen)
    serving = asyncio.create_task(worker._serve([listener]))
    async with asyncio.timeout(WAIT_S):
        while not worker.started:  # noqa: ASYNC110
            await asyncio.sleep(0)
        browser = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader, writer = await asyncio.open_connection(sock=browser)
        writer.write(
            b"GET / HTTP/1.1\r\nhost: here\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
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
        writer.close()
        worker.should_exit = True
        await serving
