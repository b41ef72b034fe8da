"""`/schedules`: what runs by the calendar, live."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, caveat, lacking, lacking_note, note
from ratchet_web.components.activity import RunStrip
from ratchet_web.components.icons import icon
from ratchet_web.components.live import live_row
from ratchet_web.components.parts import empty_state, link_button, segments, title_bar, to
from ratchet_web.components.schedules import NextRun
from ratchet_web.components.status import enabled, status
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, act_icon, enabling_switch, if_may, is_busy
from ratchet_web.pages.bulk import act_on_all, tick_bar, tick_cell, tick_column
from ratchet_web.pages.lists import (
    beside_title,
    filter_chips,
    ignored_notice,
    list_vars,
    marked,
    task_link,
    unapplied_notice,
)
from ratchet_web.state.acts import Acts
from ratchet_web.state.schedules import TRIGGER, ScheduleList

COLUMNS = (
    Column("Name", "name"),
    Column("Task", fold=1),
    Column("When"),
    Column("Next run", "next_run"),
    Column("Last runs", "last_run", fold=2),
    Column("Enabled", "enabled"),
    Column("Actions", hidden_title=True),
)
Row = rx.Var[dict[str, Any]]


def schedule_switch(row: Row) -> rx.Component:
    """Return the switch that enables or disables a schedule."""
    return enabling_switch(Act.SWITCH_SCHEDULE, "schedules", row, Acts.switch_schedule)


def next_run(row: Row) -> rx.Component:
    """Return when a schedule fires next; a disabled one does not, unless the server is slow to heed it."""
    lasting = rx.el.span("disabled; may fire until the server restarts", class_name="warned")
    off = rx.cond(still_fires(), lasting, rx.el.span("disabled", class_name="dim"))
    soon = NextRun.create(at=row["next_run"], zone=row["time_zone"].to(str), empty="never")
    return rx.cond(row["enabled"], soon, off)


def still_fires() -> rx.Var[str]:
    """Return why a disabled schedule may go on firing on this server; empty where it does not."""
    return caveat("schedules/disable")


def disabled_note(row: Row) -> rx.Component:
    """Return what to know of a schedule that is disabled, where it may go on firing."""
    why = still_fires()
    text = rx.fragment("Disabled since the server's start? ", why)
    return rx.cond(row["enabled"].to(bool) | ~why.bool(), None, note(text))


def no_last_run(row: Row) -> rx.Var[str]:
    """Return what stands where a last run is not told: where changes tell it, any may hide one."""
    changed = row["updated_at"] != row["created_at"]
    return rx.cond(lacking(Ability.LAST_RUN).bool() & changed, "unknown", "never ran").to(str)


def last_result(row: Row) -> rx.Component:
    """Return what became of the job that it queued last, as a link to that; nothing where nobody says."""
    job = to(status(row["last_status"].to(str)), href="/jobs/" + row["last_job_id"].to(str))
    return rx.cond(row["last_status"], job)


def when(row: Row) -> rx.Component:
    """Return when a schedule fires, and by the clock of which zone."""
    zone = row["time_zone"].to(str)
    return rx.fragment(
        in_words(row, class_name="schedule-when"),
        " ",
        rx.el.span(zone, title=zone, class_name="schedule-zone dim"),
    )


def in_words(row: Row, **props: Any) -> rx.Component:
    """Return the cron expression in plain words, both in the tooltip."""
    words = rx.cond(row["cron_words"], row["cron_words"].to(str), row["cron_expression"].to(str))
    return rx.el.span(words, title=words + " · " + row["cron_expression"].to(str), **props)


@rx.memo
def schedule_strip(topic: rx.Var[str], id: rx.Var[str], name: rx.Var[str]) -> rx.Component:
    """The last runs of a schedule."""
    label = "Last runs of " + name + ", the oldest first"
    return RunStrip.create(runs=live_row(topic, id)["runs"], of="jobs", label=label, small=True)


def last_runs(row: Row) -> rx.Component:
    """Return what its last runs were, and when the last one was."""
    names = {"topic": ScheduleList.strips_topic, "id": row["id"].to(str), "name": row["name"].to(str)}
    strip = rx.cond(row["last_run"] & ~lacking(Ability.SCHEDULE_ACTIVITY).bool(), schedule_strip(**names))
    last = rx.el.span(last_result(row), " ", ago(at=row["last_run"], empty=no_last_run(row)))
    return rx.el.span(strip, last, class_name="last-run")


def run_with(row: Row) -> rx.Component:
    """Return the link to the dialog that runs a schedule with another input; none where inputs are lost."""
    label = "Run " + row["name"].to(str) + " with input…"
    link = to(
        icon("form"),
        href="/schedules/" + row["id"].to(str) + "?" + TRIGGER + "=input",
        class_name="plain icon-button",
        title=label,
        custom_attrs={"aria-label": label},
    )
    return rx.cond(lacking(Ability.SCHEDULE_OPTIONS), None, link)


@rx.memo
def schedule_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One schedule."""
    id = row["id"].to(str)
    trigger = act_icon(
        Act.TRIGGER_SCHEDULE,
        "trigger",
        "Run " + row["name"].to(str) + " now",
        busy=is_busy("schedules", id),
        on_click=Acts.trigger_schedule(id).temporal,
    )
    state = enabled(row["enabled"].to(bool))
    return rx.el.tr(
        tick_cell(id, "schedule"),
        cell(
            to(
                row["name"].to(str),
                href="/schedules/" + id,
                class_name="schedule-name",
                title=row["name"].to(str),
            ),
            # Where its column has no room.
            rx.el.div(task_link(row), class_name="schedule-task folded"),
        ),
        cell(rx.el.div(task_link(row), class_name="schedule-task"), phone="foot", fold=1),
        cell(when(row), phone="line"),
        cell(next_run(row), phone="end"),
        cell(last_runs(row), phone="line", fold=2),
        cell(if_may(Act.SWITCH_SCHEDULE, schedule_switch(row), state), phone="corner"),
        rx.el.td(
            rx.el.div(if_may(Act.TRIGGER_SCHEDULE, rx.fragment(trigger, run_with(row)))), class_name="actions"
        ),
        class_name=rx.cond(row["gone"], "stale", ""),
        custom_attrs={"data-id": id},
    )


def page() -> rx.Component:
    """Return the page."""
    view = list_vars(ScheduleList)
    new = if_may(Act.EDIT_SCHEDULE, link_button("New schedule", "/schedules/new", primary=True))
    empty = empty_state(
        "No schedules here", "A schedule queues a job of its task whenever its time comes.", new
    )
    return rx.fragment(
        title_bar(
            "Schedules",
            *beside_title(view.live),
            actions=(
                link_button("Timeline", "/schedules/timeline"),
                act_on_all(view.live, "schedules"),
                new,
            ),
        ),
        rx.el.div(
            marked(segments(ScheduleList.enabled, None, "Enabled"), view.live, "enabled"),
            filter_chips(ScheduleList, view.live),
            tick_bar(view.live, "schedules", "enable", "disable"),
            class_name="filters",
        ),
        ignored_notice(ScheduleList),
        unapplied_notice(view.live),
        lacking_note(Ability.SCHEDULE_ACTIVITY),
        data_table(
            view,
            (tick_column(view.live, "schedules"), *COLUMNS),
            schedule_row,
            label="Schedules",
            empty=empty,
        ),
    )
