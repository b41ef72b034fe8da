"""How often a failure came, drawn small (assets/failures.jsx), and in which state it is."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.icons import icon


class Trend(rx.Component):
    """Bars of `counts`, a number for each part of a time; `words` say the same.

    `wide`: as wide as there is room.
    """

    library = "$/public/failures.jsx"
    tag = "Trend"
    counts: Var[Any]
    words: Var[str]
    wide: Var[bool]


# State → (class, icon, word).
STATES = {
    "OPEN": ("bad", "failures", "Open"),
    "IGNORED": ("cancelled", "slash", "Ignored"),
    "RESOLVED": ("ok", "check", "Resolved"),
}


def state_of(state: Var[str], reopened: Var[Any]) -> rx.Component:
    """Return in which state a failure is, as colour, icon and word; a dash where nobody knows."""
    shown = [
        (word, rx.el.span(icon(picture), label, class_name=f"status {kind}"))
        for word, (kind, picture, label) in STATES.items()
    ]
    again = rx.el.span(icon("retry"), "Returned", class_name="status warn")
    returned = (state == "OPEN") & reopened.bool()
    return rx.cond(returned, again, rx.match(state, *shown, rx.el.span("–", class_name="dim")))
