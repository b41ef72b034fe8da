"""What a task printed."""

from datetime import datetime
from typing import Literal

from ratchet_web.models.base import Wire

LogLevel = Literal["debug", "info", "warn", "error"]


class LogLine(Wire):
    """One line; `seq` counts from 1 without gaps within an execution."""

    seq: int
    time: datetime | None = None
    level: LogLevel = "info"
    source: str = "task"
    text: str = ""


class LogPage(Wire):
    """Some consecutive lines, oldest first. `total` counts all lines so far; `done`: no more will come."""

    lines: tuple[LogLine, ...] = ()
    total: int = 0
    done: bool = False
