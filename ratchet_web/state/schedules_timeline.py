"""The timeline of the schedules. What is in view belongs to the address and the browser."""

import reflex as rx

from ratchet_web.state.viewing import watch


class ScheduleTimeline(rx.State):
    """`/schedules/timeline?from=&span=&view=`."""

    @rx.event
    async def load(self) -> None:
        """Watch what every page watches; the page itself asks for what is in view."""
        await watch(self)
