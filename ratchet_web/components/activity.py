"""What tasks did of late, drawn small (assets/activity.jsx)."""

from typing import Any

import reflex as rx
from reflex.vars import Var

_LIBRARY = "$/public/activity.jsx"


class Day(rx.Component):
    """The last 24 hours of a task: bars by the hour, success rate, p95; a dash where nothing is known."""

    library = _LIBRARY
    tag = "Day"
    day: Var[Any]


class RunStrip(rx.Component):
    """Runs (`id`, `status`, `duration_ms`, `queued_at`, `error_message`) as bars, the oldest first.

    `of`: "executions" or "jobs"; `label` names the strip; `small`: for a row of a table. No list: a dash.
    """

    library = _LIBRARY
    tag = "RunStrip"
    runs: Var[Any]
    of: Var[str]
    label: Var[str]
    small: Var[bool]
