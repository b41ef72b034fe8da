"""`/executions/[execution_id]`: what one attempt does, or did."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking_note, unless_lacking
from ratchet_web.components.live import Live
from ratchet_web.components.logs import log_view
from ratchet_web.components.parts import (
    copy_button,
    facts,
    json_card,
    link_button,
    progress,
    tab_links,
    title_bar,
    to,
)
from ratchet_web.components.status import status
from ratchet_web.components.times import ago, duration, instant
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.details import detail_page
from ratchet_web.pages.executions import started_by
from ratchet_web.state.acts import Acts
from ratchet_web.state.executions import ExecutionDetail

Row = rx.Var[dict[str, Any]]


def _actions(row: Row) -> tuple[rx.Component, ...]:
    id = ExecutionDetail.id
    busy = is_busy("executions", id)
    cancel = antd.Popconfirm.create(
        act_button(Act.CANCEL_EXECUTION, "Cancel", danger=True, loading=busy),
        title="Cancel this execution?",
        description="Its work stops at once.",
        ok_text="Cancel execution",
        cancel_text="Keep running",
        ok_button_props={"danger": True},
        placement="bottomRight",
        on_confirm=Acts.cancel_execution(id).temporal,
    )
    press = Acts.retry_and_open(id).temporal
    retry = act_button(Act.RETRY_EXECUTION, "Retry", loading=busy, on_click=press)
    task = row["task_id"].to(str)
    again = link_button("Run again…", "/tasks/" + task + "?run=" + task)
    return (
        if_may(Act.CANCEL_EXECUTION, rx.cond(row["can_cancel"], cancel)),
        if_may(Act.RETRY_EXECUTION, rx.cond(row["can_retry"], retry)),
        if_may(Act.RUN_TASK, rx.cond(row["task_id"], again)),
    )


def _times(row: Row) -> rx.Component:
    running = row["status"] == "RUNNING"
    ran = duration(ms=row["duration_ms"], since=rx.cond(running, row["started_at"], None))
    on_worker = rx.cond(row["worker"], rx.fragment(" on ", row["worker"].to(str)))
    id = rx.el.span(
        rx.el.span(ExecutionDetail.id, class_name="mono"), copy_button(ExecutionDetail.id, "execution id")
    )
    return facts(
        ("Execution", id),
        ("Queued", rx.fragment(instant(at=row["queued_at"]), " · ", ago(at=row["queued_at"]))),
        ("Started", instant(at=row["started_at"], empty="not yet")),
        ("Ran", rx.fragment(ran, on_worker)),
        ("Task version", rx.cond(row["task_version"], row["task_version"].to(str), "–")),
        ("Started by", started_by(row)),
    )


def _failure(row: Row) -> rx.Component:
    stack = rx.cond(row["error_stack"], rx.el.pre(row["error_stack"].to(str)))
    card = rx.el.section(
        rx.el.h2(row["error_message"].to(str)),
        stack,
        class_name="card pad failure",
        custom_attrs={"aria-label": "Error"},
    )
    return rx.cond(row["error_message"].bool() & (row["status"] != "CANCELLED"), card)


def _tabs(row: Row) -> rx.Component:
    base = "/executions/" + ExecutionDetail.id
    lines = log_view(ExecutionDetail.log_source, ExecutionDetail.log_topic, height=520)
    logs = unless_lacking(Ability.LOGS, lines, "No log")
    output_none = rx.match(
        row["status"],
        ("COMPLETED", "The task returned nothing."),
        ("FAILED", "It failed before it returned anything."),
        ("CANCELLED", "It was cancelled before it returned anything."),
        "No output yet.",
    )
    columns = rx.el.div(
        json_card("Input", row["input_text"].to(str), empty="No input.", size=row["input_size"].to(int)),
        json_card("Output", row["output_text"].to(str), empty=output_none, size=row["output_size"].to(int)),
        class_name="columns",
    )
    data = rx.fragment(lacking_note(Ability.INPUT), columns)
    return rx.fragment(
        tab_links(
            ("Logs", base, ExecutionDetail.tab == "logs"),
            ("Input & output", base + "?tab=data", ExecutionDetail.tab == "data"),
        ),
        rx.cond(ExecutionDetail.tab == "logs", logs, data),
    )


def page() -> rx.Component:
    """Return the page."""
    live = Live(ExecutionDetail.topic)
    row = live.row
    name = rx.cond(row["task_name"], row["task_name"].to(str), "Execution")
    title = rx.cond(row["task_id"], to(name, href="/tasks/" + row["task_id"].to(str), class_name="ink"), name)
    moving = (row["status"] == "RUNNING") & row["progress"].is_not_none()
    note = row["progress_note"].to(str)
    return detail_page(
        live,
        "execution",
        title_bar(title, status(row["status"].to(str)), actions=_actions(row)),
        _times(row),
        rx.cond(moving, rx.el.div(progress(row["progress"], note, wide=True), class_name="card pad spaced")),
        _failure(row),
        _tabs(row),
    )
