"""What a browser is told goes straight to its socket, unless something is on its way there: then after it."""

import asyncio
from typing import Any

import pytest
from uvicorn.protocols.utils import ClientDisconnected

from ratchet_web.live.outbox import Outbox
from ratchet_web.live.wire import SEND, Straight, Wire


class Socket:
    """What Engine.IO has for each browser, as far as a wire needs it."""

    wire: Wire

    def __init__(self) -> None:
        self.queue = Outbox()

    async def serve(self, wire: Any) -> None:
        """Send what is queued until the end, as Engine.IO does."""
        while (text := await asyncio.wait_for(self.queue.get(), 5)) is not None:
            await wire.send(text)


class Browser:
    """Notes what arrives; `fast` unset holds it up, `fault` refuses it."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.fault: Exception | None = None
        self.fast = asyncio.Event()
        self.fast.set()

    async def send(self, message: Any) -> None:
        """Receive a message."""
        await self.fast.wait()
        if self.fault:
            raise self.fault
        self.got.append(message.get("text") or message["type"])


async def _receive() -> dict[str, Any]:
    return {"type": "websocket.connect"}


def _frame(text: str) -> dict[str, Any]:
    return {"type": "websocket.send", "bytes": None, "text": text}


async def _until(ready: Any) -> None:
    async with asyncio.timeout(5):
        while not ready():  # noqa: ASYNC110
            await asyncio.sleep(0)


@pytest.fixture
def browser() -> Browser:
    return Browser()


async def _open(browser: Browser) -> tuple[Socket, asyncio.Task[None]]:
    socket = Socket()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Wire(socket.serve, None)({"asgi.scope": scope, "asgi.receive": receive, "asgi.send": send})

    task = asyncio.create_task(Straight(app)({"type": "websocket"}, _receive, browser.send))
    await _until(lambda: socket.queue.is_empty)
    return socket, task


async def test_a_message_goes_straight_when_nothing_is_on_its_way(browser):
    socket, task = await _open(browser)
    assert socket.wire.tell(_frame("first"))
    await _until(lambda: browser.got == ["websocket.accept", "first"])
    assert socket.queue.is_empty
    assert socket.wire.tell(_frame("second"))
    assert browser.got[-1] == "second", "at once, for a task costs more than the message"
    socket.queue.put_nowait(None)
    await task


async def test_what_cannot_go_straight_follows_in_its_order(browser):
    socket, task = await _open(browser)
    browser.fast.clear()
    assert socket.wire.tell(_frame("first"))
    assert not socket.wire.tell(_frame("refused")), "the first is still on its way"
    socket.queue.put_nowait("second")
    assert not socket.queue.is_empty, "its reader has something to send"
    socket.queue.put_nowait("third")
    browser.fast.set()
    await _until(lambda: len(browser.got) == 4)
    assert browser.got == ["websocket.accept", "first", "second", "third"]
    await _until(lambda: socket.queue.is_empty)
    assert socket.wire.tell(_frame("fourth"))
    await _until(lambda: browser.got[-1] == "fourth")
    socket.queue.put_nowait(None)
    await task


async def test_that_a_browser_is_gone_is_told_to_who_sends_next_and_to_no_log(browser):
    socket, task = await _open(browser)
    logged: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: logged.append(context))
    browser.fault = ConnectionError()
    browser.fast.clear()
    assert socket.wire.tell(_frame("lost"))
    socket.queue.put_nowait("lost too")
    browser.fast.set()
    with pytest.raises(ConnectionError):
        await task
    assert socket.wire.tell(_frame("lost as well"))
    await _until(lambda: socket.wire.tell(_frame("the last")))
    await _until(lambda: socket.wire.tell(_frame("a further one")))
    assert not logged


CLOSED = RuntimeError("Unexpected ASGI message 'websocket.send', after sending 'websocket.close'.")
BEFORE = RuntimeError("Expected ASGI message 'websocket.accept', but got 'websocket.send'.")


@pytest.mark.parametrize("held_up", [False, True])
@pytest.mark.parametrize(
    ("fault", "is_ours"),
    [(ClientDisconnected(), False), (CLOSED, False), (BEFORE, True), (ValueError("no text"), True)],
)
async def test_a_mistake_of_ours_is_logged_and_a_browser_that_is_gone_is_not(
    browser, caplog, fault, is_ours, held_up
):
    socket, task = await _open(browser)
    browser.fault = fault
    if held_up:
        browser.fast.clear()
    assert socket.wire.tell(_frame("lost"))
    browser.fast.set()
    await _until(lambda: socket.wire.tell(_frame("lost as well")))
    socket.queue.put_nowait(None)
    await task
    assert browser.got == ["websocket.accept"]
    assert [each.exc_info[1] for each in caplog.records] == ([fault] * 2 if is_ours else [])


async def test_without_the_layer_everything_is_queued(browser):
    socket = Socket()
    wire = Wire(socket.serve, None)
    environ = {"asgi.scope": {"type": "websocket"}, "asgi.receive": _receive, "asgi.send": browser.send}
    task = asyncio.create_task(wire(environ))
    await _until(lambda: socket.queue.is_empty)
    assert not wire.tell(_frame("refused"))
    socket.queue.put_nowait("queued")
    socket.queue.put_nowait(None)
    await task
    assert browser.got == ["websocket.accept", "queued"]


async def test_only_sockets_pass_by_the_layers(browser):
    scopes = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    await Straight(app)({"type": "http"}, _receive, browser.send)
    await Straight(app)({"type": "websocket"}, _receive, browser.send)
    assert [SEND in scope for scope in scopes] == [False, True]
