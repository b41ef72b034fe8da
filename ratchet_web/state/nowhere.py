"""The page of every address that leads nowhere."""

import reflex as rx

from ratchet_web.state.viewing import watch


class Nowhere(rx.State):
    """What is shown where there is nothing: only how fresh the data is."""

    @rx.event
    async def load(self) -> None:
        """Watch what every page shows."""
        await watch(self)
