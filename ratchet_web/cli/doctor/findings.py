"""What the doctor says of one thing."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """NOTE: nothing to mend. WARNING: works, but not well, or not for long. BAD: does not work."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says how it is, `advice` what to do about it, empty where there is nothing to do."""

    level: Level
    topic: str
    text: str
    advice: str = ""


def ok(topic: str, text: str, advice: str = "") -> Finding:
    """Return that a thing is as it should be."""
    return Finding(Level.OK, topic, text, advice)


def note(topic: str, text: str, advice: str = "") -> Finding:
    """Return that a thing is as it may be."""
    return Finding(Level.NOTE, topic, text, advice)


def warning(topic: str, text: str, advice: str = "") -> Finding:
    """Return that a thing should be otherwise."""
    return Finding(Level.WARNING, topic, text, advice)


def bad(topic: str, text: str, advice: str = "") -> Finding:
    """Return that a thing does not work."""
    return Finding(Level.BAD, topic, text, advice)
