"""Filters of a list in words, as they stand on a chip or in a sentence: pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

_NAMES = {
    "range": "time",
    "since": "time",
    "until": "time",
    "min_ms": "run time",
    "max_ms": "run time",
    "text": "text of the error",
    "min_progress": "progress",
    "max_progress": "progress",
    "ended": "time of the end",
    "ended_since": "time of the end",
    "ended_until": "time of the end",
    "due_since": "time that it is due",
    "due_until": "time that it is due",
    "retries_left": "retries left",
    "min_retries": "retries",
    "fingerprint": "failure",
    "retried": "retries so far",
}
_YES_OR_NO = {
    "error": ("with an error", "without an error"),
    "due": ("due now", "not due now"),
    "scheduled": ("for a set time", "for no set time"),
    "retries_left": ("with retries left", "without retries left"),
    "retried": ("retried", "not retried yet"),
}
_STEPS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms"))
_TEXT_CHARS = 40


def in_words(name: str, value: Any) -> str:
    """Return one filter, by the name and the value that a query has for it."""
    match name:
        case "range":
            return f"queued in the last {value}"
        case "ended":
            return f"ended in the last {value}"
        case "since" | "until":
            return f"queued {name} {_time(value)}"
        case "ended_since" | "ended_until":
            return f"ended {name.removeprefix('ended_')} {_time(value)}"
        case "min_ms":
            return f"took {duration(value)} or more"
        case "max_ms":
            return f"took {duration(value)} at most"
        case "due_since" | "due_until":
            return f"due {name.removeprefix('due_')} {_time(value)}"
        case "priority":
            return f"{str(value).lower()} priority"
        case "min_retries":
            return f"retried {value} times or more"
        case _ if name in _YES_OR_NO:
            return _YES_OR_NO[name][not value]
        case "fingerprint":
            return f"of failure {value[:8]}"
        case "text":
            return f"error has “{_short(value)}”"
        case "input" | "output":
            return f"{name} has “{_short(value)}”"
        case "min_progress":
            return f"progress {value} % or more"
        case "max_progress":
            return f"progress {value} % at most"
    return f"{name} {value}"


def names(fields: Iterable[str]) -> str:
    """Return the filters that fields of a query are, each once: `run time, task`."""
    return ", ".join(sorted({_NAMES.get(field, field) for field in fields}))


def duration(ms: int) -> str:
    """Return a duration exactly, as it can also be typed: `1 m 30 s`, `250 ms`."""
    parts, rest = [], ms
    for length, unit in _STEPS:
        n, rest = divmod(rest, length)
        if n:
            parts.append(f"{n} {unit}")
    return " ".join(parts) or "0 s"


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_CHARS else f"{text[:_TEXT_CHARS]}…"
