"""Acts that can be undone, in Python: see assets/delays.jsx."""

from typing import Any

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.live import live_row

TOPIC = Var.create("delays")
# While it waits or is done, and where it could not be done.
WORDS = {
    "enable": ("Enabling…", "Not enabled"),
    "disable": ("Disabling…", "Not disabled"),
    "priority": ("Setting priority…", "Priority not set"),
}


class Delays(rx.Component):
    """Says what is about to be done, and lets it be undone; mounted once, among the notices."""

    library = "$/public/delays.jsx"
    tag = "Delays"
    on_undo: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_dismiss: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_undo_run: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def delay_of(noun: str, id: Var[str]) -> Var[dict[str, Any]]:
    """Return what waits for a row, or was just done to it; empty where nothing is."""
    return live_row(TOPIC, Var.create(f"{noun}/") + id)


def delay_mark(delay: Var[dict[str, Any]]) -> rx.Component:
    """Return a word that says at the row what is about to be done to it, or could not be."""
    stage, verb, note = (delay[name].to(str) for name in ("stage", "verb", "note"))

    def word(form: int) -> Var[str]:
        return rx.match(verb, *((name, words[form]) for name, words in WORDS.items()), verb).to(str)

    going = rx.el.span(word(0), class_name="delay-mark")
    failed = rx.el.span(word(1), title=note, class_name="delay-mark bad")
    return rx.match(stage, ("waiting", going), ("doing", going), ("failed", failed), rx.fragment())
