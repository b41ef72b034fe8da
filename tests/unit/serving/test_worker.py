"""What a connection to the console may take, and what the application is told of it."""

import asyncio
import base64
import json
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.responses import FileResponse
from starlette.types import ASGIApp

from ratchet_web.serving import files, protocols
from ratchet_web.serving.limits import MOST_HEAD_BYTES
from ratchet_web.serving.worker import Worker, config
from ratchet_web.serving.workers import listeners
from tests.support.system import free_ports

WAIT_S = 20.0
SOURCE = Path(__file__).read_bytes()
GET = b"GET / HTTP/1.1\r\nhost: here\r\n"
# Behind its body there may be headers too.
TRAILED = b"POST /endless HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n0\r\n"
POST = b"POST /endless HTTP/1.1\r\nhost: here\r\n"
UPGRADE = (
    b"upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: "
    + base64.b64encode(bytes(16))
    + b"\r\n"
)


async def told(scope: Any, receive: Any, send: Any) -> None:
    """Answer with who asked; hold what is a socket."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
    elif scope["path"] == "/file":
        await FileResponse(__file__)(scope, receive, send)
    elif scope["path"] == "/endless":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        await asyncio.get_running_loop().create_future()
    else:
        body = json.dumps(scope["client"]).encode()
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    (made,) = listeners("127.0.0.1", *free_ports(1), 1)
    with made:
        # What the system holds for who does not read is little.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        yield made


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[Worker]:
    running = Worker(config(lambda: app, "error"))
    running.config.timeout_graceful_shutdown = 0
    task = asyncio.create_task(running._serve([listener]))
    async with asyncio.timeout(WAIT_S):
        while not running.started:  # noqa: ASYNC110
            await asyncio.sleep(0)
    yield running
    running.should_exit = True
    await task


@pytest_asyncio.fixture
async def worker(listener: socket.socket) -> AsyncIterator[Worker]:
    async with serving(told, listener) as running:
        yield running


async def opened(worker: Worker) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    address = worker.servers[0].sockets[0].getsockname()
    await asyncio.get_running_loop().sock_connect(made, address)
    return await asyncio.open_connection(sock=made)


async def test_the_application_is_told_who_asks_whatever_a_header_says(worker):
    reader, writer = await opened(worker)
    asks = GET + b"x-forwarded-for: 10.0.0.1\r\nforwarded: for=10.0.0.1\r\n\r\n"
    for _ in range(2):
        writer.write(asks)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
        assert head.startswith(b"HTTP/1.1 200")
        assert b"\r\nserver:" not in head
        assert await reader.readuntil(b"]") == json.dumps(writer.get_extra_info("sockname")).encode()
    (connection,) = worker.server_state.connections
    assert connection._deadline is None, "one that has been answered may come again later"
    its = connection.transport.get_extra_info("socket")
    assert its.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), "or an answer takes 40 ms more"
    writer.write(b"\r\n")
    async with asyncio.timeout(WAIT_S):
        while connection._deadline is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
    writer.close()


@pytest.mark.parametrize("piece", [1000, len(SOURCE), len(SOURCE) + 1])
async def test_a_file_comes_whole_in_part_or_not_at_all(worker, monkeypatch, piece):
    monkeypatch.setattr(files, "PIECE_BYTES", piece)
    host, port = worker.servers[0].sockets[0].getsockname()
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False) as client:
        assert (await client.get("/file")).content == SOURCE
        assert (await client.get("/file", headers={"range": "bytes=2-5"})).content == SOURCE[2:6]
        head = await client.head("/file")
    assert (int(head.headers["content-length"]), head.content) == (len(SOURCE), b"")


@pytest.mark.parametrize("begun", [b"", GET])
async def test_a_head_that_does_not_end_in_time_ends_its_connection(worker, monkeypatch, begun):
    monkeypatch.setattr(protocols, "HEAD_S", 0.05)
    reader, writer = await opened(worker)
    writer.write(begun)
    assert await asyncio.wait_for(reader.read(), WAIT_S) == b""


async def test_a_head_that_begins_behind_a_whole_one_has_a_time_of_its_own(worker, monkeypatch):
    reader, writer = await opened(worker)
    async with asyncio.timeout(WAIT_S):
        while not worker.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)
    monkeypatch.setattr(protocols, "HEAD_S", 0.05)
    writer.write(GET + b"\r\n" + GET)
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("begun", [GET, TRAILED])
async def test_a_head_that_is_too_large_is_refused_before_a_body_and_after(worker, begun):
    _, writer = await opened(worker)
    with pytest.raises(ConnectionError):
        await _send_on_and_on(writer, begun, b"a: " + b"b" * MOST_HEAD_BYTES + b"\r\n")
    assert not worker.server_state.connections


async def test_who_is_answered_before_the_body_has_come_is_not_cut_off_for_its_size(worker):
    reader, writer = await opened(worker)
    writer.write(GET.replace(b"GET", b"POST") + b"content-length: 1000000\r\n\r\n")
    assert (await asyncio.wait_for(reader.readuntil(b"]"), WAIT_S)).startswith(b"HTTP/1.1 200")
    for _ in range(10):
        writer.write(bytes(100_000))
        await asyncio.wait_for(writer.drain(), WAIT_S)
    writer.write(GET + b"\r\n")
    assert (await asyncio.wait_for(reader.readuntil(b"]"), WAIT_S)).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("endless", [b"a: b\r\n" * 20_000, b"a: " + b"b" * MOST_HEAD_BYTES])
async def test_what_follows_a_body_is_no_head_and_has_an_end(worker, endless):
    _, writer = await opened(worker)
    writer.write(POST + b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    async with asyncio.timeout(WAIT_S):
        while not (requests := [each.scope for each in worker.server_state.connections if each.scope]):  # noqa: ASYNC110
            await asyncio.sleep(0)
    with pytest.raises(ConnectionError):
        await _send_on_and_on(writer, b"", endless)
    assert [name for name, _ in requests[0]["headers"]] == [b"host", b"transfer-encoding"]


async def test_who_is_answered_early_may_send_the_rest(worker):
    reader, writer = await opened(worker)
    writer.write(GET + b"content-length: 1000000\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"]"), WAIT_S)
    await _send_on_and_on(writer, b"", bytes(10_000))
    writer.write(GET + b"\r\n")
    answer = await asyncio.wait_for(reader.readuntil(b"]"), WAIT_S)
    assert answer.startswith(b"HTTP/1.1 200")
    writer.close()


async def _send_on_and_on(writer: asyncio.StreamWriter, first: bytes, then: bytes) -> None:
    writer.write(first)
    for _ in range(100):
        writer.write(then)
        await asyncio.wait_for(writer.drain(), WAIT_S)


@pytest.mark.parametrize("wrong", [b"a: " + b"b" * 60_000, b"host: here\r\n" * 200])
async def test_a_handshake_that_cannot_be_understood_is_answered_and_over(worker, wrong):
    reader, writer = await opened(worker)
    writer.write(GET + UPGRADE + wrong + b"\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    assert answer.startswith(b"HTTP/1.1 4")
    assert not worker.server_state.connections


async def test_who_asks_on_and_on_and_reads_nothing_takes_no_memory(worker):
    _, writer = await upgraded(worker)
    ping = struct.pack("!BB4x125x", 0x89, 0x80 | 125)
    await _send_on_and_on(writer, b"", ping * 100)
    (connection,) = worker.server_state.connections
    assert connection.transport.get_write_buffer_size() < 100_000
    writer.close()


async def upgraded(worker: Worker) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await opened(worker)
    writer.write(GET + UPGRADE + b"\r\n")
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
    assert answer.startswith(b"HTTP/1.1 101")
    return reader, writer


async def test_a_message_that_never_ended_is_gone_with_its_socket(worker):
    _, writer = await upgraded(worker)
    (connection,) = worker.server_state.connections
    for kind, sent in ((0x01, 1_000_000), (0x00, 500_000)):
        writer.write(struct.pack("!BBQ4x", kind, 0x80 | 127, 1_000_000) + bytes(sent))
    await asyncio.wait_for(writer.drain(), WAIT_S)
    writer.close()
    async with asyncio.timeout(WAIT_S):
        while worker.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert (connection.frames, len(connection.conn.reader.buffer)) == ([], 0)


async def test_messages_that_never_end_take_only_so_much_of_all_memory(worker, monkeypatch):
    monkeypatch.setattr(protocols, "MOST_BEGUN_BYTES", 1_000_000)
    monkeypatch.setattr(protocols, "MUCH_BYTES", 100_000)
    frame = struct.pack("!BBQ4x", 0x01, 0x80 | 127, 10_000_000) + bytes(500_000)
    (_, first), (_, second), (_, third) = [await upgraded(worker) for _ in range(3)]
    first.write(frame)
    await asyncio.wait_for(first.drain(), WAIT_S)
    third.write(struct.pack("!BB4x", 0x81, 0x80 | 1) + b"2")
    with pytest.raises(ConnectionError):
        await _send_on_and_on(second, frame, bytes(90_000))
    assert len(worker.server_state.connections) == 2
    for writer in (first, second, third):
        writer.close()
    async with asyncio.timeout(WAIT_S):
        while worker.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert protocols.Socket.all_begun == 0


async def test_it_ends_when_who_forked_it_is_gone(worker):
    worker._parent = -1
    async with asyncio.timeout(WAIT_S):
        while worker.servers[0].is_serving():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_it_knows_who_forked_it_even_if_that_is_gone_by_now(monkeypatch):
    monkeypatch.setattr("multiprocessing.parent_process", lambda: SimpleNamespace(pid=-1))
    assert Worker(config(lambda: told, "error"))._parent == -1


async def test_an_answer_without_an_end_ends_with_it_and_no_line_is_logged(worker, caplog):
    reader, writer = await opened(worker)
    writer.write(b"GET /endless HTTP/1.1\r\nhost: here\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"begun"), WAIT_S)
    worker.should_exit = True
    await asyncio.wait_for(reader.read(), WAIT_S)
    async with asyncio.timeout(WAIT_S):
        while worker.server_state.connections:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not caplog.records


async def test_what_goes_wrong_at_the_end_of_the_application_is_logged(listener, caplog):
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "lifespan.startup"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise OSError("not written down")

    async with serving(app, listener):
        pass
    assert "not written down" in caplog.text
