"""`/executions`: the live list."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.live import Fresh, Live
from ratchet_web.components.parts import icon_button, number, progress, segments, title_bar, to
from ratchet_web.components.status import status
from ratchet_web.components.tables import Column, ListVars, cell, data_table, nothing_here
from ratchet_web.components.times import ago, duration
from ratchet_web.state.acts import Acts
from ratchet_web.state.executions import ExecutionList

COLUMNS = (
    Column("Status", "status"),
    Column("Task"),
    Column("Execution"),
    Column("Duration", "duration_ms", numeric=True),
    Column("Progress"),
    Column("Queued", "queued_at"),
    Column("Started by"),
    Column("Actions", hidden_title=True),
)


def started_by(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return what started an execution: a schedule, a job, a retry, or a call."""
    retried = rx.fragment("retry of ", to(row["retry_of"], href="/executions/" + row["retry_of"].to(str)))
    job = to("job ", row["job_id"], href="/jobs/" + row["job_id"].to(str))
    attempt = rx.cond(row["attempt"].to(int) > 1, rx.fragment(" · attempt ", row["attempt"].to(int)))
    return rx.cond(row["retry_of"], retried, rx.cond(row["job_id"], rx.fragment(job, attempt), "run by hand"))


def execution_actions(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return the buttons of what can be done to an execution now."""
    id = row["id"].to(str)
    busy = Acts.busy.contains("executions/" + id)
    stop = antd.Popconfirm.create(
        icon_button("cancel", "Cancel execution " + id, disabled=busy),
        title="Cancel this execution?",
        description="Its work stops at once.",
        ok_text="Cancel execution",
        cancel_text="Keep running",
        ok_button_props={"danger": True},
        placement="left",
        on_confirm=Acts.cancel_execution(id).temporal,
    )
    again = icon_button(
        "retry", "Retry execution " + id, disabled=busy, on_click=Acts.retry_execution(id).temporal
    )
    return rx.el.div(rx.cond(row["can_cancel"], stop), rx.cond(row["can_retry"], again))


@rx.memo
def execution_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One execution; it is redrawn only when it changed."""
    id = row["id"].to(str)
    name = rx.cond(row["task_name"], row["task_name"].to(str), "task " + row["task_id"].to(str))
    running = row["status"] == "RUNNING"
    return rx.el.tr(
        cell(status(row["status"].to(str))),
        cell(to(name, href="/tasks/" + row["task_id"].to(str))),
        cell(to(id, href="/executions/" + id, class_name="mono"), phone="foot"),
        cell(duration(ms=row["duration_ms"], since=rx.cond(running, row["started_at"], None)), numeric=True, phone="corner"),
        cell(rx.cond(running & row["progress"].is_not_none(), progress(row["progress"])), phone="line"),
        cell(ago(at=row["queued_at"]), phone="end"),
        cell(started_by(row), phone="foot"),
        rx.el.td(execution_actions(row), class_name="actions"),
    )


def _filters(view: Live) -> rx.Component:
    picker = antd.Select.create(
        value=rx.cond(ExecutionList.task, ExecutionList.task, None),
        options=Live("tasks?limit=100").rows,
        field_names={"value": "id", "label": "name"},
        placeholder="Any task",
        allow_clear=True,
        show_search=True,
        option_filter_prop="name",
        popup_match_select_width=False,
        custom_attrs={"aria-label": "Task"},
        style={"minWidth": "180px"},
        on_change=ExecutionList.pick_task,
    )
    counts = view.about["counts"].to(dict[str, int])
    return rx.el.div(segments(ExecutionList.statuses, counts, "Status"), picker, class_name="filters")


def page() -> rx.Component:
    """Return the page."""
    live = Live(ExecutionList.topic)
    view = ListVars(
        live,
        ExecutionList.sort_links,
        ExecutionList.sorted_by,
        ExecutionList.page,
        ExecutionList.limit,
        ExecutionList.previous_link,
        ExecutionList.next_link,
    )
    run = to("Run a task", href="/tasks", class_name="ant-btn")
    empty = nothing_here("No executions here", "Each run of a task shows up here as it happens.", run)
    return rx.fragment(
        title_bar(
            "Executions",
            rx.el.span(number(live.about["total"]), class_name="total"),
            Fresh.create(topic=live.topic),
        ),
        _filters(live),
        data_table(view, COLUMNS, execution_row, label="Executions", empty=empty),
    )
