"""`/jobs`: the queue, live."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.list_filters import JobFilters, TimeFilter
from ratchet_web.components.list_tools import Export, Views
from ratchet_web.components.parts import empty_state, link_button, number, segments, title_bar, to
from ratchet_web.components.pauses import pause_of, paused_mark
from ratchet_web.components.shortcuts import by_row_key
from ratchet_web.components.status import priority, status
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, act_icon, if_may, is_busy
from ratchet_web.pages.bulk import act_on_all, tick_bar, tick_cell, tick_column
from ratchet_web.pages.jobs_views import job_views
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
from ratchet_web.pages.pauses import pause_notice, pause_queue_button
from ratchet_web.state.acts import Acts
from ratchet_web.state.jobs import JobList

COLUMNS = (
    Column("Status", "status"),
    Column("Task"),
    Column("Job", fixed=True),
    Column("Priority", "priority"),
    Column("Retries", "retry_count", numeric=True, fold=2),
    Column("Due", "scheduled_for"),
    Column("Queued", "queued_at"),
    Column("Actions", hidden_title=True),
)
EXPORT = "/console/jobs/export"
VIEWS = [
    {"name": "Waiting", "search": "?status=QUEUED&sort=-priority"},
    {"name": "Set for later", "search": "?due=0&scheduled=1&sort=scheduled_for&status=QUEUED"},
    {"name": "Retrying", "search": "?status=RETRYING"},
    {"name": "Failed in 24 h", "search": "?status=FAILED&range=24h"},
    {"name": "Out of retries in 7 d", "search": "?status=FAILED&range=7d&retries_left=0&min_retries=1"},
]
Row = rx.Var[dict[str, Any]]


def retries(row: Row) -> rx.Component:
    """Return how many retries a job had, of how many."""
    return rx.fragment(number(row["retry_count"]), " of ", number(row["max_retries"]))


def is_waiting(row: Row) -> rx.Var[bool]:
    """Return whether a job waits for its time or for a worker."""
    return (row["status"] == "QUEUED") | (row["status"] == "RETRYING")


def runs_when(row: Row) -> rx.Component:
    """Return when a waiting job is due, and that it is paused."""
    pause = pause_of(row["task_id"].to(str))
    free = rx.cond(pause["id"], rx.fragment(), "when a worker is free")
    due = rx.cond(row["scheduled_for"], rx.fragment(ago(at=row["scheduled_for"]), " "), free)
    waits = rx.fragment(due, paused_mark(pause))
    return rx.cond(is_waiting(row), waits, rx.el.span("–", class_name="dim"))


def can_cancel(row: Row) -> rx.Var[bool]:
    """Return whether a job is not over yet."""
    return is_waiting(row) | (row["status"] == "PROCESSING")


def can_retry(row: Row) -> rx.Var[bool]:
    """Return whether a job can be queued again."""
    return (row["status"] == "FAILED") | (row["status"] == "CANCELLED")


def cancel_question(id: rx.Var[str], button: rx.Component, placement: str) -> rx.Component:
    """Return a button that asks before it cancels a job."""
    return antd.Popconfirm.create(
        button,
        title="Cancel this job?",
        description="It will not run again; if it runs now, it stops at once.",
        ok_text="Cancel job",
        cancel_text="Keep it",
        ok_button_props={"danger": True},
        placement=placement,
        on_confirm=Acts.cancel_job(id).temporal,
    )


@rx.memo
def job_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One job."""
    id = row["id"].to(str)
    busy = is_busy("jobs", id)
    stop = act_icon(Act.CANCEL_JOB, "cancel", "Cancel job " + id, busy=busy, keys=by_row_key("c"))
    cancel = cancel_question(id, stop, "left")
    press = Acts.retry_job(id).temporal
    label, keys = "Retry job " + id, by_row_key("r")
    retry = act_icon(Act.RETRY_JOB, "retry", label, busy=busy, on_click=press, keys=keys)
    return rx.el.tr(
        tick_cell(id, "job"),
        cell(status(row["status"].to(str))),
        cell(task_link(row)),
        cell(to(id, href="/jobs/" + id, class_name="mono"), phone="foot"),
        cell(priority(row["priority"].to(str)), phone="corner"),
        cell(retries(row), numeric=True, phone="hide", fold=2),
        cell(runs_when(row), phone="foot"),
        cell(ago(at=row["queued_at"]), phone="end"),
        rx.el.td(
            rx.el.div(
                if_may(Act.CANCEL_JOB, rx.cond(can_cancel(row), cancel)),
                if_may(Act.RETRY_JOB, rx.cond(can_retry(row), retry)),
            ),
            class_name="actions",
        ),
        class_name=rx.cond(row["gone"], "stale", ""),
        custom_attrs={"data-id": id},
    )


def _new_job() -> rx.Var[str]:
    """Return the address of the form, for the task that the list is narrowed to."""
    return rx.cond(JobList.task, "/jobs/new?task=" + JobList.task, "/jobs/new").to(str)


def page() -> rx.Component:
    """Return the page."""
    view = list_vars(JobList)
    counts = view.live.about["counts"].to(dict[str, int])
    empty = empty_state(
        "No jobs here",
        "Schedules and the API queue jobs; each attempt of one is an execution.",
        to("See the schedules", href="/schedules"),
    )
    return rx.fragment(
        title_bar(
            "Jobs",
            job_views("List", JobList.task),
            *beside_title(view.live),
            actions=(
                Export.create(source=EXPORT, name="jobs", total=view.live.about["total"]),
                act_on_all(view.live, "jobs"),
                pause_queue_button(),
                if_may(Act.RUN_TASK, link_button("New job", _new_job(), primary=True)),
            ),
        ),
        pause_notice(),
        rx.el.div(
            marked(segments(JobList.statuses, counts, "Status"), view.live, "status"),
            rx.el.div(
                marked(TimeFilter.create(), view.live, "since", "until"),
                marked(task_picker(JobList.task, JobList.pick_task), view.live, "task"),
                JobFilters.create(),
                Views.create(list="jobs", given=VIEWS),
                class_name="picks",
            ),
            filter_chips(JobList, view.live),
            tick_bar(view.live, "jobs", "cancel", "retry", "priority"),
            class_name="filters",
        ),
        ignored_notice(JobList),
        unapplied_notice(view.live),
        data_table(view, (tick_column(view.live, "jobs"), *COLUMNS), job_row, label="Jobs", empty=empty),
    )
