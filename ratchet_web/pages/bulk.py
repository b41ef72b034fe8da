"""Acting on many rows: what stands above a list while rows of it are ticked."""

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking, may
from ratchet_web.components.bulk import PriorityMenu
from ratchet_web.components.live import Live
from ratchet_web.components.parts import number
from ratchet_web.components.tables import Column, total_of
from ratchet_web.components.ticks import Tick, TickPage, Ticks, ticker
from ratchet_web.pages.acts import if_may
from ratchet_web.state.acts import ACTS
from ratchet_web.state.bulk import Bulk

# Label, and whether it destroys.
VERBS = {
    "cancel": ("Cancel…", True),
    "retry": ("Retry…", False),
    "enable": ("Enable…", False),
    "disable": ("Disable…", True),
    "priority": ("Set priority…", False),
}


def may_act_on(noun: str) -> Var[bool]:
    """Return whether the viewer's role allows any act on many of these rows."""
    first, *others = dict.fromkeys(act for (of, verb), act in ACTS.items() if of == noun and verb in VERBS)
    allowed = may(first)
    for act in others:
        allowed |= may(act)
    return allowed


def tick_column(live: Live, noun: str) -> Column:
    """Return the heading of the column of boxes."""
    head = TickPage.create(topic=live.topic, label=f"Tick all {noun} on this page")
    return Column("", head=head, shown=may_act_on(noun))


def tick_cell(id: Var[str], noun: str) -> rx.Component:
    """Return the cell with the box of a row; `noun` in the singular."""
    box = rx.el.td(Tick.create(id=id, label=f"Tick {noun} " + id), class_name="ticks")
    return rx.cond(may_act_on(f"{noun}s"), box)


def tick_bar(
    live: Live, noun: str, *verbs: str, beside: Callable[[Ticks], rx.Component] | None = None
) -> rx.Component:
    """Return what stands in place of the filters while something is ticked: how much, and what to do.

    `beside` makes what stands beside the acts.
    """
    ticks = Ticks(live.topic)
    words = rx.cond(
        ticks.all,
        rx.el.b("All ", total_of(live), " matching"),
        rx.el.b(number(ticks.count), " ticked"),
    )
    more = rx.cond(
        ~ticks.all & (live.about["total"].to(int) > ticks.count),
        antd.Button.create(
            rx.el.span("All ", total_of(live), " matching instead"),
            type="link",
            custom_attrs={"onClick": ticker("tickEverything")},
        ),
    )
    clear = antd.Button.create("Clear", type="text", custom_attrs={"onClick": ticker("tickNothing")})
    buttons = [_button(ticks, noun, verb) for verb in verbs]
    bar = rx.el.div(
        words,
        *buttons,
        beside(ticks) if beside else None,
        more,
        clear,
        class_name="tick-bar",
        role="group",
        custom_attrs={"aria-label": f"Act on these {noun}"},
    )
    return rx.cond(ticks.all | (ticks.count > 0), bar)


def _button(ticks: Ticks, noun: str, verb: str) -> rx.Component:
    label, destroys = VERBS[verb]
    if verb == "priority":
        return if_may(ACTS[noun, verb], _priorities(ticks, noun))
    all_of_them = antd.Button.create(label, danger=destroys, on_click=Bulk.choose_all(noun, verb).temporal)
    ticked = antd.Button.create(label, danger=destroys, on_click=Bulk.choose(noun, verb, ticks.ids).temporal)
    return if_may(ACTS[noun, verb], rx.cond(ticks.all, all_of_them, ticked))


def _priorities(ticks: Ticks, noun: str) -> rx.Component:
    why = lacking(Ability.CHANGE_JOB)
    every = PriorityMenu.create(
        why=why, on_pick=lambda value: Bulk.choose_all(noun, "priority", value).temporal
    )
    ticked = PriorityMenu.create(
        why=why, on_pick=lambda value: Bulk.choose(noun, "priority", ticks.ids, value).temporal
    )
    return rx.cond(ticks.all, every, ticked)


def act_on_all(live: Live, noun: str) -> rx.Component:
    """Return the button that ticks all rows that match, wherever they stand."""
    attrs: dict[str, Any] = {"onClick": ticker("tickEverything")}
    matching = rx.el.span(" matching", class_name="wide-only")
    words = rx.el.span("Act on all ", total_of(live), matching, "…")
    button = antd.Button.create(words, custom_attrs=attrs)
    return rx.cond(may_act_on(noun) & (live.rows.length() > 1), button)
