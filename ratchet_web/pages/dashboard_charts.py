"""The dashboard's charts: what ended, and how deep the queue was; a press leads to what is behind."""

from typing import Any

import reflex as rx

from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, empty_state, failure_notice, unknown_state
from ratchet_web.components.plot import Dash, plot, trace
from ratchet_web.state.dashboard import Dashboard

ENDED = "/executions?sort=-completed_at&ended_since={since}&ended_until={until}&status="
QUEUED = "/jobs?since={since}&until={until}&priority="
HEIGHT = 220
NO_QUEUE = "This server does not say how many jobs wait."
LANES: tuple[tuple[str, str, Dash], ...] = (
    ("critical", "--bad", "solid"),
    ("high", "--warn", "dash"),
    ("normal", "--run", "dot"),
    ("low", "--wait", "dashdot"),
)


def charts(range: Live, now: Live) -> rx.Component:
    """Return them side by side; their place is kept while nothing is known yet.

    What went wrong with the look at `now` the page tells already.
    """
    series, lanes = range.about["series"].to(dict[str, Any]), range.several("lanes").to(list[str])
    step = range.about["step_ms"].to(int)
    ends = [
        trace("Completed", series["completed"], "bar", "--ok", to=ENDED + "COMPLETED"),
        trace("Failed", series["failed"], "bar", "--bad", to=ENDED + "FAILED"),
    ]
    depth = [
        trace(name.capitalize(), series[name], "line", color, dash=dash, to=QUEUED + name.upper())
        for name, color, dash in LANES
    ]
    whole = trace("Waiting", series["all"], "line", "--run", to="/jobs?since={since}&until={until}")

    def chart(label: str, *traces: dict[str, Any], empty: str) -> rx.Component:
        return plot(label, series["start"], *traces, unit="count", step_ms=step, height=HEIGHT, empty=empty)

    none = "Nothing is known of this time yet"
    by_priority = chart("Queue depth by priority", *depth, empty=none)
    together = chart("Queue depth", whole, empty=none)
    beside = rx.el.span("in the last ", Dashboard.words, class_name="dim")
    untold = range.answered("series") & (lanes.length() == 0)
    known = rx.cond(lanes.contains("all"), together, by_priority)

    def unless_silent(chart: rx.Component) -> rx.Component:
        silent = range.error.bool() & ~range.answered("series")
        return rx.cond(silent, unknown_state(range.error, Live("link").about["mode"] == "offline"), chart)

    is_new = range.error.bool() & (range.error["message"] != now.error["message"])
    return rx.fragment(
        rx.cond(is_new, failure_notice(range.error, range.about["stale_since"])),
        rx.el.div(
            card(
                "Executions that ended",
                unless_silent(chart("Executions that ended", *ends, empty=none)),
                beside=beside,
            ),
            card(
                "Most jobs waiting at once",
                unless_silent(rx.cond(untold, empty_state("Not told", NO_QUEUE), known)),
                beside=beside,
            ),
            class_name="two dash-charts",
        ),
    )
