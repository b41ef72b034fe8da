"""What a task printed."""

from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from ratchet_web.models.base import Wire

LogLevel = Literal["debug", "info", "warn", "error"]
LogForm = Literal["text", "jsonl"]


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


class LogPlace(Wire):
    """Which lines of a log: at most `limit` whose `seq` is above `after`, oldest first.

    `before`: those below it instead, the newest of them; `tail`: the last so many. `level` leaves out
    the lines below it: only where `Ability.LOG_SEARCH`.
    """

    after: int = 0
    before: int | None = None
    tail: int | None = None
    limit: int = 500
    level: LogLevel | None = None


class LogSearch(Wire):
    """What is looked for in a log: a text, or a regular expression, from a line on, in a level and above."""

    text: str
    regex: bool = False
    after: int = 0
    level: LogLevel | None = None


class LogPage(Wire):
    """Some lines, oldest first. `total` counts all lines so far; `done`: no more will come.

    `complete`: nothing else of what was asked for is there now; otherwise `next` is where to go on.
    """

    lines: tuple[LogLine, ...] = ()
    total: int = 0
    done: bool = False
    next: int | None = None
    complete: bool = True


class LogMatches(Wire):
    """Which lines a search found, by `seq`, as runs of neighbours: `[(first, count), …]`.

    The rest is as in `LogPage`: where not `complete`, `next` is where to go on, as `after`.
    """

    runs: tuple[tuple[int, int], ...] = ()
    total: int = 0
    done: bool = False
    next: int | None = None
    complete: bool = True


class LogLevels(Wire):
    """How many lines there are of each level."""

    debug: int = 0
    info: int = 0
    warn: int = 0
    error: int = 0
