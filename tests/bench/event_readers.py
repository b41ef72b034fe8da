"""A process of many readers of `/events`: changes a task, and tells when each reader heard of it.

`python -m tests.bench.event_readers PORT TASK READERS EVENTS PER_SECOND`: prints JSON with the lags in ms,
from the moment at which the change was sent, and how many events were missed.
"""

import asyncio
import json
import sys
import time

import httpx

MARK = b"event: change\n"
LAST_S = 2.0


class Reader(asyncio.Protocol):
    """One raw connection; notes when each event came."""

    def __init__(self, port: int) -> None:
        self.connected = asyncio.get_running_loop().create_future()
        self.heard_s: list[float] = []
        self._ask = f"GET /api/v1/events?resource=tasks HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._ask)

    def data_received(self, data: bytes) -> None:
        """Note the time for each event in these bytes."""
        now_s = time.perf_counter()
        text = self._rest + data
        if not self.connected.done() and b": connected" in text:
            self.connected.set_result(None)
        self.heard_s += [now_s] * text.count(MARK)
        # An event may be cut in two.
        self._rest = text[-len(MARK) + 1 :]


async def main(port: int, task: str, readers: int, events: int, per_second: float) -> None:
    """Print what was measured."""
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(readers):
        _, reader = await loop.create_connection(lambda: Reader(port), "127.0.0.1", port)
        made.append(reader)
    await asyncio.gather(*(reader.connected for reader in made))
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    sent_s = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30) as http:
        began_s = time.perf_counter()
        for number in range(events):
            await asyncio.sleep(max(0.0, began_s + number / per_second - time.perf_counter()))
            sent_s.append(time.perf_counter())
            answer = await http.patch(f"/tasks/{task}", json={"description": str(number)})
            answer.raise_for_status()
    # Those on the way still arrive; what does not is missed.
    await asyncio.sleep(LAST_S)
    pairs = [zip(reader.heard_s, sent_s, strict=False) for reader in made]
    lags = [1000 * (heard - sent) for pair in pairs for heard, sent in pair]
    print(json.dumps({"lags_ms": lags, "missed": readers * events - len(lags)}))


if __name__ == "__main__":
    port, task, readers, events, per_second = sys.argv[1:]
    asyncio.run(main(int(port), task, int(readers), int(events), float(per_second)))
