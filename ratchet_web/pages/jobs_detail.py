"""`/jobs/[job_id]`: one job and its attempts."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking, lacking_note, note, unless_lacking
from ratchet_web.components.bulk import PriorityMenu
from ratchet_web.components.delays import delay_mark, delay_of
from ratchet_web.components.jobs_form import JobEditForm
from ratchet_web.components.live import Live
from ratchet_web.components.parts import copy_button, facts, json_card, link_button, tab_links, title_bar, to
from ratchet_web.components.status import priority, status
from ratchet_web.components.times import ago, instant
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.details import detail_page
from ratchet_web.pages.jobs import can_cancel, can_retry, cancel_question, is_waiting, retries, runs_when
from ratchet_web.pages.jobs_overview import overview
from ratchet_web.pages.lists import task_link
from ratchet_web.pages.pauses import task_notice
from ratchet_web.state.acts import Acts
from ratchet_web.state.jobs import JobDetail
from ratchet_web.state.jobs_edit import JobEdit

HELD = "This job begins when the task is resumed."
Row = rx.Var[dict[str, Any]]


def _actions(row: Row) -> tuple[rx.Component, ...]:
    id = JobDetail.id
    busy = is_busy("jobs", id)
    cancel = cancel_question(
        id, act_button(Act.CANCEL_JOB, "Cancel", danger=True, loading=busy), "bottomRight"
    )
    retry = act_button(Act.RETRY_JOB, "Retry", loading=busy, on_click=Acts.retry_job(id).temporal)
    change = link_button("Change…", "/jobs/" + id + "?edit=1")
    changeable = is_waiting(row) & ~lacking(Ability.CHANGE_JOB).bool() & ~JobEdit.is_open
    rank = PriorityMenu.create(
        now=row["priority"].to(str), on_pick=lambda value: Acts.set_priority(id, value).temporal
    )
    return (
        if_may(Act.CHANGE_JOB, rx.cond(changeable, rx.fragment(rank, change))),
        if_may(Act.CANCEL_JOB, rx.cond(can_cancel(row), cancel)),
        if_may(Act.RETRY_JOB, rx.cond(can_retry(row), retry)),
    )


def _change(row: Row, about: Row) -> rx.Component:
    """Return the form that changes the job, where the address opens it."""
    form = JobEditForm.create(
        job=row,
        now=about["base"],
        work_off=lacking(Ability.JOB_DELIVERY),
        test_off=lacking(Ability.TEST_DELIVERY),
        back="/jobs/" + JobDetail.id,
        draft_key=JobEdit.draft_key,
        saved_key=JobEdit.saved_key,
        errors=JobEdit.errors,
        told=JobEdit.told,
        latest=JobEdit.latest,
        busy=JobEdit.busy,
        on_save=JobEdit.save.temporal,
    )
    able = rx.cond(lacking(Ability.CHANGE_JOB), lacking_note(Ability.CHANGE_JOB), form)
    nobody = note("Your role on this server does not allow you to change jobs.")
    opened = rx.el.div(if_may(Act.CHANGE_JOB, able, nobody), class_name="spaced")
    unable = if_may(Act.CHANGE_JOB, rx.cond(is_waiting(row), lacking_note(Ability.CHANGE_JOB)))
    return rx.cond(JobEdit.is_open, opened, unable)


def _raw(row: Row) -> rx.Component:
    whole = json_card("Job", row["raw_text"].to(str), empty="Not known.", size=row["raw_size"].to(int))
    curl = rx.el.div(
        rx.el.code(JobDetail.curl, class_name="mono"),
        copy_button(JobDetail.curl, "cURL command"),
        class_name="row curl",
    )
    return rx.el.div(whole, curl, class_name="stack")


def page() -> rx.Component:
    """Return the page."""
    live = Live(JobDetail.topic)
    row = live.row
    named = rx.cond(row["task_name"], row["task_name"], row["task_id"]).to(str)
    schedule = to(row["schedule_id"].to(str), href="/schedules/" + row["schedule_id"].to(str))
    error = rx.el.section(
        rx.el.h2(row["error_message"].to(str)),
        class_name="card pad failure spaced",
        custom_attrs={"aria-label": "Error"},
    )
    given = json_card("Input", row["input_text"].to(str), empty="No input.", size=row["input_size"].to(int))
    return detail_page(
        live,
        "job",
        title_bar(rx.fragment("Job ", JobDetail.id), status(row["status"].to(str)), actions=_actions(row)),
        rx.cond(is_waiting(row), task_notice(row["task_id"].to(str), named, HELD)),
        facts(
            ("Task", task_link(row)),
            (
                "Priority",
                rx.fragment(priority(row["priority"].to(str)), delay_mark(delay_of("jobs", JobDetail.id))),
            ),
            ("Queued", rx.fragment(instant(at=row["queued_at"]), " · ", ago(at=row["queued_at"]))),
            ("Due", runs_when(row)),
            ("Retries", retries(row)),
            ("Schedule", rx.cond(row["schedule_id"], schedule, "–")),
        ),
        _change(row, live.about),
        rx.cond(row["error_message"], error),
        tab_links(
            ("Overview", "/jobs/" + JobDetail.id, JobDetail.tab == "overview"),
            ("Raw", "/jobs/" + JobDetail.id + "?tab=raw", JobDetail.tab == "raw"),
        ),
        rx.cond(
            JobDetail.tab == "raw",
            _raw(row),
            rx.fragment(
                overview(row, live),
                rx.el.div(unless_lacking(Ability.INPUT, given, "No input"), class_name="spaced"),
            ),
        ),
    )
