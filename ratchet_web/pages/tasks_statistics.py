"""How often a task ran, failed, and how long it took, over a period."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, unless_lacking
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, failure_notice, number, segments
from ratchet_web.components.plot import plot, trace
from ratchet_web.components.system import figure
from ratchet_web.components.times import duration
from ratchet_web.pages.details import unknown_card
from ratchet_web.state.tasks import TaskDetail

Row = rx.Var[dict[str, Any]]


def statistics() -> rx.Component:
    """Return the tab."""
    live = Live(TaskDetail.figures_topic)
    series = live.about["series"].to(dict[str, Any])
    known = rx.fragment(_figures(live.about["stats"].to(dict[str, Any])), _charts(series))
    unknown = rx.el.div(unknown_card(live.error), class_name="spaced")
    part = rx.fragment(
        rx.el.div(segments(TaskDetail.periods, None, "Period"), class_name="row"),
        rx.cond(live.error, failure_notice(live.error, live.about["stale_since"])),
        rx.cond(live.answered("series"), known, unknown),
    )
    return unless_lacking(Ability.ACTIVITY, part, "No statistics")


def _figures(stats: Row) -> rx.Component:
    runs, waits = stats["duration_ms"].to(dict[str, Any]), stats["wait_ms"].to(dict[str, Any])
    figures = (
        ("Completed", number(stats["completed_executions"])),
        ("Failed", number(stats["failed_executions"])),
        ("Success rate", figure(stats["success_rate"], "percent")),
        ("Median duration", duration(ms=runs["p50"])),
        ("95 % took at most", duration(ms=runs["p95"])),
        ("95 % waited at most", duration(ms=waits["p95"])),
    )
    cells = [
        rx.el.div(
            rx.el.span(label, class_name="label"),
            rx.el.span(value, class_name="value"),
            class_name="card kpi",
        )
        for label, value in figures
    ]
    return rx.el.div(*cells, class_name="kpis")


def _charts(series: Row) -> rx.Component:
    def chart(title: str, *traces: dict[str, Any], unit: Any) -> rx.Component:
        return card(title, plot(title, series["start"], *traces, unit=unit))

    times = (("p50", "--ok"), ("p95", "--run"), ("p99", "--warn"))
    lines = [trace(name, series[name], "line", color) for name, color in times]
    ends = (("Completed", "completed", "--ok"), ("Failed", "failed", "--bad"))
    bars = [trace(name, series[column], "bar", color) for name, column, color in ends]
    rate = trace("Failed", series["rate"], "line", "--bad")
    return rx.el.div(
        chart("Duration", *lines, unit="ms"),
        chart("Runs", *bars, unit="count"),
        chart("Failure rate", rate, unit="percent"),
        class_name="stack spaced",
    )
