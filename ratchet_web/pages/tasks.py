"""`/tasks`: the list of definitions."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking_note
from ratchet_web.components.activity import Day
from ratchet_web.components.icons import icon
from ratchet_web.components.list_filters import FindByName
from ratchet_web.components.live import Live, live_row
from ratchet_web.components.parts import empty_state, link_button, segments, title_bar, to
from ratchet_web.components.pauses import paused_mark, task_pause
from ratchet_web.components.status import enabled, status
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, enabling_switch, if_may
from ratchet_web.pages.bulk import act_on_all, tick_bar, tick_cell, tick_column
from ratchet_web.pages.lists import beside_title, ignored_notice, list_vars, marked, unapplied_notice
from ratchet_web.pages.run import run_button
from ratchet_web.state.acts import Acts
from ratchet_web.state.tasks import TaskList

Row = rx.Var[dict[str, Any]]

SEARCH_LIMIT = 200
COLUMNS = (
    Column("Name", "name"),
    Column("Version", "version", fold=2),
    Column("Source", "registry_source", fold=1),
    Column("Enabled", "enabled"),
    Column("Last run"),
    Column("Last 24 hours"),
    Column("Next run", fold=2),
    Column("Changed", "updated_at", fold=1),
    Column("Actions", hidden_title=True),
)


def task_switch(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return the switch that enables or disables a task."""
    return enabling_switch(Act.SWITCH_TASK, "tasks", row, Acts.switch_task)


def validation(row: Row) -> rx.Component:
    """Return a link to what keeps the task from being run; nothing where nothing is known to."""
    problems = row["validation_errors"].to(list[dict[str, Any]])
    first = problems[0]
    line = rx.cond(first["line"], "#L" + first["line"].to_string(), "")
    place = rx.cond(first["line"], "Line " + first["line"].to_string() + ": ", "")
    mark = to(
        icon("warning"),
        rx.cond(problems.length() == 1, "1 error", problems.length().to_string() + " errors"),
        href="/tasks/" + row["id"].to(str) + "?tab=source" + line,
        class_name="status bad",
        title=place + first["message"].to(str),
    )
    return rx.cond(first, mark)


def _name(row: Row) -> rx.Component:
    description = rx.el.div(
        row["description"].to(str), class_name="dim under", title=row["description"].to(str)
    )
    name = to(row["name"].to(str), href="/tasks/" + row["id"].to(str))
    pause = task_pause(row["id"].to(str))
    paused = rx.cond(pause["id"], rx.el.div(paused_mark(pause)))
    return rx.fragment(name, " ", validation(row), paused, rx.cond(row["description"], description))


def source(row: Row) -> rx.Component:
    """Return where a task's definition comes from, and whether it was changed here since."""
    differs = "Changed here: it is not what its file says."
    changed = row["in_sync"].is_not_none() & ~row["in_sync"].to(bool)
    mark = rx.cond(changed, rx.el.span(" changed", class_name="warned", title=differs))
    directory = rx.el.span("Directory", title=row["source_path"].to(str))
    return rx.cond(
        row["registry_source"], rx.fragment(directory, mark), rx.el.span("Console", class_name="dim")
    )


@rx.memo
def last_run(topic: rx.Var[str], id: rx.Var[str]) -> rx.Component:
    """The newest execution of a task."""
    last = live_row(topic, id)["last_run"].to(dict[str, Any])
    ended = rx.cond(last["completed_at"], last["completed_at"], last["queued_at"])
    link = to(ago(at=ended), href="/executions/" + last["id"].to(str), class_name="under ink")
    # On a phone, what happened in 24 hours says the same.
    none = rx.el.span("–", class_name="no-last")
    return rx.cond(last["id"], rx.fragment(status(last["status"].to(str)), link), none)


@rx.memo
def next_run(topic: rx.Var[str], id: rx.Var[str]) -> rx.Component:
    """When a schedule runs a task next."""
    row = live_row(topic, id)
    schedule = "/schedules/" + row["next_schedule_id"].to(str)
    link = to(ago(at=row["next_run"]), href=schedule, class_name="ink")
    return rx.cond(row["next_run"], link, "–")


@rx.memo
def day(topic: rx.Var[str], id: rx.Var[str]) -> rx.Component:
    """The last 24 hours of a task."""
    return Day.create(day=live_row(topic, id))


@rx.memo
def task_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One task."""
    id = row["id"].to(str)
    lately = {"topic": TaskList.activity_topic, "id": id}
    return rx.el.tr(
        tick_cell(id, "task"),
        cell(_name(row)),
        cell(rx.el.span(row["version"].to(str), class_name="mono"), phone="foot", fold=2),
        cell(source(row), phone="hide", fold=1),
        cell(if_may(Act.SWITCH_TASK, task_switch(row), enabled(row["enabled"].to(bool))), phone="corner"),
        cell(last_run(**lately), phone="line"),
        cell(day(**lately), phone="line"),
        cell(next_run(**lately), phone="hide", fold=2),
        cell(ago(at=row["updated_at"]), phone="end", fold=1),
        rx.el.td(
            rx.el.div(
                run_button(
                    row["id"].to(str),
                    label="Run…",
                    kind="default",
                    size="small",
                    disabled=~row["enabled"].to(bool),
                )
            ),
            class_name="actions",
        ),
        class_name=rx.cond(row["gone"], "stale", ""),
        custom_attrs={"data-id": id},
    )


def _filters(live: Live) -> rx.Component:
    bar = tick_bar(live, "tasks", "enable", "disable")
    switch = marked(segments(TaskList.enabled, None, "Enabled"), live, "enabled")
    return rx.el.div(
        switch, marked(FindByName.create(limit=SEARCH_LIMIT), live, "q"), bar, class_name="filters"
    )


def page() -> rx.Component:
    """Return the page."""
    view = list_vars(TaskList)
    new = if_may(Act.EDIT_TASK, link_button("New task", "/tasks/new", primary=True))
    empty = empty_state("No tasks here", "A task is a piece of JavaScript that Ratchet runs for you.", new)
    return rx.fragment(
        title_bar("Tasks", *beside_title(view.live), actions=(act_on_all(view.live, "tasks"), new)),
        _filters(view.live),
        ignored_notice(TaskList),
        unapplied_notice(view.live),
        lacking_note(Ability.ACTIVITY),
        data_table(view, (tick_column(view.live, "tasks"), *COLUMNS), task_row, label="Tasks", empty=empty),
    )
