"""`/executions`: the live list."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.components.list_filters import MoreFilters, TimeFilter
from ratchet_web.components.list_tools import Export, InTime, Views
from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, link_button, progress, segments, title_bar, to
from ratchet_web.components.shortcuts import by_row_key
from ratchet_web.components.status import status
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.ticks import Ticks
from ratchet_web.components.times import ago, duration
from ratchet_web.pages.acts import Act, act_icon, if_may, is_busy
from ratchet_web.pages.bulk import act_on_all, tick_bar, tick_cell, tick_column
from ratchet_web.pages.lists import (
    beside_title,
    filter_chips,
    ignored_notice,
    list_vars,
    marked,
    task_link,
    task_picker,
    unapplied_notice,
)
from ratchet_web.pages.run import run_button
from ratchet_web.state.acts import Acts
from ratchet_web.state.executions import ExecutionList

COLUMNS = (
    Column("Status", "status"),
    Column("Task"),
    Column("Execution", fixed=True),
    Column("Duration", "duration_ms", numeric=True),
    Column("Progress"),
    Column("Queued", "queued_at"),
    Column("Started by", fold=2),
    Column("Actions", hidden_title=True),
)
EXPORT = "/console/executions/export"
VIEWS = [
    {"name": "Failed in 24 h", "search": "?status=FAILED&range=24h"},
    {"name": "Slow in 24 h", "search": "?min_ms=10000&range=24h&sort=-duration_ms"},
    {"name": "Running", "search": "?status=RUNNING"},
]


def started_by(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return what started an execution: a schedule, a job, a retry, or a call; a dash where nobody says."""
    retried = rx.fragment("retry of ", to(row["retry_of"], href="/executions/" + row["retry_of"].to(str)))
    job = to("job ", row["job_id"], href="/jobs/" + row["job_id"].to(str))
    attempt = rx.cond(row["attempt"].to(int) > 1, rx.fragment(" · attempt ", row["attempt"].to(int)))
    schedule = rx.cond(
        row["schedule_id"],
        rx.fragment(
            to("schedule ", row["schedule_id"], href="/schedules/" + row["schedule_id"].to(str)), " · "
        ),
    )
    queued = rx.fragment(schedule, job, attempt)
    direct = rx.cond(lacking(Ability.ORIGIN), "–", "direct run")
    return rx.el.span(
        rx.cond(row["retry_of"], retried, rx.cond(row["job_id"], queued, direct)), class_name="said"
    )


def can_retry(row: rx.Var[dict[str, Any]]) -> rx.Var[bool]:
    """Return whether an execution can be retried; where its task is gone, it would be refused."""
    return row["can_retry"].bool() & ~row["task_deleted"].bool()


def never_began(row: rx.Var[dict[str, Any]]) -> rx.Var[bool]:
    """Return whether it was cancelled while it waited."""
    return (row["status"] == "CANCELLED") & ~row["started_at"].bool()


def execution_actions(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return the buttons of what can be done to an execution now."""
    id = row["id"].to(str)
    busy = is_busy("executions", id)
    stop = antd.Popconfirm.create(
        act_icon(Act.CANCEL_EXECUTION, "cancel", "Cancel execution " + id, busy=busy, keys=by_row_key("c")),
        title="Cancel this execution?",
        description="Its work stops at once.",
        ok_text="Cancel execution",
        cancel_text="Keep running",
        ok_button_props={"danger": True},
        placement="left",
        on_confirm=Acts.cancel_execution(id).temporal,
    )
    seen = rx.cond(row["retried_by"], row["retried_by"].to(str), "")
    press = Acts.retry_execution(id, seen).temporal
    label, keys = "Retry execution " + id, by_row_key("r")
    again = act_icon(Act.RETRY_EXECUTION, "retry", label, busy=busy, on_click=press, keys=keys)
    return rx.el.div(
        if_may(Act.CANCEL_EXECUTION, rx.cond(row["can_cancel"], stop)),
        if_may(Act.RETRY_EXECUTION, rx.cond(can_retry(row), again)),
    )


@rx.memo
def execution_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One execution; it is redrawn only when it changed."""
    id = row["id"].to(str)
    running = row["status"] == "RUNNING"
    return rx.el.tr(
        tick_cell(id, "execution"),
        cell(status(row["status"].to(str))),
        cell(task_link(row)),
        cell(to(id, href="/executions/" + id, class_name="mono"), phone="foot"),
        cell(
            duration(ms=row["duration_ms"], since=rx.cond(running, row["started_at"], None)),
            numeric=True,
            phone="corner",
        ),
        cell(rx.cond(running & row["progress"].is_not_none(), progress(row["progress"])), phone="line"),
        cell(ago(at=row["queued_at"]), phone="end"),
        cell(started_by(row), phone="foot", fold=2),
        rx.el.td(execution_actions(row), class_name="actions"),
        class_name=rx.cond(row["gone"], "stale", ""),
        custom_attrs={"data-id": id},
    )


def _compare(ticks: Ticks) -> rx.Component:
    """Return the link that lays two ticked executions side by side."""
    first, second = ticks.ids[0], ticks.ids[1]
    # The older on the left, whichever was ticked first: what changed is read from left to right.
    in_order = rx.Var(f"(Number({first!s}) <= Number({second!s}))", _var_type=bool).to(bool)
    a, b = rx.cond(in_order, first, second), rx.cond(in_order, second, first)
    href = rx.Var.create("/executions/compare?a=") + a.to(str) + "&b=" + b.to(str)
    return rx.cond(~ticks.all & (ticks.count == 2), link_button("Compare", href))


def _filters(view: Live) -> rx.Component:
    picker = task_picker(ExecutionList.task, ExecutionList.pick_task)
    counts = view.about["counts"].to(dict[str, int])
    return rx.el.div(
        marked(segments(ExecutionList.statuses, counts, "Status"), view, "status"),
        rx.el.div(
            marked(TimeFilter.create(), view, "since", "until"),
            marked(picker, view, "task"),
            MoreFilters.create(payloads=lacking(Ability.PAYLOAD_SEARCH) == ""),
            Views.create(list="executions", given=VIEWS),
            class_name="picks",
        ),
        filter_chips(ExecutionList, view),
        tick_bar(view, "executions", "cancel", "retry", beside=_compare),
        class_name="filters",
    )


def page() -> rx.Component:
    """Return the page."""
    view = list_vars(ExecutionList)
    run = to("Choose a task to run", href="/tasks")
    empty = empty_state("No executions here", "Each run of a task shows up here as it happens.", run)
    return rx.fragment(
        title_bar(
            "Executions",
            *beside_title(view.live),
            actions=(
                Export.create(source=EXPORT, name="executions", total=view.live.about["total"]),
                act_on_all(view.live, "executions"),
                run_button(),
            ),
        ),
        _filters(view.live),
        rx.cond(lacking(Ability.DENSITY), rx.fragment(), InTime.create(topic=ExecutionList.in_time)),
        ignored_notice(ExecutionList),
        unapplied_notice(view.live),
        data_table(
            view,
            (tick_column(view.live, "executions"), *COLUMNS),
            execution_row,
            label="Executions",
            empty=empty,
        ),
    )
