"""The system page: which of its tabs is open."""

import reflex as rx

from ratchet_web.state.viewing import watch

# What each tab shows live; the server is looked at only while somebody sees it.
TABS = {
    "health": ("system",),
    "metrics": ("system",),
    "prometheus": (),
    "server": ("system",),
    "settings": ("console",),
}


class System(rx.State):
    """`/system`."""

    tab: str = "health"

    @rx.event
    async def load(self) -> None:
        """Watch what the tab shows that the address names."""
        tab = self.router.url.query_parameters.get("tab", "health")
        self.tab = tab if tab in TABS else "health"
        await watch(self, *TABS[self.tab])
