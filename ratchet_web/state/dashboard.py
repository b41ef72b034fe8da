"""The dashboard."""

import reflex as rx

from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.state.viewing import watch


class Dashboard(rx.State):
    """`/`."""

    @rx.event
    async def load(self) -> None:
        """Watch the figures."""
        await watch(self, "dashboard", PAUSES)
