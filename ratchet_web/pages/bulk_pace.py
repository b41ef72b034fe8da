"""How fast a bulk run goes, chosen before it begins and while it goes on, and when it can be undone."""

import reflex as rx
from reflex.vars import Var

from ratchet_web.components import antd
from ratchet_web.components.abilities import Ability, lacking
from ratchet_web.pages.bulk_words import Row
from ratchet_web.state.bulk import Bulk

PACES = {
    "": "Full speed",
    "100": "100 a second",
    "10": "10 a second",
    "1": "1 a second",
    "0": "Pause",
}


def can_be_paced(run: Row) -> Var[bool]:
    """Return whether a run can be told how fast to go: the console can be, and some servers."""
    return ~run["keeps_reason"].to(bool) | ~lacking(Ability.BULK_PACE).bool()


def first_pace() -> rx.Component:
    """Return the choice of how fast a run is to begin."""
    choices = [rx.el.option(word, value=value) for value, word in PACES.items() if value != "0"]
    return rx.el.div(
        rx.el.label("How fast", html_for="bulk-pace", class_name="label"),
        rx.el.select(*choices, name="pace", id="bulk-pace"),
        rx.el.span("It can be changed while it runs.", class_name="hint"),
        class_name="field",
    )


def pace(run: Row) -> rx.Component:
    """Return the choice of how fast a run that goes on may be."""
    now = run["pace"].to(str)

    def choice(value: str, word: str) -> rx.Component:
        return rx.el.button(
            word,
            type="button",
            on_click=Bulk.pace(value).temporal,
            custom_attrs={"aria-pressed": now == value},
        )

    choices = rx.el.div(
        *[choice(value, word) for value, word in PACES.items()],
        class_name="segments",
        role="group",
        custom_attrs={"aria-label": "How fast"},
    )
    return rx.el.div(rx.el.span("How fast", class_name="label"), choices, class_name="pace")


def waiting(run: Row) -> rx.Component:
    """Return what stands while a run that was confirmed can be taken back."""
    undo = antd.Button.create("Undo", loading=Bulk.busy, on_click=Bulk.undo(run["run"].to(str)).temporal)
    return rx.fragment(
        rx.el.p("It begins in a few seconds. Nothing was done yet.", role="status"),
        rx.el.div(undo, class_name="row"),
    )
