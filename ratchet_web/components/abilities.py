"""What the server behind the page cannot do, in its place on the page."""

import json

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import Var, VarData

from ratchet_web.components.live import Live
from ratchet_web.models.acts import Act
from ratchet_web.models.dialect import Ability

__all__ = [
    "Ability",
    "Act",
    "caveat",
    "lacking",
    "lacking_note",
    "may",
    "note",
    "unless_lacking",
]


def lacking(ability: Ability) -> Var[str]:
    """Return why the server cannot do this; empty where it can, or where nothing is known of it yet."""
    about = Live("link").about
    text = f"({about!s}?.cannot?.{ability.value} ?? '')"
    return Var(text, _var_type=str, _var_data=about._get_all_var_data()).to(str)


def caveat(act: str) -> Var[str]:
    """Return what to know of an act (`schedules/disable`) on this server; empty where nothing is odd."""
    about = Live("link").about
    text = f"({about!s}?.caveats?.[{json.dumps(act)}] ?? '')"
    return Var(text, _var_type=str, _var_data=about._get_all_var_data()).to(str)


def may(act: Act) -> Var[bool]:
    """Return whether the viewer's role on the page's server allows this, as far as it is known."""
    name = f"may_{act.value}"
    hook = {f'const {name} = useMay("{act.value}")': None}
    data = VarData(hooks=hook, imports={"$/public/live.js": ImportVar(tag="useMay")})
    return Var(name, _var_type=bool, _var_data=data).to(bool)


def note(text: Var[str] | str) -> rx.Component:
    """Return a line that says what to know here."""
    return rx.el.div(text, class_name="notice", role="note", custom_attrs={"data-kind": "info"})


def lacking_note(ability: Ability) -> rx.Component:
    """Return a line that says why the server cannot do this; nothing where it can."""
    why = lacking(ability)
    return rx.cond(why, note(why))


def unless_lacking(ability: Ability, part: rx.Component, title: str) -> rx.Component:
    """Return `part`; where the server cannot do this, what stands in its place."""
    why = lacking(ability)
    instead = rx.el.div(rx.el.div(rx.el.h2(title), rx.el.p(why), class_name="empty"), class_name="card")
    return rx.cond(why, instead, part)
