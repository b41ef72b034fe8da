"""What pages ask about the viewer's acts, and the controls of those acts.

What a role never allows is not there at all; what a server refused stays, says why, and cannot be pressed.
"""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import Act, may
from ratchet_web.components.address import under_server
from ratchet_web.components.browser import pressed
from ratchet_web.components.delays import delay_mark, delay_of
from ratchet_web.components.parts import empty_state, icon_button
from ratchet_web.state.acts import Acts
from ratchet_web.state.refusals import Refusals

__all__ = [
    "Act",
    "act_button",
    "act_icon",
    "enabling_switch",
    "if_may",
    "is_busy",
    "may",
    "refused",
    "unfit",
]


def is_busy(noun: str, id: Var[str]) -> Var[bool]:
    """Return whether the answer to an act on a row of the page's server is still to come."""
    return Acts.busy.contains(under_server(f"{noun}/" + id))


def if_may(act: Act, control: rx.Component, otherwise: rx.Component | None = None) -> rx.Component:
    """Return a control where the viewer's role allows its act; else nothing, or what tells the same."""
    return rx.cond(may(act), control, otherwise)


def unfit(what: str) -> rx.Component:
    """Return what stands in place of a page, or a part of one, of which the viewer may do nothing."""
    words = f"Your role on this server does not allow you to {what}."
    return empty_state("Not for your role", words)


def refused(act: Act) -> Var[str]:
    """Return why the server refused this act since the page was opened; empty where it did not."""
    reason = Refusals.reasons[under_server(act.value)]
    return rx.cond(reason, reason, "").to(str)


def act_icon(act: Act, picture: str, label: Any, *, busy: Var[bool], **props: Any) -> rx.Component:
    """Return the icon button of an act.

    With `on_click`, one press counts for a second, or until it is answered.
    """
    why, off = refused(act), busy
    if "on_click" in props:
        is_pressed, press = pressed(busy, str(label))
        off, props["custom_attrs"] = busy | is_pressed, {"onClickCapture": press}
    return icon_button(picture, label, why=why, disabled=off | why.bool(), **props)


def act_button(act: Act, *children: Any, disabled: Any = False, **props: Any) -> rx.Component:
    """Return the button of an act.

    With `loading` and `on_click`, one press counts for a second, or until it is answered.
    """
    why, attrs = refused(act), props.pop("custom_attrs", {})
    attrs = {**attrs, "title": rx.cond(why, why, attrs.get("title"))}
    off = Var.create(disabled).bool() | why.bool()
    if "loading" in props and "on_click" in props:
        is_pressed, press = pressed(Var.create(props["loading"]).bool(), str(children))
        off, attrs["onClickCapture"] = off | is_pressed, press
    return antd.Button.create(*children, disabled=off, custom_attrs=attrs, **props)


def enabling_switch(act: Act, noun: str, row: Var[dict[str, Any]], switch: Any) -> rx.Component:
    """Return the small switch that enables or disables a row, and what is about to be done to it.

    It waits a moment at the console; pressed meanwhile, the opposite of what waits is asked for, whatever the
    row shows by then. `switch` is the handler.
    """
    id, name, on = row["id"].to(str), row["name"].to(str), row["enabled"].to(bool)
    why, delay = refused(act), delay_of(noun, id)
    wanted = rx.cond(delay["stage"] == "waiting", delay["verb"] == "disable", ~on)
    switched = antd.Switch.create(
        size="small",
        checked=on,
        disabled=why.bool(),
        loading=is_busy(noun, id) | (delay["stage"] == "doing"),
        on_change=switch(id, wanted, name).temporal,
        custom_attrs={"aria-label": "Enable " + name, "title": rx.cond(why, why, None)},
    )
    return rx.fragment(switched, delay_mark(delay))
