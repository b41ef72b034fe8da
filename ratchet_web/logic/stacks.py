"""Stacks of JavaScript errors, and the lines of a source that they name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_FRAME = re.compile(
    r"^at (?:(?P<call>.+?) \()?(?P<file>[^()\s]*?):(?P<line>\d{1,7})(?::(?P<column>\d{1,7}))?\)?$"
)
# So much of a line is shown.
LINE_CHARS = 400
MOST_FRAMES = 50


@dataclass(frozen=True)
class Frame:
    """One frame of a stack; `line` and `column` count from 1, None where it names no place."""

    text: str
    call: str = ""
    line: int | None = None
    column: int | None = None
    file: str = field(default="", compare=False)


@dataclass(frozen=True)
class SourceLine:
    """A line of a source; `marked`: it is the one that is meant."""

    number: int
    text: str
    marked: bool


def frames(stack: str) -> tuple[Frame, ...]:
    """Return the frames of a stack, the innermost first; the error's own words are none."""
    lines = (line.strip() for line in stack.splitlines())
    return tuple(_frame(line) for line in lines if line.startswith("at "))[:MOST_FRAMES]


def _frame(text: str) -> Frame:
    found = _FRAME.match(text)
    if found is None:
        return Frame(text)
    column = int(found["column"]) if found["column"] else None
    return Frame(text, found["call"] or "", int(found["line"]), column, found["file"])


def excerpt(source: str, line: int, around: int = 5) -> tuple[SourceLine, ...]:
    """Return a line of a source with those around it; nothing where the source has no such line."""
    lines = source.split("\n")
    if not 1 <= line <= len(lines):
        return ()
    first, last = max(1, line - around), min(len(lines), line + around)
    return tuple(SourceLine(n, _cut(lines[n - 1]), n == line) for n in range(first, last + 1))


def line_text(lines: Sequence[str], line: int | None) -> str:
    """Return one line without its indentation; empty where there is none."""
    return _cut(lines[line - 1].strip()) if line is not None and 1 <= line <= len(lines) else ""


def _cut(text: str) -> str:
    """Return as much of a line as is shown."""
    text = text.rstrip("\r")
    return text if len(text) <= LINE_CHARS else text[:LINE_CHARS] + "…"
