"""The tab `versions` of a task: what it was, how that differs from what it is, and going back to it."""

from typing import Any

import reflex as rx

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, unless_lacking
from ratchet_web.components.diff import diff_view
from ratchet_web.components.live import Live
from ratchet_web.components.parts import card, current, empty_state, failure_notice, to
from ratchet_web.components.tables import cell
from ratchet_web.components.times import ago
from ratchet_web.pages.acts import Act, act_button, if_may
from ratchet_web.pages.details import unknown_card
from ratchet_web.state.tasks_versions import TaskVersions

HEADS = ("Revision", "Version", "Saved")
Row = rx.Var[dict[str, Any]]


@rx.memo
def version_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    """One revision of the task."""
    id = row["id"].to(str)
    chosen = TaskVersions.revision == id
    href = TaskVersions.link + "&revision=" + id
    link = to("Revision " + id, href=href, replace=True, custom_attrs={"aria-current": current(chosen)})
    origin = rx.cond(row["restored_from"], rx.fragment(" restored from ", row["restored_from"].to(str)), "")
    now = rx.cond(row["current"], rx.el.span("current", class_name="chip"))
    return rx.el.tr(
        cell(link, rx.el.span(origin, class_name="dim"), " ", now),
        cell(rx.el.span(row["version"].to(str), class_name="mono"), phone="line"),
        cell(ago(at=row["created_at"]), phone="corner"),
        custom_attrs={"data-chosen": rx.cond(chosen, "", None)},
    )


def _list(live: Live) -> rx.Component:
    rows = rx.foreach(live.rows, lambda each: rx.fragment(version_row(row=each), key=each["id"].to(str)))
    heads = [rx.el.th(name, scope="col") for name in HEADS]
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rows),
        class_name="table",
        custom_attrs={"aria-label": "Versions"},
    )
    last = live.rows[live.rows.length() - 1]["id"].to(str)
    older = rx.cond(last != "1", to("Older", href=TaskVersions.link + "&before=" + last))
    newest = rx.cond(TaskVersions.topic.contains("versions/"), to("Newest", href=TaskVersions.link))
    foot = rx.el.div(newest, older, class_name="foot")
    return rx.el.div(rx.el.div(table, class_name="card table-card"), foot)


def _compared(title: str, before: rx.Var[str], after: rx.Var[str], now: rx.Var[str]) -> rx.Component:
    difference = diff_view(
        before,
        after,
        before_label="Revision " + TaskVersions.revision,
        after_label="Now (revision " + now + ")",
        label=title + ": then and now",
    )
    same = rx.el.p("As it is now.", class_name="pad dim")
    return card(title, rx.cond(before == after, same, difference))


def _restore(now: rx.Var[str]) -> rx.Component:
    button = antd.Popconfirm.create(
        act_button(Act.EDIT_TASK, "Restore", loading=TaskVersions.busy),
        title="Restore revision " + TaskVersions.revision + "?",
        description=(
            "The task becomes what it was then, as a new revision. Its description stays; nothing is lost."
        ),
        ok_text="Restore",
        cancel_text="Keep it as it is",
        placement="bottomRight",
        on_confirm=TaskVersions.restore(TaskVersions.revision, now).temporal,
    )
    return if_may(Act.EDIT_TASK, rx.cond(TaskVersions.revision != now, button))


def _chosen(task: Row) -> rx.Component:
    now = task["revision"].to(int).to_string()
    head = rx.el.div(
        rx.el.h2("Revision " + TaskVersions.revision, " ", rx.el.span(TaskVersions.title, class_name="dim")),
        rx.el.span(class_name="grow"),
        _restore(now),
        class_name="row",
    )
    parts = [
        _compared("Name and version", TaskVersions.title, _title(task), now),
        _compared("Source", TaskVersions.source, task["source_code"].to(str), now),
        _compared("Input schema", TaskVersions.input_schema, _text(task, "input_schema"), now),
        _compared("Output schema", TaskVersions.output_schema, _text(task, "output_schema"), now),
    ]
    none = rx.el.div(
        empty_state("Choose a revision", "What differs from the task as it is now is shown here."),
        class_name="card",
    )
    read = rx.cond(
        TaskVersions.failure["title"], failure_notice(TaskVersions.failure), rx.fragment(head, *parts)
    )
    return rx.el.div(rx.cond(TaskVersions.revision, read, none), class_name="stack")


def _title(task: Row) -> rx.Var[str]:
    return task["name"].to(str) + " " + task["version"].to(str)


def _text(task: Row, name: str) -> rx.Var[str]:
    """Return a schema of the task as text; null, which is awaited, where it was too long to send."""
    text = task[name + "_text"]
    return rx.cond(text, text, rx.cond(task[name + "_size"], None, "")).to(str)


def versions_tab(task: Row) -> rx.Component:
    """Return the tab; `task` is the row of the task as it is now."""
    live = Live(TaskVersions.topic)
    unknown = unknown_card(live.error)
    known = rx.el.div(_list(live), _chosen(task), class_name="versions")
    return unless_lacking(Ability.VERSIONS, rx.cond(live.rows.length() > 0, known, unknown), "No versions")
