"""How a task fares: its last runs, its newest failures, its schedules."""

from typing import Any

import reflex as rx

from ratchet_web.components.activity import RunStrip
from ratchet_web.components.icons import icon
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, empty_state, failure_notice, to
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, if_may
from ratchet_web.pages.details import unknown_card
from ratchet_web.pages.run import run_button
from ratchet_web.pages.schedules import next_run, when
from ratchet_web.state.tasks import TaskDetail

Row = rx.Var[dict[str, Any]]
PICTURES = {"ok": "check", "warn": "warning", "bad": "cross", "none": "clock"}


def overview(task: Row) -> rx.Component:
    """Return the tab."""
    live = Live(TaskDetail.overview_topic)
    known = rx.fragment(
        _health(live, task),
        rx.el.div(_failures(live), _schedules(live), class_name="columns spaced"),
    )
    unknown = unknown_card(live.error)
    failed = rx.cond(live.error, failure_notice(live.error, live.about["stale_since"]))
    return rx.fragment(failed, rx.cond(live.answered("health"), known, unknown))


def _health(live: Live, task: Row) -> rx.Component:
    health = live.about["health"].to(dict[str, str])
    kind = health["kind"]
    looks = [(name, icon(picture)) for name, picture in PICTURES.items()]
    words = rx.el.p(rx.match(kind, *looks, rx.fragment()), health["words"], class_name="health " + kind)
    strip = rx.el.div(
        RunStrip.create(runs=live.rows),
        rx.el.p(
            "Each bar is a run, the newest at the right; the higher, the longer it took.", class_name="dim"
        ),
        class_name="pad stack tight",
    )
    run = run_button(TaskDetail.id, label="Run it…", disabled=~task["enabled"].to(bool))
    none = empty_state("No runs yet", "Run it to see what it does.", run)
    return card("Last runs", rx.cond(live.rows.length() > 0, strip, none), beside=words)


def _failures(live: Live) -> rx.Component:
    def failure(row: Row) -> rx.Component:
        error = rx.cond(row["error_message"], row["error_message"].to(str), "Failed")
        link = to(error, href="/executions/" + row["id"].to(str), class_name="one-line", title=error)
        return rx.el.tr(
            rx.el.td(link),
            rx.el.td(ago(at=row["completed_at"]), class_name="num dim"),
            key=row["id"].to(str),
        )

    rows = live.several("failures")
    every = to("All failures", href=TaskDetail.failures_link)
    none = empty_state("Nothing has failed", "The newest failures of this task show up here.")
    return card(
        "Newest failures",
        rx.cond(rows.length() > 0, _table("Newest failures", rx.foreach(rows, failure)), none),
        beside=rx.cond(rows.length() > 0, every),
    )


def _schedules(live: Live) -> rx.Component:
    def schedule(row: Row) -> rx.Component:
        name = to(row["name"].to(str), href="/schedules/" + row["id"].to(str), class_name="one-line")
        return rx.el.tr(
            rx.el.td(name, rx.el.span(when(row), class_name="under dim")),
            rx.el.td(next_run(row), class_name="num"),
            key=row["id"].to(str),
        )

    rows = live.several("schedules")
    every = to("All of them", href=TaskDetail.schedules_link)
    new = if_may(Act.EDIT_SCHEDULE, to("New schedule", href="/schedules/new?task=" + TaskDetail.id))
    none = empty_state("No schedule", "It runs when somebody, or something, asks for it.")
    return card(
        "Schedules",
        rx.cond(rows.length() > 0, _table("Schedules", rx.foreach(rows, schedule)), none),
        beside=rx.fragment(rx.cond(live.about["more"], every), new),
    )


def _table(label: str, rows: rx.Component) -> rx.Component:
    return rx.el.table(rx.el.tbody(rows), class_name="table plain-table", custom_attrs={"aria-label": label})
