"""A listener that keeps what it is told, and short ways to make work, for tests of the engine."""

import asyncio
import itertools

from pydantic import JsonValue

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.engine.work import Work

_ids = itertools.count(1)


class Heard:
    """What an execution said."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.spoke = asyncio.Event()
        self.worker: str | None = None
        self.lines: list[tuple[LogLevel, str, int, str]] = []
        self.fields: list[str | None] = []
        self.steps: list[tuple[float, str | None]] = []

    def started(self, worker: str) -> None:
        self.worker = worker
        self.begun.set()

    def line(self, level: LogLevel, text: str, time_ms: int, source: str, fields: str | None = None) -> None:
        self.lines.append((level, text, time_ms, source))
        self.fields.append(fields)
        self.spoke.set()

    def progress(self, value: float, note: str | None) -> None:
        self.steps.append((value, note))

    def crowded(self) -> bool:
        return False

    async def room(self) -> None:
        return

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _, source in self.lines if source == "task"]


def work(source: str, value: JsonValue = None, *, timeout_s: float = 60, memory_mb: int = 64) -> Work:
    return Work(str(next(_ids)), source, value, {"attempt": 1}, timeout_s, memory_mb)
