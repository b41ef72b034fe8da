"""A process of many viewers: sockets that open pages as browsers do, and note when they hear of what.

`python -m tests.bench.viewers PORT`: reads a JSON list of addresses, a viewer for each, says `ready` when all
of them have heard of their rows, and reads commands: `begin`, then `end`, which prints what was heard since;
`held` prints how many rows of lists each of them has, at least.
"""

import asyncio
import base64
import json
import os
import struct
import sys
import time
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

# More at once would measure how fast they come.
OPENING = 20
TEXT, CLOSE, PING = 1, 8, 9
FRAME = {"link", "console", "bulk", "delays", "tasks"}
_ISO = {"completed_at", "scheduled_for"}


class Viewer(asyncio.Protocol):
    """One socket; `heard` is called with each live message and when it came."""

    def __init__(self, port: int, address: str, heard: Any) -> None:
        self.opened = asyncio.get_running_loop().create_future()
        self._port, self._address, self._heard = port, address, heard
        self._bytes, self._upgraded, self._parts = b"", False, b""
        self._noun = urlsplit(address).path.strip("/")
        self.received = 0
        self.rows: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a socket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        path = f"/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
        transport.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: 0.10.1\r\nOrigin: http://localhost:{self._port}\r\n\r\n".encode()
        )

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits for it."""
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"{self._address}: {error or 'closed'}"))

    def data_received(self, data: bytes) -> None:
        """Take whole frames out of what came."""
        self.received += len(data)
        self._bytes += data
        if not self._upgraded:
            head, end, rest = self._bytes.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head.split(b"\r\n")[0], head
            self._upgraded, self._bytes = True, rest
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def _frame(self) -> tuple[int, bool, bytes] | None:
        data = self._bytes
        if len(data) < 2:
            return None
        length, start = data[1] & 127, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(data) < start:
                return None
            (length,) = struct.unpack("!H" if start == 4 else "!Q", data[2:start])
        if len(data) < start + length:
            return None
        self._bytes = data[start + length :]
        return data[0] & 15, bool(data[0] & 128), data[start : start + length]

    def _take(self, kind: int, is_last: bool, payload: bytes) -> None:
        if kind == PING:
            self._send(payload, 10)
        elif kind == CLOSE:
            self._transport.close()
        else:
            self._parts += payload
            if is_last:
                packet, self._parts = self._parts, b""
                self._hear(packet)

    def _hear(self, packet: bytes) -> None:
        if packet[:1] == b"0":
            self._send(b"40/_event,")
        elif packet[:1] == b"2":
            self._send(b"3")
        elif packet[:2] == b"40":
            self._begin()
        elif packet[:2] == b"42" and b'"live"' in packet[:120]:
            message = orjson.loads(packet[packet.index(b"[") :])[1]["delta"]["live"]
            if "?" in message["topic"] and "rows" in message:
                self.rows[message["topic"]] = len(message["rows"])
            if self._is_shown(message["topic"]):
                if not self.opened.done():
                    self.opened.set_result(None)
                self._heard(message, time.time())

    def _is_shown(self, topic: str) -> bool:
        """Return whether it is what the page is about: its list, or whatever stands on the dashboard."""
        noun = topic.partition("?")[0]
        return noun == self._noun if self._noun else noun not in FRAME

    def _begin(self) -> None:
        """Open the page; without one, being connected is all."""
        if self._address:
            self._open_page()
        else:
            self.opened.set_result(None)

    def close(self) -> None:
        """Leave."""
        self._transport.close()

    def _open_page(self) -> None:
        parts = urlsplit(self._address)
        at = {"pathname": parts.path, "asPath": self._address, "query": dict(parse_qsl(parts.query))}
        event = {"name": "reflex___state____state.hydrate_and_load", "payload": {}, "router_data": at}
        self._send(b"42/_event," + orjson.dumps(["event", event]))

    def _send(self, payload: bytes, kind: int = TEXT) -> None:
        # Masked by zeros: what a client sends must be masked, and nobody looks here.
        size = (
            bytes([128 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
        )
        self._transport.write(bytes([128 | kind]) + size + b"\0\0\0\0" + payload)


class Notes:
    """What all viewers heard since the last `begin`: times of rows, and when they were heard of."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget."""
        self.pairs: list[tuple[str, str, float]] = []
        self.messages = 0

    def hear(self, message: dict[str, Any], now_s: float) -> None:
        """Note the rows that a patch is about."""
        self.messages += 1
        fresh = [row for row in message.get("new", ()) if row.get("completed_at")]
        for fields in (*message.get("set", {}).values(), *fresh):
            for name in _ISO & fields.keys():
                if fields[name]:
                    self.pairs.append((name, fields[name], now_s))

    def told(self, received: int) -> dict[str, Any]:
        """Return it; lags in ms of what says itself when it was, and moments of what does not."""
        ended = [
            1000 * (now_s - datetime.fromisoformat(value).timestamp())
            for name, value, now_s in self.pairs
            if name == "completed_at"
        ]
        planned = [(value, now_s) for name, value, now_s in self.pairs if name == "scheduled_for"]
        return {"ended_ms": ended, "planned": planned, "messages": self.messages, "bytes": received}


async def main(port: int) -> None:
    """Open the pages, and do as told."""
    loop, notes = asyncio.get_running_loop(), Notes()
    viewers: list[Viewer] = []
    places = asyncio.Semaphore(OPENING)

    async def open_page(address: str) -> None:
        async with places:
            _, viewer = await loop.create_connection(
                lambda: Viewer(port, address, notes.hear), "127.0.0.1", port
            )
            viewers.append(viewer)
            await asyncio.wait_for(viewer.opened, 60)

    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.startswith("["):
            await asyncio.gather(*(open_page(address) for address in json.loads(line)))
            print("ready", flush=True)
        elif line == "held\n":
            print(min(sum(viewer.rows.values()) for viewer in viewers), flush=True)
        elif line == "begin\n":
            notes.begin()
            before = sum(viewer.received for viewer in viewers)
        else:
            received = sum(viewer.received for viewer in viewers) - before
            print(json.dumps(notes.told(received)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
