"""What a task printed."""

from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from ratchet_web.models.base import Wire

LogLevel = Literal["debug", "info", "warn", "error"]


class LogLine(Wire):
    """One line; `seq` counts from 1 without gaps within an execution.

    `fields` is the last thing printed where that was a plain object, as structured loggers have it; `text`
    shows it as well.
    """

    seq: int
    time: datetime | None = None
    level: LogLevel = "info"
    source: str = "task"
    text: str = ""
    fields: dict[str, JsonValue] | None = None


class LogPage(Wire):
    """Some lines, oldest first. `total` counts all lines so far; `done`: no more will come.

    `complete`: nothing else of what was asked for is there now; otherwise `next` is where to go on.
    """

    lines: tuple[LogLine, ...] = ()
    total: int = 0
    done: bool = False
    next: int | None = None
    complete: bool = True
