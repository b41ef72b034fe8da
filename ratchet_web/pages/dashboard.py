"""`/`: health at a glance."""

from collections.abc import Callable
from typing import Any, NamedTuple

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.components.live import Live
from ratchet_web.components.parts import (
    card,
    empty_state,
    failure_notice,
    number,
    title_bar,
    to,
    unknown_state,
)
from ratchet_web.components.times import ago
from ratchet_web.pages.pauses import pause_notice
from ratchet_web.pages.run import run_button

Row = rx.Var[dict[str, Any]]


def _figure(label: str, value: Any, href: str) -> rx.Component:
    return to(
        rx.el.span(label, class_name="label"),
        rx.el.span(value, class_name="value"),
        href=href,
        class_name="card kpi",
    )


def _figures(about: Row) -> rx.Component:
    executions, jobs = about["executions"].to(dict[str, Any]), about["jobs"].to(dict[str, Any])
    return rx.el.div(
        _figure("Running", number(executions["running_executions"]), "/executions?status=RUNNING"),
        _figure("Pending", number(executions["pending_executions"]), "/executions?status=PENDING"),
        _figure("Completed", number(executions["completed_executions"]), "/executions?status=COMPLETED"),
        _figure("Failed", number(executions["failed_executions"]), "/executions?status=FAILED"),
        _figure("Cancelled", number(executions["cancelled_executions"]), "/executions?status=CANCELLED"),
        _figure("Queued jobs", number(jobs["queued_jobs"]), "/jobs?status=QUEUED"),
        class_name="kpis",
    )


def _failure_row(row: Row) -> rx.Component:
    id = row["id"].to(str)
    return rx.el.tr(
        rx.el.td(to(row["task_name"].to(str), href="/executions/" + id)),
        rx.el.td(rx.el.span(row["error_message"].to(str), class_name="dim")),
        rx.el.td(ago(at=row["completed_at"]), class_name="num"),
        key=id,
    )


def _schedule_row(row: Row) -> rx.Component:
    id = row["id"].to(str)
    return rx.el.tr(
        rx.el.td(to(row["name"].to(str), href="/schedules/" + id)),
        rx.el.td(ago(at=row["next_run"], empty="never"), class_name="num"),
        key=id,
    )


def _check_row(row: Row) -> rx.Component:
    ok = row["status"] == "healthy"
    mark = rx.el.span(row["status"].to(str), class_name=rx.cond(ok, "status ok", "status bad"))
    return rx.el.tr(rx.el.td(row["name"].to(str)), rx.el.td(mark, class_name="num"), key=row["name"].to(str))


class Panel(NamedTuple):
    """A panel: its title, where in `about` its rows are, how one is drawn, and the words for none."""

    title: str
    path: tuple[str, ...]
    draw: Callable[[Row], rx.Component]
    none: tuple[str, Any]


FAILURES = Panel(
    "Newest failures",
    ("failures",),
    _failure_row,
    ("Nothing has failed", "The newest failures show up here."),
)
SCHEDULES = Panel("Next schedules", ("schedules",), _schedule_row, ("None is enabled", ""))


def _health_panel() -> Panel:
    return Panel("Health", ("health", "checks"), _check_row, ("No single checks", lacking(Ability.HEALTH)))


def _panel(live: Live, panel: Panel, beside: Any = None) -> rx.Component:
    """Return a panel; that there is nothing it says only where the server has answered so."""
    rows = live.several(*panel.path)
    table = rx.el.table(
        rx.el.tbody(rx.foreach(rows, panel.draw)),
        class_name="table plain-table",
        custom_attrs={"aria-label": panel.title},
    )
    unknown = unknown_state(live.error, Live("link").about["mode"] == "offline")
    # That there was nothing before the server fell silent says nothing of now.
    told = live.answered(*panel.path) & ~live.error.bool()
    otherwise = rx.cond(told, empty_state(*panel.none), unknown)
    return card(panel.title, rx.cond(rows.length() > 0, table, otherwise), beside=beside)


def page() -> rx.Component:
    """Return the page."""
    live = Live("dashboard")
    about = live.about
    health = rx.el.span(about["health"].to(dict[str, Any])["status"].to(str), class_name="dim")
    return rx.fragment(
        title_bar("Dashboard", actions=(run_button(),)),
        rx.cond(live.error, failure_notice(live.error, about["stale_since"])),
        pause_notice(),
        _figures(about),
        rx.el.div(
            _panel(live, FAILURES),
            rx.el.div(
                _panel(live, SCHEDULES),
                _panel(live, _health_panel(), beside=health),
                class_name="stack",
            ),
            class_name="two",
        ),
    )
