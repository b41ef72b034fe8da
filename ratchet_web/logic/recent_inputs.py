"""The inputs that a task was run with of late, each once."""

from collections.abc import Iterable
from typing import NamedTuple

from pydantic_core import to_json

from ratchet_web.models.executions import Execution

MOST = 8
# What is longer is no start for a form.
LONGEST = 50_000
PREVIEW = 120


class RecentInput(NamedTuple):
    """An input as indented JSON and, in short, on one line; `run` is the newest that had it."""

    text: str
    preview: str
    run: Execution


def recent_inputs(newest_first: Iterable[Execution]) -> list[RecentInput]:
    """Return the inputs of these runs, the newest first; what lists leave out is not there."""
    found: dict[bytes, RecentInput] = {}
    for run in newest_first:
        if len(found) == MOST:
            break
        if run.input is None:
            continue
        # The order of its names makes no other input.
        key = to_json(_ordered(run.input))
        text = to_json(run.input, indent=2).decode()
        if key not in found and len(text) <= LONGEST:
            line = to_json(run.input).decode()
            found[key] = RecentInput(text, line if len(line) <= PREVIEW else f"{line[:PREVIEW]}…", run)
    return list(found.values())


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value)}
    return [_ordered(each) for each in value] if isinstance(value, list) else value
