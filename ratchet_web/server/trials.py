"""Drafts that are tried without being saved: they run beside the queue and leave nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, NamedTuple

import orjson
from pydantic import JsonValue

from ratchet_web.models.logs import LogLevel
from ratchet_web.server import wire
from ratchet_web.server.endings import failed, judge
from ratchet_web.server.engine.errors import WORKER_ERROR, TaskError
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.work import Work
from ratchet_web.server.events import PING, PING_S, waited
from ratchet_web.server.store.attempts import Ending
from ratchet_web.settings import Settings

AT_ONCE: Final = 2
LIMIT_S: Final = 30.0
# So many lines, or characters of them, may wait for a reader; then `console.log` of the draft waits.
MOST_WAITING: Final = 2_000
MOST_CHARS: Final = 4_000_000
# One event holds at most so many lines, and no more once they have so many characters.
BATCH: Final = 500
BATCH_CHARS: Final = 500_000

NAME: Final = "trial"


class Trial(NamedTuple):
    """A draft and its input; the schema is JSON text."""

    source: str
    output_schema: str | None
    input: JsonValue


class Trials:
    """The drafts that run now."""

    def __init__(self, settings: Settings, pool: Pool) -> None:
        self._settings, self._pool = settings, pool
        self._running: set[asyncio.Task[Ending]] = set()
        self._closed = False

    def close(self) -> None:
        """End all of them."""
        self._closed = True
        for running in self._running:
            running.cancel()

    async def begin(self, trial: Trial) -> AsyncIterator[bytes] | None:
        """Run a draft; return what it prints and how it ends, None where no other one may begin now.

        Its place is taken at once; closing what is returned, or dropping it, ends the draft.
        """
        if self._closed or len(self._running) >= AT_ONCE:
            return None
        events = self._events(trial)
        # Up to where it waits for the draft. From here on its `finally` is sure to come, read or not.
        await anext(events)
        return events

    async def _events(self, trial: Trial) -> AsyncIterator[bytes]:
        heard = _Heard()
        running = asyncio.create_task(self._run(trial, heard))
        running.add_done_callback(lambda _: heard.news.set())
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        try:
            yield b""
            while not running.done() or heard.told:
                if not await heard.wait():
                    yield PING
                for event in heard.take():
                    yield event
            if not running.cancelled():
                yield heard.event("end", _ended(running.result()))
        finally:
            running.cancel()
            await asyncio.wait({running})

    async def _run(self, trial: Trial, heard: "_Heard") -> Ending:
        work = Work(
            execution_id=NAME,
            source=trial.source,
            input=trial.input,
            context={
                "executionId": NAME,
                "attempt": 1,
                "taskId": None,
                "taskName": NAME,
                "taskVersion": None,
            },
            timeout_s=min(LIMIT_S, self._settings.task_timeout_s),
            memory_mb=self._settings.task_memory_mb,
        )
        try:
            outcome = await self._pool.try_out(work, heard)
            return await judge(trial.output_schema, outcome, self._pool.judge)
        except OSError as error:
            return failed(TaskError(WORKER_ERROR, f"No process could be started: {error}"), 0)


class _Heard:
    """What a draft said and nobody has been told yet."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._lines: list[dict[str, Any]] = []
        self._chars = 0
        self._progress: dict[str, Any] | None = None
        self._began = False
        self._seq = self._events = 0

    @property
    def told(self) -> bool:
        """Whether something waits to be told."""
        return bool(self._began or self._lines or self._progress)

    def started(self, worker: str) -> None:
        """See `Listener`."""
        self._began = True
        self.news.set()

    def line(self, level: LogLevel, text: str, time_ms: int, source: str, fields: str | None = None) -> None:
        """See `Listener`."""
        self._seq += 1
        kept = orjson.Fragment(fields) if fields else None
        told = {"seq": self._seq, "time": wire.instant(time_ms), "level": level, "source": source}
        self._lines.append({**told, "text": text, "fields": kept})
        self._chars += len(text)
        if self.crowded():
            self._room.clear()
        self.news.set()

    def progress(self, value: float, note: str | None) -> None:
        """See `Listener`."""
        self._progress = {"progress": min(max(value, 0.0), 1.0), "note": note}
        self.news.set()

    def crowded(self) -> bool:
        """See `Listener`."""
        return len(self._lines) >= MOST_WAITING or self._chars >= MOST_CHARS

    async def room(self) -> None:
        """See `Listener`."""
        await self._room.wait()

    async def wait(self) -> bool:
        """Return when there is news, or when it is time to show that the stream still lives."""
        return await waited(self.news, PING_S)

    def event(self, name: str, body: Mapping[str, Any]) -> bytes:
        """Return the next event of the stream."""
        self._events += 1
        return b"id: %d\nevent: %s\ndata: %s\n\n" % (self._events, name.encode(), orjson.dumps(body))

    def _batch(self) -> list[dict[str, Any]]:
        """Take the lines of one event out of what waits."""
        count = chars = 0
        for line in self._lines[:BATCH]:
            if chars >= BATCH_CHARS:
                break
            count, chars = count + 1, chars + len(line["text"])
        batch, self._lines = self._lines[:count], self._lines[count:]
        self._chars -= chars
        return batch

    def take(self) -> list[bytes]:
        """Return what was not told yet, a batch of lines at most."""
        events = [self.event("started", {})] if self._began else []
        if batch := self._batch():
            events.append(self.event("lines", {"lines": batch}))
        if self._progress is not None:
            events.append(self.event("progress", self._progress))
        self._began, self._progress = False, None
        if not self.crowded():
            self._room.set()
        if not self._lines:
            self.news.clear()
        return events


def _ended(ending: Ending) -> Mapping[str, Any]:
    return {
        "status": ending.status.name,
        "durationMs": ending.duration_ms,
        "output": orjson.Fragment(ending.output) if ending.output is not None else None,
        "errorMessage": ending.error_message,
        "errorDetails": orjson.Fragment(ending.error_details) if ending.error_details else None,
    }
