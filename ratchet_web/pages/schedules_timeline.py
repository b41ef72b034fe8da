"""`/schedules/timeline`: what ran and what is due, on one axis or by the month."""

import reflex as rx

from ratchet_web.components.parts import title_bar
from ratchet_web.components.schedules_timeline import Timeline


def page() -> rx.Component:
    """Return the page."""
    return rx.fragment(title_bar("Timeline of schedules"), Timeline.create())
