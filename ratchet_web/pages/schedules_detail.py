"""`/schedules/[schedule_id]`: one schedule."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking, lacking_note, unless_lacking
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, facts, json_card, link_button, number, title_bar, to
from ratchet_web.components.schedules import ScheduleChanges, ScheduleStatistics, schedule_runs
from ratchet_web.components.status import enabled, priority, status
from ratchet_web.components.times import ago, instant
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.details import detail_page, unknown_card
from ratchet_web.pages.lists import task_link
from ratchet_web.pages.pauses import task_notice
from ratchet_web.pages.schedules import (
    disabled_note,
    in_words,
    next_run,
    no_last_run,
    schedule_switch,
)
from ratchet_web.pages.schedules_run import run_with_button, run_with_dialog
from ratchet_web.pages.schedules_words import MISFIRE, OVERLAP, meant
from ratchet_web.state.acts import Acts
from ratchet_web.state.schedules import ScheduleDetail

QUEUES_ON = "This schedule goes on queuing jobs; they wait until the task is resumed."
QUEUES_ONE = (
    "This schedule queues one job, which waits; further times are left out until the task is resumed."
)
Row = rx.Var[dict[str, Any]]


def delete_question(row: Row) -> rx.Component:
    """Return a button that asks before it deletes the schedule, and says what stops then."""
    id = ScheduleDetail.id
    task = rx.cond(row["task_name"], row["task_name"].to(str), row["task_id"].to(str))
    return antd.Popconfirm.create(
        act_button(Act.DELETE_SCHEDULE, "Delete…", danger=True, loading=is_busy("schedules", id)),
        title="Delete schedule " + row["name"].to(str) + "?",
        description=(
            "Nothing queues jobs of task " + task + " by this schedule any more. Jobs that it has queued "
            "already still run. It cannot be brought back."
        ),
        ok_text="Delete schedule",
        cancel_text="Keep it",
        ok_button_props={"danger": True},
        placement="bottomRight",
        on_confirm=Acts.delete_schedule(id).temporal,
    )


def _actions(row: Row) -> tuple[rx.Component, ...]:
    trigger = act_button(
        Act.TRIGGER_SCHEDULE,
        "Run now",
        type="primary",
        loading=is_busy("schedules", ScheduleDetail.id),
        on_click=Acts.trigger_schedule(ScheduleDetail.id).temporal,
    )
    fixed, poor = lacking(Ability.CHANGE_SCHEDULE), lacking(Ability.SCHEDULE_OPTIONS)
    edit = link_button("Edit", "/schedules/" + ScheduleDetail.id + "/edit")
    return (
        if_may(Act.TRIGGER_SCHEDULE, trigger),
        if_may(Act.TRIGGER_SCHEDULE, rx.cond(poor, None, run_with_button())),
        if_may(Act.EDIT_SCHEDULE, rx.cond(fixed, None, edit)),
        if_may(Act.DELETE_SCHEDULE, delete_question(row)),
    )


def _next_runs(row: Row) -> rx.Component:
    off = "It is disabled, and fires only when somebody runs it."
    never = rx.cond(row["enabled"], "No next run can be told from its expression.", off)
    runs = schedule_runs(runs=row["runs"], zone=row["time_zone"].to(str), empty=never)
    return card("Next runs", runs)


def _so_far(row: Row) -> rx.Component:
    """Return how its runs went, as the server counts them, and where they are."""
    skipped = rx.fragment(
        "Last skipped ", ago(at=row["last_skipped_at"]), ": ", row["last_skip_reason"].to(str), "."
    )
    counted = rx.fragment(
        facts(
            ("Fired", number(row["fired_runs"])),
            ("Skipped", number(row["skipped_runs"])),
            ("Failed to queue", number(row["failed_runs"])),
        ),
        rx.cond(row["last_skip_reason"], rx.el.p(skipped, class_name="warned")),
    )
    untold = rx.el.p("This server does not count the runs of a schedule.", class_name="dim")
    links = rx.el.p(
        to("Its jobs", href=ScheduleDetail.jobs_link),
        " · ",
        to("its executions", href=ScheduleDetail.executions_link),
    )
    told = row["fired_runs"].is_not_none()
    return card("So far", rx.el.div(rx.cond(told, counted, untold), links, class_name="pad stack"))


def _statistics() -> rx.Component:
    """Return how its runs went of late."""
    live = Live(ScheduleDetail.figures_topic)
    told = ScheduleStatistics.create(row=live.row, error=live.error["title"].to(str))
    title = "Statistics"
    return unless_lacking(Ability.SCHEDULE_ACTIVITY, card(title, told), title)


def _changes() -> rx.Component:
    """Return who changed what of it."""
    live = Live(ScheduleDetail.changes_topic)
    page = "/schedules/" + ScheduleDetail.id
    last = live.rows[live.rows.length() - 1]["id"].to(str)
    older = rx.cond(live.about["more"], to("Older", href=page + "?before=" + last, replace=True))
    newest = rx.cond(ScheduleDetail.older, to("Newest", href=page, replace=True))
    foot = rx.cond(
        live.about["more"].bool() | ScheduleDetail.older,
        rx.el.div(newest, older, class_name="changes-foot"),
    )
    none = rx.el.p("No change is kept of the time before this server kept them.", class_name="pad dim")
    title, some = "Changes", live.rows.length() > 0
    known = rx.cond(some, ScheduleChanges.create(rows=live.rows), none)
    # None of them is not the same as none that could be read.
    is_known = some | (live.ready & ~live.error.bool())
    told = rx.cond(is_known, card(title, known, foot), unknown_card(live.error))
    return unless_lacking(Ability.SCHEDULE_CHANGES, told, title)


def _policy(live: Live) -> rx.Component:
    policy = live.about["policy"].to(str)
    return rx.cond(policy, policy, "The server waits between them by its own policy.")


def _destination(each: rx.Var[dict[str, Any]]) -> rx.Component:
    return rx.el.li(
        rx.el.b(each["title"].to(str)),
        " ",
        rx.el.span(each["target"].to(str), class_name="mono"),
        rx.el.div(each["more"].to(str), class_name="dim"),
        key=each["position"].to_string(),
    )


def _destinations(live: Live) -> rx.Component:
    """Return where the output of its jobs goes."""
    given = live.several("destinations")
    listed = rx.el.ol(
        rx.foreach(given, _destination),
        class_name="destinations",
        custom_attrs={"aria-label": "Output destinations"},
    )
    none = "The output of its jobs is kept with their executions, and goes nowhere else."
    return card(
        "Output destinations", rx.cond(given.length() > 0, listed, rx.el.p(none, class_name="pad dim"))
    )


def _rules(row: Row, live: Live) -> rx.Component:
    """Return what happens to missed and overlapping runs, in words."""
    overlap = rx.cond(row["allow_overlap"], "true", "false").to(str)
    rules = facts(
        ("After downtime", meant(MISFIRE, row["misfire_policy"].to(str))),
        ("While an earlier run is open", meant(OVERLAP, overlap)),
        ("Priority", priority(row["priority"].to(str))),
        ("Retries when it fails", rx.fragment(number(row["max_retries"]), ". ", _policy(live))),
    )
    why = lacking(Ability.SCHEDULE_OPTIONS)
    return card("How", rx.el.div(rx.cond(why, rx.el.p(why, class_name="dim"), rules), class_name="pad"))


def page() -> rx.Component:
    """Return the page."""
    live = Live(ScheduleDetail.topic)
    row = live.row
    named = rx.cond(row["task_name"], row["task_name"], row["task_id"]).to(str)
    last_job = to("Job ", row["last_job_id"].to(str), href="/jobs/" + row["last_job_id"].to(str))
    last_status = rx.cond(row["last_status"], status(row["last_status"].to(str)))
    return detail_page(
        live,
        "schedule",
        title_bar(
            row["name"].to(str),
            enabled(row["enabled"].to(bool)),
            if_may(Act.SWITCH_SCHEDULE, schedule_switch(row)),
            actions=_actions(row),
        ),
        rx.cond(row["description"], rx.el.p(row["description"].to(str), class_name="dim")),
        task_notice(row["task_id"].to(str), named, rx.cond(row["allow_overlap"], QUEUES_ON, QUEUES_ONE)),
        facts(
            ("Task", task_link(row)),
            ("When", in_words(row)),
            ("Time zone", row["time_zone"].to(str)),
            ("Cron, seconds first", rx.el.code(row["cron_expression"].to(str))),
            ("Next run", next_run(row)),
            ("Last run", rx.fragment(instant(at=row["last_run"], empty=no_last_run(row)))),
            ("Last job", rx.cond(row["last_job_id"], rx.fragment(last_job, " ", last_status), "–")),
            ("Changed", ago(at=row["updated_at"])),
        ),
        rx.cond(row["id"], disabled_note(row)),
        lacking_note(Ability.LAST_RUN),
        lacking_note(Ability.CHANGE_SCHEDULE),
        rx.el.div(
            _next_runs(row),
            rx.el.div(
                _statistics(), _so_far(row), _rules(row, live), _destinations(live), class_name="stack"
            ),
            class_name="columns spaced",
        ),
        rx.el.div(
            json_card("Input", row["input_text"].to(str), empty="No input.", size=row["input_size"].to(int)),
            class_name="spaced",
        ),
        rx.el.div(_changes(), class_name="spaced"),
        run_with_dialog(row["name"].to(str)),
    )
