"""What one connection may take: uvicorn's protocols know no bounds for a head, nor for who reads nothing.

This leans on internals of uvicorn; tests/unit/serving/test_worker.py shows that it works.
"""

import asyncio
from typing import ClassVar, Final

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from ratchet_web.serving.limits import HEAD_S, MOST_BEGUN_BYTES, MOST_HEAD_BYTES, MUCH_BYTES

TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
)


class Http(HttpToolsProtocol):
    """A connection that speaks HTTP."""

    _deadline: asyncio.TimerHandle | None = None
    # What came since the last head, or piece of a body, that was whole.
    _head_bytes = 0
    _in_head = False

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        if self._head_bytes > MOST_HEAD_BYTES:
            self.transport.write(TOO_LARGE)
            self.transport.close()
            return
        # Even if it is nothing: from then on uvicorn waits for ever.
        if self.cycle is None or self.cycle.response_complete:
            self._expect_head()
        self._head_bytes += len(data)
        super().data_received(data)

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._expect_head()

    @override
    def on_header(self, name: bytes, value: bytes) -> None:
        # Those that follow a body would be taken for some of its head.
        if self._in_head:
            super().on_header(name, value)

    @override
    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_came()
        super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        # An answer may come before its end: the rest is no head.
        self._head_bytes = 0
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._head_bytes = 0
        super().on_message_complete()

    def _expect_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_S, self.transport.close)

    def _head_came(self) -> None:
        self._head_bytes = 0
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


class Socket(WebSocketsSansIOProtocol):
    """A WebSocket. `all_begun`: so many bytes of messages without an end are in memory, of all sockets."""

    all_begun: ClassVar = 0
    _begun = 0

    @override
    def data_received(self, data: bytes) -> None:
        self._begin(len(data))
        super().data_received(data)
        if Socket.all_begun > MOST_BEGUN_BYTES and self._begun > MUCH_BYTES and not self.close_sent:
            self.conn.fail(CloseCode.TRY_AGAIN_LATER)
            self.handle_parser_exception()
        # Of a handshake that cannot be understood nobody is told, and it would stay open.
        if self.conn.handshake_exc is not None:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # It is in a circle with its parser, which may be there for long: what never ended must not be.
        self.frames = []
        self.conn.reader.buffer.clear()
        self._begin(-self._begun)

    @override
    def send_receive_event_to_app(self) -> None:
        super().send_receive_event_to_app()
        self._begin(-self._begun)

    def _begin(self, more: int) -> None:
        self._begun += more
        Socket.all_begun += more

    @override
    def handle_ping(self) -> None:
        # Who asks on and on and reads no answer would fill the memory with answers.
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()
