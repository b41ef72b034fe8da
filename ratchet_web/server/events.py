"""What changed, told to everyone who listens: one ring of changes, and a cursor for each reader."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from typing import Literal, get_args
from weakref import WeakValueDictionary

import orjson

RING_SIZE = 5_000
BLOCK_SIZE = 500
# Encoded blocks kept for the next reader: where nothing new happens, each may come with its own cursor.
BLOCKS_KEPT = 64
PING_S = 15.0
PING = b": ping\n\n"

Resource = Literal["tasks", "executions", "jobs", "schedules", "bulk", "pauses", "failures"]
Kind = Literal["created", "updated", "deleted"]
RESOURCES: tuple[Resource, ...] = get_args(Resource)

# Waking a reader costs about 50 µs: so much of a pause for each keeps all of them below a core.
_PAUSE_S, _PAUSE_MOST_S = 0.0001, 0.1

Wanted = frozenset[Resource]


class Feed:
    """The changes since this server began, the last `RING_SIZE` of them at hand.

    A reader costs a cursor; one that is slower than the ring is told to load anew, and its stream ends. Ids
    are `<epoch>-<number>`: the epoch differs for each start of the server. What several readers are to get
    is encoded once.
    """

    def __init__(self, ring_size: int = RING_SIZE) -> None:
        self.epoch = secrets.token_hex(4)
        self.closed = False
        self.readers = 0
        self._last = 0
        self._ring: deque[tuple[Resource, int, Kind]] = deque(maxlen=ring_size)
        self._blocks: dict[tuple[Wanted, int], tuple[bytes, int]] = {}
        self._turn = asyncio.Event()
        self._next_wake_s = 0.0
        self._planned: asyncio.TimerHandle | None = None
        self._pinging: asyncio.TimerHandle | None = None
        self._pings = 0

    @property
    def version(self) -> int:
        """How many changes were told."""
        return self._last

    def publish(self, resource: Resource, row_id: int, kind: Kind = "updated") -> None:
        """Tell that a row changed; call it after the commit."""
        self._last += 1
        self._ring.append((resource, row_id, kind))
        if self._blocks:
            self._blocks = {}
        if self.readers and self._planned is None:
            loop = asyncio.get_running_loop()
            self._planned = loop.call_at(max(loop.time(), self._next_wake_s), self._wake)

    def close(self) -> None:
        """End all readers."""
        self.closed = True
        for timer in (self._planned, self._pinging):
            if timer is not None:
                timer.cancel()
        self._turn.set()

    async def follow(
        self, last_event_id: str | None, resources: Wanted = frozenset(RESOURCES)
    ) -> AsyncIterator[bytes]:
        """Yield encoded events of these resources after this id, from now on if it is None.

        It ends, after a `reset`, where the reader is too slow.
        """
        cursor = self._last if last_event_id is None else self._resume(last_event_id)
        self.readers += 1
        self._begin_pings()
        try:
            yield self._greeting(self._last if cursor is None else cursor)
            if cursor is None or cursor < self._oldest:
                cursor = self._last
                yield self._reset()
            pings = self._pings
            while not self.closed:
                turn = self._turn
                while cursor < self._last and not self.closed:
                    if cursor < self._oldest:
                        yield self._reset()
                        return
                    block, cursor = self._block(cursor, resources)
                    if block:
                        yield block
                if turn is self._turn and not self.closed:
                    await turn.wait()
                if pings != self._pings:
                    pings = self._pings
                    yield self._ping()
        finally:
            self.readers -= 1

    @property
    def _oldest(self) -> int:
        return self._last - len(self._ring)

    def _block(self, cursor: int, resources: Wanted) -> tuple[bytes, int]:
        """Return the next events after the cursor, without those of other resources, and the new cursor."""
        found = self._blocks.get((resources, cursor))
        if found is None:
            end, oldest = min(cursor + BLOCK_SIZE, self._last), self._oldest
            texts = []
            for number in range(cursor + 1, end + 1):
                resource, row_id, kind = self._ring[number - oldest - 1]
                if resource in resources:
                    change = {"resource": resource, "id": str(row_id), "kind": kind, "version": number}
                    texts.append(self._event(number, b"change", orjson.dumps(change)))
            if len(self._blocks) >= BLOCKS_KEPT:
                self._blocks = {}
            found = self._blocks[resources, cursor] = b"".join(texts), end
        return found

    def _wake(self) -> None:
        self._planned = None
        pause_s = min(self.readers * _PAUSE_S, _PAUSE_MOST_S)
        self._next_wake_s = asyncio.get_running_loop().time() + pause_s
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    def _begin_pings(self) -> None:
        if self._pinging is None:
            self._pinging = asyncio.get_running_loop().call_later(PING_S, self._wake_for_ping)

    def _wake_for_ping(self) -> None:
        self._pinging = None
        if self.readers:
            self._pings += 1
            self._begin_pings()
            self._wake()

    def _greeting(self, number: int) -> bytes:
        return b"id: %s-%d\n: connected\n\n" % (self.epoch.encode(), number)

    def _ping(self) -> bytes:
        # With the newest id: who filters would else resume from one that the ring has long lost.
        return b"id: %s-%d\n" % (self.epoch.encode(), self._last) + PING

    def _reset(self) -> bytes:
        return self._event(self._last, b"reset", b"{}")

    def _event(self, number: int, name: bytes, body: bytes) -> bytes:
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (self.epoch.encode(), number, name, body)

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
