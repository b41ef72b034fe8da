"""`/schedules/[schedule_id]`: one schedule."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking_note
from ratchet_web.components.live import Live
from ratchet_web.components.parts import facts, json_card, title_bar, to
from ratchet_web.components.status import enabled
from ratchet_web.components.times import ago, instant
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.details import detail_page
from ratchet_web.pages.lists import task_link
from ratchet_web.pages.schedules import disabled_note, in_words, next_run, no_last_run, schedule_switch
from ratchet_web.state.acts import Acts
from ratchet_web.state.schedules import ScheduleDetail

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


def page() -> rx.Component:
    """Return the page."""
    live = Live(ScheduleDetail.topic)
    row = live.row
    trigger = act_button(
        Act.TRIGGER_SCHEDULE,
        "Run now",
        type="primary",
        loading=is_busy("schedules", ScheduleDetail.id),
        on_click=Acts.trigger_schedule(ScheduleDetail.id).temporal,
    )
    last_job = to(row["last_job_id"].to(str), href="/jobs/" + row["last_job_id"].to(str))
    return detail_page(
        live,
        "schedule",
        title_bar(
            row["name"].to(str),
            enabled(row["enabled"].to(bool)),
            if_may(Act.SWITCH_SCHEDULE, schedule_switch(row)),
            actions=(
                if_may(Act.TRIGGER_SCHEDULE, trigger),
                if_may(Act.DELETE_SCHEDULE, delete_question(row)),
            ),
        ),
        rx.cond(row["description"], rx.el.p(row["description"].to(str), class_name="dim")),
        facts(
            ("Task", task_link(row)),
            ("When", in_words(row)),
            ("Time zone", row["time_zone"].to(str)),
            ("Cron, seconds first", rx.el.code(row["cron_expression"].to(str))),
            ("Next run", next_run(row)),
            ("Last run", rx.fragment(instant(at=row["last_run"], empty=no_last_run(row)))),
            ("Last job", rx.cond(row["last_job_id"], last_job, "–")),
            ("Changed", ago(at=row["updated_at"])),
        ),
        rx.cond(row["id"], disabled_note(row)),
        lacking_note(Ability.LAST_RUN),
        rx.el.div(
            json_card("Input", row["input_text"].to(str), empty="No input.", size=row["input_size"].to(int)),
            class_name="spaced",
        ),
    )
