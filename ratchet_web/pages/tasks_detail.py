"""`/tasks/[task_id]`: one definition, how it fares, its schemas and its newest runs."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, caveat, lacking, unless_lacking
from ratchet_web.components.live import Live
from ratchet_web.components.parts import (
    empty_state,
    facts,
    json_card,
    link_button,
    tab_links,
    title_bar,
    to,
)
from ratchet_web.components.pauses import paused_mark, task_pause
from ratchet_web.components.source_view import SourceView
from ratchet_web.components.status import enabled, status
from ratchet_web.components.tables import cell
from ratchet_web.components.times import ago, duration
from ratchet_web.pages.acts import Act, act_button, if_may, is_busy
from ratchet_web.pages.details import detail_page, unknown_card
from ratchet_web.pages.pauses import pause_task_button, task_notice
from ratchet_web.pages.run import run_button
from ratchet_web.pages.tasks import task_switch
from ratchet_web.pages.tasks_calls import calls
from ratchet_web.pages.tasks_overview import overview
from ratchet_web.pages.tasks_statistics import statistics
from ratchet_web.pages.tasks_versions import versions_tab
from ratchet_web.state.acts import Acts
from ratchet_web.state.tasks import TABS, TaskDetail

Row = rx.Var[dict[str, Any]]
MANY = "Run many…"


@rx.memo
def run_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One run of the task."""
    id = row["id"].to(str)
    running = row["status"] == "RUNNING"
    return rx.el.tr(
        cell(status(row["status"].to(str))),
        cell(to(id, href="/executions/" + id, class_name="mono")),
        cell(
            duration(ms=row["duration_ms"], since=rx.cond(running, row["started_at"], None)), phone="corner"
        ),
        cell(ago(at=row["queued_at"]), phone="end"),
        cell(rx.el.span(row["error_message"].to(str), class_name="dim"), phone="line"),
    )


def _runs() -> rx.Component:
    live = Live(TaskDetail.runs_topic)
    rows = rx.foreach(live.rows, lambda each: rx.fragment(run_row(row=each), key=each["id"].to(str)))
    heads = [rx.el.th(name, scope="col") for name in ("Status", "Execution", "Duration", "Queued", "Error")]
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rows),
        class_name="table",
        custom_attrs={"aria-label": "Newest runs"},
    )
    none = rx.el.div(empty_state("No runs yet", "Run it to see what it does."), class_name="card")
    unknown = unknown_card(live.error)
    every = rx.el.div(to("All runs of this task", href=TaskDetail.runs_link), class_name="foot")
    listed = rx.fragment(rx.el.div(table, class_name="card table-card"), every)
    told = live.ready & ~live.error.bool()
    return rx.cond(live.rows.length() > 0, listed, rx.cond(told, none, unknown))


def _source(row: Row) -> rx.Component:
    doc_key = TaskDetail.id + " " + row["updated_at"].to(str)
    editor = SourceView.create(text=row["source_code"].to(str), doc_key=doc_key, label="Source")
    none = rx.el.div(
        empty_state("No source", "This server does not say what the task does, or nothing was written yet."),
        class_name="card",
    )
    return unless_lacking(Ability.SOURCE, rx.cond(row["source_code"], editor, none), "No source")


def _schemas(row: Row) -> rx.Component:
    anything = "No schema: anything is accepted."
    return rx.el.div(
        json_card(
            "Input schema",
            row["input_schema_text"].to(str),
            empty=anything,
            size=row["input_schema_size"].to(int),
        ),
        json_card(
            "Output schema",
            row["output_schema_text"].to(str),
            empty=anything,
            size=row["output_schema_size"].to(int),
        ),
        class_name="columns",
    )


def _tabs(row: Row) -> rx.Component:
    """Return the tabs and the one that is open; a further one is one more line here and in `TABS`."""
    overview_tab = overview(row)
    parts = {
        "overview": ("Overview", overview_tab),
        "source": ("Source", _source(row)),
        "schemas": ("Schemas", _schemas(row)),
        "runs": ("Runs", _runs()),
        "versions": ("Versions", versions_tab(row)),
        "statistics": ("Statistics", statistics()),
        "call": ("Call it", calls()),
    }
    base = "/tasks/" + TaskDetail.id
    links = [
        (label, base if name == TABS[0] else f"{base}?tab={name}", TaskDetail.tab == name)
        for name, (label, _) in parts.items()
    ]
    shown = [(name, part) for name, (_, part) in parts.items()]
    return rx.fragment(tab_links(*links), rx.match(TaskDetail.tab, *shown, overview_tab))


def _delete_question(row: Row) -> rx.Component:
    """Return a button that asks before it deletes the task, and says what goes with it."""
    id = TaskDetail.id
    kept = (
        "Its executions and jobs stay. While something waits for it, or an enabled schedule runs it, the "
        "server refuses. It cannot be brought back."
    )
    odd = caveat("tasks/delete")
    return antd.Popconfirm.create(
        act_button(Act.DELETE_TASK, "Delete…", danger=True, loading=is_busy("tasks", id)),
        title="Delete task " + row["name"].to(str) + "?",
        description=rx.cond(odd, odd + " It cannot be brought back.", kept),
        ok_text="Delete task",
        cancel_text="Keep it",
        ok_button_props={"danger": True},
        placement="bottomRight",
        on_confirm=Acts.delete_task(id).temporal,
    )


def _runs_of(row: Row) -> tuple[rx.Component, rx.Component]:
    """Return the ways to run it, once and many times; a disabled task can be run in neither."""
    off = ~row["enabled"].to(bool)
    why = rx.cond(off, "The task is disabled: enable it to run it.", None)
    many = rx.cond(
        off,
        antd.Button.create(MANY, disabled=True, custom_attrs={"title": why}),
        link_button(MANY, TaskDetail.many_link),
    )
    once = run_button(TaskDetail.id, label="Run…", disabled=off, title=why)
    return if_may(Act.RUN_TASK, rx.cond(lacking(Ability.INPUT), None, many)), once


def page() -> rx.Component:
    """Return the page."""
    live = Live(TaskDetail.topic)
    row = live.row
    edit = if_may(Act.EDIT_TASK, link_button("Edit", TaskDetail.edit_link))
    return detail_page(
        live,
        "task",
        title_bar(
            row["name"].to(str),
            enabled(row["enabled"].to(bool)),
            if_may(Act.SWITCH_TASK, task_switch(row)),
            paused_mark(task_pause(TaskDetail.id)),
            actions=(
                if_may(Act.DELETE_TASK, _delete_question(row)),
                pause_task_button(TaskDetail.id, row["name"].to(str)),
                edit,
                *_runs_of(row),
            ),
        ),
        rx.cond(row["description"], rx.el.p(row["description"].to(str), class_name="dim")),
        task_notice(TaskDetail.id, row["name"].to(str)),
        facts(
            ("Task", rx.el.span(TaskDetail.id, class_name="mono")),
            ("Version", rx.el.span(row["version"].to(str), class_name="mono")),
            ("Changed", ago(at=row["updated_at"])),
            ("Created", ago(at=row["created_at"])),
        ),
        _tabs(row),
    )
