"""How to run a task from elsewhere."""

from typing import Any

import reflex as rx

from ratchet_web.components.abilities import Ability, lacking_note
from ratchet_web.components.parts import copy_button, failure_notice
from ratchet_web.pages.details import unknown_card
from ratchet_web.state.tasks import TaskDetail

Row = rx.Var[dict[str, str]]


def calls() -> rx.Component:
    """Return the tab."""
    failed = TaskDetail.calls_failure
    unknown = unknown_card(failed)
    known = rx.fragment(_note(), rx.el.div(rx.foreach(TaskDetail.calls, _snippet), class_name="stack spaced"))
    shown = rx.cond(TaskDetail.calls.length() > 0, known, unknown)
    return rx.cond(failed["title"], failure_notice(failed, again=TaskDetail.load), shown)


def _note() -> rx.Component:
    token = rx.fragment(
        " Put a token of yours into the environment as ", rx.el.code("RATCHET_API_TOKEN"), " first."
    )
    local = " The address is that of the console's own machine: elsewhere, use the server's name there."
    words = rx.el.p(
        "Each of these runs the task once, as the button does.",
        rx.cond(TaskDetail.calls_with_token, token),
        rx.cond(TaskDetail.calls_local, local, ""),
        class_name="dim",
    )
    return rx.fragment(words, lacking_note(Ability.INPUT))


def _snippet(row: Row) -> rx.Component:
    title, text = row["title"].to(str), row["text"].to(str)
    attrs: dict[str, Any] = {"aria-label": title, "role": "region"}
    body = rx.el.pre(text, class_name="json", tab_index=0, custom_attrs=attrs)
    head = rx.el.div(
        rx.el.h2(title), rx.el.span(class_name="grow"), copy_button(text, title), class_name="card-head"
    )
    return rx.el.section(head, body, class_name="card", key=title)
