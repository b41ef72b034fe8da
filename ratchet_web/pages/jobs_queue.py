"""`/jobs/queue`: why a job waits, in one look."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking_note, unless_lacking
from ratchet_web.components.jobs_queue import Delayed, Depth
from ratchet_web.components.live import Live
from ratchet_web.components.parts import (
    card,
    empty_state,
    failure_notice,
    link_button,
    number,
    title_bar,
    to,
    unknown_state,
)
from ratchet_web.components.status import priority, status
from ratchet_web.components.tables import cell
from ratchet_web.components.times import ago, duration, instant
from ratchet_web.pages.acts import Act, if_may
from ratchet_web.pages.jobs_views import job_views
from ratchet_web.pages.lists import ignored_notice, task_link, task_picker
from ratchet_web.pages.pauses import pause_notice, pause_queue_button
from ratchet_web.state.jobs_queue import JobQueue

Row = rx.Var[dict[str, Any]]
LANES = ("Priority", "Ready now", "Oldest wait", "Pace in the last 5 min", "Later", "What it means")


def _table(label: str, heads: tuple[str, ...], rows: rx.Component, kind: str) -> rx.Component:
    return rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(name, scope="col") for name in heads])),
        rx.el.tbody(rows),
        class_name=f"table {kind}",
        custom_attrs={"aria-label": label},
    )


@rx.memo
def lane_row(row: rx.Var[dict[str, Any]], narrowed: rx.Var[str]) -> rx.Component:
    """One priority."""
    id = row["id"].to(str)
    of_all = id == "all"
    here = rx.cond(of_all, "/jobs?", "/jobs?priority=" + id + "&") + "sort=queued_at"
    ready = rx.cond(row["ready"].is_not_none(), here + "&due=1", here + "&status=QUEUED").to(str)
    oldest = to(
        duration(since=row["oldest_ready_at"]),
        href="/jobs/queue?job=" + row["oldest_job_id"].to(str) + narrowed,
        title="When will it begin?",
        custom_attrs={"data-oldest": ""},
    )
    dash = rx.el.span("–", class_name="dim")
    return rx.el.tr(
        cell(rx.cond(of_all, "All priorities", priority(id))),
        cell(
            to(Depth.create(value=row["depth"].to(int), share=row["share"].to(float)), href=ready + narrowed),
            phone="line",
        ),
        cell(
            rx.el.span("Oldest wait ", class_name="named"),
            rx.cond(row["oldest_ready_at"], oldest, dash),
            phone="foot",
        ),
        cell(_pace(row), phone="end"),
        cell(_later(row, here, narrowed, dash), phone="foot"),
        rx.el.td(
            row["words"].to(str),
            class_name=rx.cond(row["alarming"], "means alarming", "means"),
            custom_attrs={"data-phone": "line"},
        ),
        custom_attrs={"data-lane": id},
    )


def _pace(row: Row) -> rx.Component:
    counts = rx.fragment(
        number(row["arrived"]), " came, ", number(row["started"]), " begun, ", number(row["ended"]), " over"
    )
    named = rx.el.span("Pace ", class_name="named")
    told = rx.fragment(named, row["pace"].to(str), rx.el.span(counts, class_name="under dim"))
    return rx.cond(row["pace"], told, rx.el.span("–", class_name="dim"))


def _later(row: Row, here: rx.Var[str], narrowed: rx.Var[str], dash: rx.Component) -> rx.Component:
    scheduled = to(number(row["scheduled"]), " set for later", href=here + "&status=QUEUED&due=0" + narrowed)
    retrying = to(number(row["retrying"]), " to retry", href=here + "&status=RETRYING&due=0" + narrowed)
    known = row["scheduled"].is_not_none() | row["retrying"].is_not_none()
    some = rx.fragment(
        rx.cond(row["scheduled"].to(int) > 0, rx.el.span(scheduled, class_name="under")),
        rx.cond(row["retrying"].to(int) > 0, rx.el.span(retrying, class_name="under")),
    )
    none = (row["scheduled"].to(int) | row["retrying"].to(int)) == 0
    return rx.cond(known, rx.cond(none, rx.el.span("none", class_name="dim none"), some), dash)


def _lanes(live: Live) -> rx.Component:
    rows = rx.foreach(
        live.rows,
        lambda each: rx.fragment(lane_row(row=each, narrowed=JobQueue.narrowed), key=each["id"].to(str)),
    )
    none = (live.about["waiting"] == 0) & (live.about["running"] == 0)
    empty = empty_state(
        "The queue is empty",
        "Nothing waits and nothing runs: a new job begins at once.",
        if_may(Act.RUN_TASK, link_button("New job", "/jobs/new")),
    )
    table = rx.el.div(_table("Lanes", LANES, rows, "queue-lanes"), class_name="card table-card")
    return rx.cond(none, rx.el.div(empty, class_name="card table-card"), table)


def _explanation(live: Live) -> rx.Component:
    field = rx.el.input(
        name="job",
        default_value=JobQueue.job,
        key=JobQueue.job,
        input_mode="numeric",
        auto_complete="off",
        max_length=20,
        placeholder="Number of a job",
        custom_attrs={"aria-label": "Number of a job"},
    )
    press = rx.el.button("Explain", type="submit", class_name="button")
    clear = rx.cond(JobQueue.job, to("Clear", href=JobQueue.without_job))
    mistake = rx.el.span(JobQueue.mistake, class_name="form-error", role="alert")
    form = rx.el.form(
        field, press, clear, mistake, class_name="explain pad", on_submit=JobQueue.explain, role="form",
        custom_attrs={"aria-label": "When will a job begin?"},
    )  # fmt: skip
    return card("When will a job begin?", form, rx.cond(JobQueue.job, _explained(live)))


def _explained(live: Live) -> rx.Component:
    job = live.about["job"].to(dict[str, Any])
    estimate = job["estimate"].to(dict[str, str])
    id = job["id"].to(str)
    when = rx.cond(
        estimate["at"],
        rx.fragment(rx.el.b("About ", ago(at=estimate["at"])), ", at ", instant(at=estimate["at"]), ". "),
    )
    head = (
        rx.el.span(to("Job " + id, href="/jobs/" + id), " of ", task_link(job)),
        status(job["status"].to(str)),
        priority(job["priority"].to(str)),
    )
    told = rx.fragment(rx.el.div(*head, class_name="row"), rx.el.p(when, estimate["words"]))
    why = unless_lacking(Ability.QUEUE, rx.el.p("There is no job ", JobQueue.job, "."), "Not known")
    awaited = rx.el.span(class_name="skeleton")
    return rx.el.div(
        rx.cond(job, told, rx.cond(live.ready, why, awaited)), class_name="explained", role="status"
    )


def _worker(row: Row) -> rx.Component:
    execution, job = row["execution_id"].to(str), row["job_id"].to(str)
    run = to("execution ", execution, href="/executions/" + execution)
    busy = rx.fragment(
        cell(task_link(row), phone="foot"),
        cell(rx.cond(row["job_id"], to("job ", job, href="/jobs/" + job), run), phone="foot"),
        cell(priority(row["priority"].to(str)), phone="foot"),
        cell(duration(since=row["started_at"]), phone="corner", numeric=True),
    )
    free = rx.match(row["status"], ("idle", "Idle"), ("starting", "Starting"), "Busy with something else")
    idle = rx.fragment(cell(rx.el.span(free, class_name="dim"), phone="corner", col_span=4))
    return rx.el.tr(
        cell(row["name"].to(str)),
        rx.cond(row["execution_id"], busy, idle),
        key=row["name"].to(str),
        custom_attrs={"data-worker": row["name"].to(str)},
    )


def _running(live: Live) -> rx.Component:
    heads = ("Worker", "Task", "Runs", "Priority", "For")
    rows = rx.foreach(live.several("workers"), _worker)
    told = rx.el.span(
        number(live.about["idle"]), " of ", live.several("workers").length(), " idle", class_name="dim"
    )
    table = _table("Workers", heads, rows, "queue-workers")
    return unless_lacking(
        Ability.QUEUE,
        card("What runs now", table, beside=told),
        "What runs now",
    )


def _coming_row(row: Row) -> rx.Component:
    id = row["id"].to(str)
    again = rx.fragment(" attempt ", number(row["retry_count"].to(int) + 1))
    return rx.el.tr(
        cell(ago(at=row["due_at"])),
        cell(task_link(row), phone="foot"),
        cell(to("job ", id, href="/jobs/" + id), phone="foot"),
        cell(priority(row["priority"].to(str)), phone="foot"),
        cell(
            rx.cond(
                row["status"] == "RETRYING",
                rx.fragment(status("RETRYING"), rx.el.span(again, class_name="dim")),
                rx.el.span("Set for later", class_name="dim"),
            ),
            phone="corner",
        ),
        key=id,
        custom_attrs={"data-id": id},
    )


def _later_on(live: Live) -> rx.Component:
    rows = live.several("coming")
    heads = ("Due", "Task", "Job", "Priority", "Why")
    table = _table("Next delayed jobs", heads, rx.foreach(rows, _coming_row), "queue-coming")
    axis = Delayed.create(topic=live.topic, narrowed=JobQueue.narrowed)
    told = rx.fragment(axis, rx.cond(rows.length() > 0, table))
    return unless_lacking(Ability.QUEUE, card("What comes later", told), "What comes later")


def page() -> rx.Component:
    """Return the page."""
    live = Live(JobQueue.topic)
    about = live.about
    total = rx.fragment(number(about["waiting"]), " waiting · ", number(about["running"]), " running")
    unknown = unknown_state(live.error, Live("link").about["mode"] == "offline")
    drawn = rx.fragment(
        _lanes(live),
        rx.el.div(_running(live), _explanation(live), class_name="columns spaced"),
        rx.el.div(_later_on(live), class_name="spaced"),
    )
    return rx.fragment(
        title_bar(
            "Queue",
            job_views("Queue", JobQueue.task),
            rx.el.span(total, class_name="total"),
            actions=(task_picker(JobQueue.task, JobQueue.pick_task), pause_queue_button()),
        ),
        pause_notice(),
        ignored_notice(JobQueue),
        lacking_note(Ability.QUEUE),
        rx.cond(live.error, failure_notice(live.error, live.about["stale_since"])),
        rx.cond(live.rows.length() > 0, drawn, rx.el.div(unknown, class_name="card spaced")),
    )
