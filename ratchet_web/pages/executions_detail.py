"""`/executions/[execution_id]`: what one attempt does, or did."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking_note, unless_lacking
from ratchet_web.components.json_view import json_view
from ratchet_web.components.live import Live
from ratchet_web.components.logs import log_view
from ratchet_web.components.parts import (
    copy_button,
    link_button,
    progress,
    tab_links,
    title_bar,
    to,
)
from ratchet_web.components.run_line import run_line
from ratchet_web.components.shortcuts import by_key, shortcuts
from ratchet_web.components.status import priority, status
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.details import detail_page
from ratchet_web.pages.executions import can_retry, never_began, started_by
from ratchet_web.pages.executions_attempts import attempts
from ratchet_web.pages.executions_failure import failure_card
from ratchet_web.state.acts import Acts
from ratchet_web.state.executions_detail import ExecutionDetail

Row = rx.Var[dict[str, Any]]


def _actions(row: Row) -> tuple[rx.Component, ...]:
    id = ExecutionDetail.id
    busy = is_busy("executions", id)
    task = row["task_id"].to(str)
    runnable = row["task_id"].bool() & ~row["task_deleted"].bool()
    again = link_button("Run again…", "/tasks/" + task + "?run=" + task)
    return (
        if_may(Act.CANCEL_EXECUTION, rx.cond(row["can_cancel"], _cancel(busy))),
        if_may(Act.RETRY_EXECUTION, rx.cond(can_retry(row), _retry(row, busy))),
        if_may(Act.RUN_TASK, rx.cond(runnable & ~row["can_retry"].bool(), again)),
    )


def _cancel(busy: rx.Var[bool]) -> rx.Component:
    attrs = {**by_key("c"), "title": "Cancel (c)"}
    return antd.Popconfirm.create(
        act_button(Act.CANCEL_EXECUTION, "Cancel", danger=True, loading=busy, custom_attrs=attrs),
        title="Cancel this execution?",
        description="Its work stops at once.",
        ok_text="Cancel execution",
        cancel_text="Keep running",
        ok_button_props={"danger": True},
        placement="bottomRight",
        on_confirm=Acts.cancel_execution(ExecutionDetail.id).temporal,
    )


def _retry(row: Row, busy: rx.Var[bool]) -> rx.Component:
    seen = rx.cond(row["retried_by"], row["retried_by"].to(str), "")
    press = Acts.retry_and_open(ExecutionDetail.id, seen).temporal
    attrs = {**by_key("r"), "title": "Retry as it was (r)"}

    def retry(**on_press: Any) -> rx.Component:
        return act_button(Act.RETRY_EXECUTION, "Retry", loading=busy, custom_attrs=attrs, **on_press)

    once_more = antd.Popconfirm.create(
        retry(),
        title="Retry once more?",
        description="It was retried already, as execution " + seen + ".",
        ok_text="Retry once more",
        cancel_text="Leave it",
        placement="bottomRight",
        on_confirm=press,
    )
    fix = link_button(
        "Fix and re-run…",
        "/executions/" + ExecutionDetail.id + "/rerun",
        title="Fix and re-run (e)",
        custom_attrs=by_key("e"),
    )
    return rx.fragment(fix, rx.cond(seen, once_more, retry(on_click=press)))


def _facts(live: Live, row: Row) -> rx.Component:
    id = rx.el.span(
        rx.el.span(ExecutionDetail.id, class_name="mono"), copy_button(ExecutionDetail.id, "execution id")
    )
    revision = rx.cond(
        row["task_revision"], rx.el.span(" (revision ", row["task_revision"].to(str), ")", class_name="dim")
    )
    version = rx.cond(row["task_version"], rx.fragment(row["task_version"].to(str), revision), "–")
    changed = rx.cond(live.about["input_changed"], ", input changed", "")
    again = rx.cond(
        row["retried_by"],
        to("execution ", row["retried_by"].to(str), href="/executions/" + row["retried_by"].to(str)),
        "no",
    )
    shown = [
        ("Execution", id),
        ("Started by", rx.el.span(rx.cond(row["job_id"], _job(row), started_by(row)), changed)),
        ("Task version", version),
        ("Worker", rx.cond(row["worker"], row["worker"].to(str), "–")),
        ("Priority", rx.cond(row["priority"], priority(row["priority"].to(str)), "–")),
    ]
    parts = [rx.el.div(rx.el.dt(name), rx.el.dd(value)) for name, value in shown]
    parts.append(rx.cond(row["can_retry"], rx.el.div(rx.el.dt("Retried as"), rx.el.dd(again))))
    return rx.el.dl(*parts, class_name="facts")


def _job(row: Row) -> rx.Component:
    """Return which job it ran for, and which schedule that is of."""
    schedule = to("schedule ", row["schedule_id"].to(str), href="/schedules/" + row["schedule_id"].to(str))
    job = to("job ", row["job_id"].to(str), href="/jobs/" + row["job_id"].to(str))
    attempt = rx.cond(row["attempt"].to(int) > 1, rx.fragment(", attempt ", row["attempt"].to(str)))
    before = rx.cond(
        row["retry_of"],
        rx.fragment(
            ", retry of ", to(row["retry_of"].to(str), href="/executions/" + row["retry_of"].to(str))
        ),
    )
    of = rx.cond(row["schedule_id"], rx.fragment(schedule, " · "))
    return rx.fragment(of, job, attempt, before)


def _data(row: Row) -> rx.Component:
    output_none = rx.match(
        row["status"],
        ("COMPLETED", "The task returned nothing."),
        ("FAILED", "It failed before it returned anything."),
        ("CANCELLED", "It was cancelled before it returned anything."),
        "No output yet.",
    )
    columns = rx.el.div(
        _payload("Input", "input", row, "No input."),
        _payload("Output", "output", row, output_none),
        class_name="columns",
    )
    return rx.fragment(lacking_note(Ability.INPUT), columns)


def _payload(label: str, name: str, row: Row, empty: Any) -> rx.Component:
    return json_view(
        label,
        ExecutionDetail.data_source + f"/payloads/{name}",
        text=row[f"{name}_text"],
        size=row[f"{name}_size"],
        version=row["status"],
        empty=empty,
    )


def _raw(row: Row) -> rx.Component:
    changes = row["status"].to(str) + " " + row["retried_by"].to(str)
    source = ExecutionDetail.data_source + "/payloads/execution"
    curl = rx.el.div(
        rx.el.code(ExecutionDetail.curl, class_name="mono"),
        copy_button(ExecutionDetail.curl, "cURL command"),
        class_name="row curl",
    )
    return rx.el.div(json_view("Execution", source, size=1, version=changes), curl, class_name="stack")


def _tabs(row: Row) -> rx.Component:
    base = "/executions/" + ExecutionDetail.id
    lines = log_view(
        ExecutionDetail.log_source, ExecutionDetail.log_topic, height=520, unbegun=never_began(row)
    )
    logs = unless_lacking(Ability.LOGS, lines, "No log")
    return rx.fragment(
        tab_links(
            ("Logs", base, ExecutionDetail.tab == "logs"),
            ("Input & output", base + "?tab=data", ExecutionDetail.tab == "data"),
            ("Attempts", base + "?tab=attempts", ExecutionDetail.tab == "attempts"),
            ("Raw", base + "?tab=raw", ExecutionDetail.tab == "raw"),
        ),
        rx.match(
            ExecutionDetail.tab,
            ("data", _data(row)),
            ("attempts", attempts()),
            ("raw", _raw(row)),
            logs,
        ),
    )


def _keys(row: Row) -> rx.Component:
    """Return the keys that do something now."""
    again = rx.cond(can_retry(row), shortcuts(r="retry", e="fix and re-run"), shortcuts())
    return rx.cond(row["can_cancel"], shortcuts(c="cancel"), again)


def page() -> rx.Component:
    """Return the page."""
    live = Live(ExecutionDetail.topic)
    row = live.row
    name = rx.cond(row["task_name"], row["task_name"].to(str), "Execution")
    gone = rx.cond(row["task_deleted"], rx.el.span(" (deleted)", class_name="dim"))
    there = row["task_id"].bool() & ~row["task_deleted"].bool()
    title = rx.cond(
        there, to(name, href="/tasks/" + row["task_id"].to(str), class_name="ink"), rx.fragment(name, gone)
    )
    moving = (row["status"] == "RUNNING") & row["progress"].is_not_none()
    note = row["progress_note"].to(str)
    bar = rx.el.div(progress(row["progress"], note, wide=True), class_name="spaced")
    return detail_page(
        live,
        "execution",
        title_bar(title, status(row["status"].to(str)), actions=_actions(row)),
        _facts(live, row),
        rx.el.div(run_line(row), rx.cond(moving, bar)),
        failure_card(live),
        _tabs(row),
        _keys(row),
    )
