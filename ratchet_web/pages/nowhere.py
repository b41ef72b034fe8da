"""The page of every address that leads nowhere."""

import reflex as rx

from ratchet_web.components.parts import empty_state, to


def page() -> rx.Component:
    """Return the page."""
    words = empty_state(
        "There is nothing at this address",
        "It may be mistyped, or out of date.",
        to("Dashboard", href="/"),
        heading=rx.el.h1,
    )
    return rx.el.div(words, class_name="card")
