"""What running tasks print and report, gathered for a moment and stored together.

Nothing that was printed is dropped here. While the database is away, or slower than the tasks, what waits is
bounded by `HELD_BYTES`: then workers are not listened to, their memory fills, and `console.log` waits.
"""

import asyncio
import logging
from dataclasses import replace
from typing import Final

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.clock import Clock
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.logs import Line
from ratchet_web.server.store.store import Progress, Store

GATHER_S: Final = 0.005
FLUSH_S: Final = 0.05
PROGRESS_MS: Final = 100
RETRY_S: Final = 1.0
TEXT_LIMIT: Final = 500
# What may wait in memory, of all executions; and the lines that one transaction takes.
HELD_BYTES: Final = 8_000_000
FLUSH_LINES: Final = 5_000
# What a line costs beside its text.
LINE_BYTES: Final = 200

log = logging.getLogger(__name__)


class Recording:
    """The listener of one execution: the pool calls it, the recorder empties it."""

    def __init__(self, recorder: "Recorder", execution_id: int) -> None:
        self.execution_id = execution_id
        self.lines: list[Line] = []
        self.moved = False
        self.moved_at_ms = 0
        self._recorder = recorder
        self._seq = 0
        self._progress: float | None = None
        self._note: str | None = None
        self._worker: str | None = None

    def line(self, level: LogLevel, text: str, time_ms: int, source: str, fields: str | None = None) -> None:
        """Take one line that the task printed, or that the engine says of it."""
        self._seq += 1
        line = Line(self.execution_id, self._seq, time_ms, level, source, text, fields)
        self.lines.append(line)
        self._recorder.hold(line)
        self._recorder.plan()

    def crowded(self) -> bool:
        """Return whether no more lines should come for now: what waits to be stored is bounded."""
        return self._recorder.crowded()

    async def room(self) -> None:
        """Return when more lines may come."""
        await self._recorder.room()

    def progress(self, value: float, note: str | None) -> None:
        """Take progress from 0 to 1; only the newest is kept."""
        self._progress, self._note = min(max(value, 0.0), 1.0), note[:TEXT_LIMIT] if note else None
        self._move()

    def set_progress(self, value: float) -> None:
        """Take progress from outside: the task's note stays, and it shows at once."""
        self._progress, self.moved_at_ms = value, 0
        self._move()

    def started(self, worker: str) -> None:
        """Take the name of the worker that began."""
        self._worker = worker
        self._move()

    def row(self) -> Progress:
        """Return what is to be stored besides lines."""
        return (self.execution_id, self._progress, self._note, self._worker)

    def complete(self, ending: Ending) -> Ending:
        """Return the ending with the last progress and the worker."""
        return replace(ending, progress=self._progress, progress_note=self._note, worker=self._worker)

    def _move(self) -> None:
        self.moved = True
        self._recorder.plan()


class Recorder:
    """Stores what all recordings gathered, every 50 ms while there is something."""

    def __init__(self, store: Store, feed: Feed, turns: Turns, clock: Clock) -> None:
        self._store, self._feed, self._turns, self._clock = store, feed, turns, clock
        self._open: dict[int, Recording] = {}
        self._planned: asyncio.TimerHandle | None = None
        self._flushing = asyncio.Lock()
        self._next_flush = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self._held_bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    def open(self, execution_id: int) -> Recording:
        """Return the listener for an execution that begins."""
        recording = self._open[execution_id] = Recording(self, execution_id)
        return recording

    async def set_progress(self, execution_id: int, share: float) -> bool:
        """Take progress that somebody else reports; return whether that execution is open."""
        recording = self._open.get(execution_id)
        if recording is None:
            return False
        recording.set_progress(share)
        await self.flush()
        return True

    async def close(self, recording: Recording) -> None:
        """Store what is left of a recording, however long the database is away."""
        while recording.lines:
            if not await self.flush():
                await asyncio.sleep(RETRY_S)
        self._open.pop(recording.execution_id, None)

    def hold(self, line: Line) -> None:
        """Count a line that waits to be stored."""
        self._held_bytes += _size_bytes(line)
        if self._held_bytes > HELD_BYTES:
            self._room.clear()

    def crowded(self) -> bool:
        """Return whether too much waits to be stored."""
        return not self._room.is_set()

    async def room(self) -> None:
        """Return when more lines may come."""
        await self._room.wait()

    def plan(self) -> None:
        """See to it that what was gathered is stored: soon after a pause, else 50 ms after the last time."""
        if self._planned is None:
            loop = asyncio.get_running_loop()
            when = max(loop.time() + GATHER_S, self._next_flush)
            self._planned = loop.call_at(when, self._begin)

    async def flush(self) -> bool:
        """Store what was gathered; return whether the database took it. What it did not take is kept."""
        async with self._flushing:
            self._next_flush = asyncio.get_running_loop().time() + FLUSH_S
            talking = [recording for recording in self._open.values() if recording.lines]
            moving = self._due()
            if not talking and not moving:
                return True
            share = FLUSH_LINES // max(1, len(talking))
            batches = [(recording, min(share, len(recording.lines))) for recording in talking]
            lines = [line for recording, count in batches for line in recording.lines[:count]]
            for recording in moving:
                recording.moved, recording.moved_at_ms = False, self._clock.now_ms()
            try:
                await self._store.record(lines, [recording.row() for recording in moving])
            except Unavailable as error:
                log.warning("Log lines wait: %s", error)
                for recording in moving:
                    recording.moved = True
                self._next_flush = asyncio.get_running_loop().time() + RETRY_S
                self.plan()
                return False
            self._tell(batches, moving)
            self._let_go(lines)
        return True

    def _begin(self) -> None:
        self._planned = None
        task = asyncio.get_running_loop().create_task(self._flush_and_plan())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush_and_plan(self) -> None:
        await self.flush()
        if any(recording.moved or recording.lines for recording in self._open.values()):
            self.plan()

    def _due(self) -> list[Recording]:
        now_ms = self._clock.now_ms()
        # A clock that was set back must not hold progress up.
        return [r for r in self._open.values() if r.moved and not 0 <= now_ms - r.moved_at_ms < PROGRESS_MS]

    def _let_go(self, lines: list[Line]) -> None:
        self._held_bytes -= sum(map(_size_bytes, lines))
        if self._held_bytes <= HELD_BYTES:
            self._room.set()

    def _tell(self, batches: list[tuple[Recording, int]], moving: list[Recording]) -> None:
        for recording, count in batches:
            del recording.lines[:count]
            self._turns.tell(recording.execution_id)
        for recording in moving:
            self._feed.publish("executions", recording.execution_id)


def _size_bytes(line: Line) -> int:
    # Characters, not their bytes: what is bounded is memory, roughly.
    return LINE_BYTES + len(line.text) + len(line.fields or "")
