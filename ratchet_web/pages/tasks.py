"""`/tasks`: the list of definitions."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.live import Live
from ratchet_web.components.parts import empty_state, link_button, segments, title_bar, to
from ratchet_web.components.status import enabled
from ratchet_web.components.tables import Column, cell, data_table
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, act_switch, if_may, is_busy
from ratchet_web.pages.bulk import act_on_all, tick_bar, tick_cell, tick_column
from ratchet_web.pages.lists import beside_title, ignored_notice, list_vars, marked, unapplied_notice
from ratchet_web.pages.run import run_button
from ratchet_web.state.acts import Acts
from ratchet_web.state.tasks import TaskList

COLUMNS = (
    Column("Name", "name"),
    Column("Description"),
    Column("Version", "version"),
    Column("Enabled", "enabled"),
    Column("Changed", "updated_at"),
    Column("Actions", hidden_title=True),
)


def task_switch(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """Return the switch that enables or disables a task."""
    id = row["id"].to(str)
    on = row["enabled"].to(bool)
    return act_switch(
        Act.SWITCH_TASK,
        label="Enable " + row["name"].to(str),
        checked=on,
        loading=is_busy("tasks", id),
        on_change=Acts.switch_task(id, ~on).temporal,
    )


@rx.memo
def task_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One task."""
    id = row["id"].to(str)
    return rx.el.tr(
        tick_cell(id, "task"),
        cell(to(row["name"].to(str), href="/tasks/" + id)),
        cell(rx.el.span(row["description"].to(str), class_name="dim"), phone="line"),
        cell(rx.el.span(row["version"].to(str), class_name="mono"), phone="foot"),
        cell(if_may(Act.SWITCH_TASK, task_switch(row), enabled(row["enabled"].to(bool))), phone="corner"),
        cell(ago(at=row["updated_at"]), phone="end"),
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
    search = antd.Input.create(
        default_value=TaskList.search,
        key=TaskList.search,
        placeholder="Find by name",
        allow_clear=True,
        max_length=200,
        custom_attrs={"aria-label": "Find by name"},
        style={"width": "220px"},
        on_press_enter=TaskList.find,
        on_blur=TaskList.find,
    )
    bar = tick_bar(live, "tasks", "enable", "disable")
    switch = marked(segments(TaskList.enabled, None, "Enabled"), live, "enabled")
    return rx.el.div(switch, marked(search, live, "q"), bar, class_name="filters")


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
        data_table(view, (tick_column(view.live, "tasks"), *COLUMNS), task_row, label="Tasks", empty=empty),
    )
