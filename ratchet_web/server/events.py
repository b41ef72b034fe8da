"""What changed, told to everyone who listens: one ring of encoded events, and a cursor for each reader."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from typing import Literal
from weakref import WeakValueDictionary

import orjson

RING_SIZE = 5_000
PING_S = 15.0
PING = b": ping\n\n"

Resource = Literal["tasks", "executions", "jobs", "schedules"]
Kind = Literal["created", "updated", "deleted"]


class Feed:
    """The changes since this server began, the last `RING_SIZE` of them at hand.

    A reader costs a cursor; one that is slower than the ring is told to load anew. Ids are
    `<epoch>-<number>`: the epoch differs for each start of the server.
    """

    def __init__(self, ring_size: int = RING_SIZE) -> None:
        self.epoch = secrets.token_hex(4)
        self.closed = False
        self._last = 0
        self._ring: deque[bytes] = deque(maxlen=ring_size)
        self._turn = asyncio.Event()

    def publish(self, resource: Resource, row_id: int, kind: Kind = "updated") -> None:
        """Tell that a row changed; call it after the commit."""
        self._last += 1
        change = {"resource": resource, "id": str(row_id), "kind": kind, "version": self._last}
        self._ring.append(self._event(b"change", orjson.dumps(change)))
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    def close(self) -> None:
        """End all readers."""
        self.closed = True
        self._turn.set()

    async def follow(self, last_event_id: str | None) -> AsyncIterator[bytes]:
        """Yield encoded events after this id, from now on if it is None."""
        cursor = self._last if last_event_id is None else self._resume(last_event_id)
        yield f"id: {self.epoch}-{self._last if cursor is None else cursor}\n: connected\n\n".encode()
        while not self.closed:
            oldest = self._last - len(self._ring)
            if cursor is None or cursor < oldest:
                cursor = self._last
                yield self._event(b"reset", b"{}")
            # Copied, because the ring may turn while a reader is slow to take.
            for event in [self._ring[index] for index in range(cursor - oldest, len(self._ring))]:
                cursor += 1
                yield event
            turn = self._turn
            if cursor == self._last and not self.closed and not await waited(turn, PING_S):
                yield PING

    def _event(self, name: bytes, body: bytes) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (self.epoch.encode(), self._last, name, body)

    def _resume(self, last_event_id: str) -> int | None:
        epoch, _, number = last_event_id.partition("-")
        if epoch != self.epoch or not number.isdecimal() or len(number) > 18 or int(number) > self._last:
            return None
        return int(number)


class Turns:
    """Wakes those who wait for news of one execution."""

    def __init__(self) -> None:
        self._waiting: WeakValueDictionary[int, asyncio.Event] = WeakValueDictionary()
        self.closed = False

    def of(self, execution_id: int) -> asyncio.Event:
        """Return what is set at the next news; take it before looking, or news is missed."""
        event = self._waiting.get(execution_id)
        if event is None:
            event = self._waiting[execution_id] = asyncio.Event()
        if self.closed:
            event.set()
        return event

    def tell(self, execution_id: int) -> None:
        """Wake everyone who waits for this execution."""
        event = self._waiting.pop(execution_id, None)
        if event is not None:
            event.set()

    def close(self) -> None:
        """Wake everyone, for good."""
        self.closed = True
        for event in list(self._waiting.values()):
            event.set()


async def waited(event: asyncio.Event, timeout_s: float) -> bool:
    """Return whether the event was set within the time."""
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
