"""The timeline of one execution."""

from typing import Any

import reflex as rx
from reflex.vars import Var


class RunLine(rx.Component):
    """From queued to ended as one bar, `assets/run_line.jsx`; it moves while `open`."""

    library = "$/public/run_line.jsx"
    tag = "RunLine"
    queued_at: Var[Any]
    started_at: Var[Any]
    completed_at: Var[Any]
    scheduled_for: Var[Any]
    wait_ms: Var[Any]
    duration_ms: Var[Any]
    open: Var[bool]


def run_line(row: Var[dict[str, Any]]) -> rx.Component:
    """Return the timeline of an execution's row."""
    times = ("queued_at", "started_at", "completed_at", "scheduled_for", "wait_ms", "duration_ms")
    is_open = (row["status"] == "PENDING") | (row["status"] == "RUNNING")
    return RunLine.create(**{name: row[name] for name in times}, open=is_open)
