"""Speaks to the socket of a console as no page does: any event, any payload."""

import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from simple_websocket import Client, ConnectionClosed
from simple_websocket.errors import SimpleWebsocketError

PREFIX = "40/_event,"
EVENT = "42/_event,"


class RawSocket:
    """One socket, of a tab of its own; `headers` are those of its handshake.

    Raises:
        ConnectionError: it was refused.
    """

    def __init__(self, url: str, **headers: str) -> None:
        self.token = uuid4().hex
        address = url.replace("http", "ws", 1) + f"/_event/?EIO=4&transport=websocket&token={self.token}"
        try:
            self._socket = Client(address, headers={k.replace("_", "-"): v for k, v in headers.items()})
            # What the server says first may have come with the handshake, and is told with what comes next.
            self._socket.send(PREFIX)
        except (SimpleWebsocketError, OSError) as error:
            raise ConnectionError("refused") from error
        self.heard: list[str] = []

    def call(self, name: str, payload: Mapping[str, Any] | None = None, address: str = "/tasks") -> None:
        """Send an event from the page at an address."""
        path, _, query = address.partition("?")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        place = {"pathname": path, "asPath": address, "query": pairs}
        event = {"name": name, "payload": payload or {}, "router_data": place, "token": self.token}
        self._socket.send(EVENT + json.dumps(["event", event]))

    def hear(self, part: str, timeout_s: float = 20.0) -> str:
        """Return the first message from now on that holds a text."""
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._socket.receive(timeout=left)
            except ConnectionClosed as error:
                raise ConnectionError("closed") from error
            if message == "2":
                self._socket.send("3")
            elif message is not None:
                self.heard.append(str(message))
                if part in str(message):
                    return str(message)
        raise AssertionError(f"nobody said {part!r}; the last that was said: {self.heard[-3:]}")

    def close(self) -> None:
        """Leave."""
        self._socket.close()
