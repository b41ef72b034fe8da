"""What the pages share on which a document is written: its form, the bar below it, what went wrong."""

from typing import Any

import reflex as rx

from ratchet_web.components.edit_form import Unsaved, edit_form
from ratchet_web.components.parts import failure_notice, to
from ratchet_web.pages.acts import act_button
from ratchet_web.state.editing import Editing


def kept(state: type[Editing]) -> dict[str, Any]:
    """Return the props by which a field keeps what is typed in it, but for its name."""
    return {"doc_key": state.doc_key, "draft_key": state.draft_key, "saved_key": state.saved_key}


def editing(state: type[Editing], *children: rx.Component, **props: Any) -> rx.Component:
    """Return what stands around the form, and asks whoever leaves it with something unsaved."""
    return edit_form(
        *children,
        **kept(state),
        saved_to=state.saved_to,
        base=state.base,
        on_take=state.load.temporal,
        on_compare=state.compare.temporal,
        **props,
    )


def save_bar(state: type[Editing], **attrs: Any) -> rx.Component:
    """Return the buttons below the form, and why nothing was saved."""
    save = act_button(
        state.ACT,
        f"Save {state.NOUN}",
        type="primary",
        html_type="submit",
        loading=state.busy,
        custom_attrs=attrs,
    )
    told = Unsaved.create(text=state.unsaved, stumbles=state.stumbles)
    back = rx.cond(state.id, f"/{state.NOUN}s/" + state.id, f"/{state.NOUN}s")
    return rx.el.div(save, to("Cancel", href=back), told, class_name="row save-bar")


def failure(state: type[Editing]) -> rx.Component:
    """Return what went wrong. What could not be read can be read again; saving has its own button."""
    unread = failure_notice(state.failure, again=state.load.temporal)
    return rx.cond(state.failure["kind"], unread, failure_notice(state.failure))


def whole_error(state: type[Editing]) -> rx.Component:
    """Return what the server said of no field."""
    told = state.errors["form"]
    return rx.cond(told, rx.el.p(told, class_name="form-error", role="alert"))
