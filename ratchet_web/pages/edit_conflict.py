"""Two people at one thing: both versions, what differs, and the ways out."""

from typing import Any

import reflex as rx

from ratchet_web.components.diff import diff_view
from ratchet_web.components.edit_form import ConflictChoices
from ratchet_web.components.times import ago

Field = rx.Var[dict[str, str]]
DATED = "This server counts no revisions: the time of the last change told that there was another one."


def conflict_panel(found: rx.Var[dict[str, Any]], on_go_on: Any, dated: Any) -> rx.Component:
    """Return what stands above the form while a change of somebody else is in the way; else nothing.

    `found`: `base`, `changed_at`, `fields`, and `revision` where there are any; `dated` tells that there are
    none.
    """
    revision = rx.cond(found["revision"], rx.fragment("Revision ", found["revision"].to(str), ", "), "")
    when = rx.cond(found["changed_at"], rx.fragment("changed ", ago(at=found["changed_at"]), ". "), "")
    safe = "Nothing was saved, and nothing that you typed is lost."
    panel = rx.el.section(
        rx.el.h2("Changed by someone else since you opened it"),
        rx.el.p(revision, when, safe),
        rx.cond(dated, rx.el.p(DATED, class_name="dim")),
        ConflictChoices.create(base=found["base"].to(str), on_go_on=on_go_on),
        rx.el.p(_meaning(), class_name="dim"),
        rx.foreach(found["fields"].to(list[dict[str, str]]), _difference),
        class_name="card pad stack conflict",
        custom_attrs={"aria-label": "Two versions"},
    )
    return rx.cond(found["base"], panel)


def _difference(field: Field) -> rx.Component:
    compared = diff_view(
        field["theirs"],
        field["mine"],
        before_label="Theirs",
        after_label="Yours",
        label=field["label"] + ": theirs and yours",
    )
    return rx.el.div(rx.el.h3(field["label"]), compared)


def _meaning() -> str:
    return (
        "Only what you changed is shown, and only that is saved over theirs by “Keep mine”. “Take theirs” "
        "fills the form with theirs and puts yours aside, from where you can bring it back."
    )
