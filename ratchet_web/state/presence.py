"""Whether anybody looks at a viewer's tab: one that is hidden costs nothing."""

import reflex as rx

from ratchet_web.state.services import services


class Presence(rx.State):
    """The tab of one viewer."""

    @rx.event
    async def hide(self) -> None:
        """Tell this tab nothing more, until it is shown."""
        await services(self).hub.hide(self.router.session.session_id)

    @rx.event
    async def show(self) -> None:
        """Tell this tab again what its page watches, from how it is now."""
        await services(self).hub.show(self.router.session.session_id)
