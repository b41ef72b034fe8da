"""What the engine is given, what it tells while it runs, and what comes out."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue

from ratchet_web.models.logs import LogLevel
from ratchet_web.server.engine.errors import TaskError
from ratchet_web.server.engine.fetch import HttpRequest


@dataclass(frozen=True)
class Work:
    """One attempt at running a task. `context` is the second argument of `main`."""

    execution_id: str
    source: str
    input: JsonValue
    context: dict[str, JsonValue]
    timeout_s: float
    memory_mb: int


class Listener(Protocol):
    """Told what happens, in order, in the event loop; must not block."""

    def started(self, worker: str) -> None:
        """Told when the script begins; `worker` names the worker's place in the pool."""

    def line(self, level: LogLevel, text: str, time_ms: int, source: str, fields: str | None = None) -> None:
        """Told each log line; `time_ms` since 1970; `source`: "task", or "system" for our own remarks.

        `fields` is the text of a JSON object.
        """

    def progress(self, value: float, note: str | None) -> None:
        """Told how far the task says it is, from 0 to 1."""

    def crowded(self) -> bool:
        """Return whether it has too much to tell already: the task then waits in `room`."""

    async def room(self) -> None:
        """Return when it can be told more."""


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended. `output_json` is set when it completed, `error` when it failed."""

    kind: Literal["completed", "failed", "cancelled"]
    output_json: str | None = None
    error: TaskError | None = None
    duration_ms: int = 0
    http_requests: tuple[HttpRequest, ...] = field(default=())
