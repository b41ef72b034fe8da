"""The page of one execution: which one is open, and which part of it."""

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.logic.snippets import as_shell_read
from ratchet_web.models.base import is_row_id
from ratchet_web.state.services import services
from ratchet_web.state.viewing import path_part, watch

# Whoever runs the command has the token in their environment: no page ever holds it.
TABS = ("logs", "data", "attempts", "raw")


class ExecutionDetail(rx.State):
    """`/executions/[execution_id]`."""

    id: str = ""
    topic: str = ""
    log_topic: str = ""
    log_source: str = ""
    attempts_topic: str = ""
    data_source: str = ""
    curl: str = ""
    tab: str = "logs"

    @rx.event
    async def load(self) -> None:
        """Watch the execution that the address names, and what its open tab shows."""
        self.id = path_part(self, 1)
        tab = self.router.url.query_parameters.get("tab", TABS[0])
        self.tab = tab if tab in TABS else TABS[0]
        self.topic = f"executions/{self.id}"
        self.log_topic, self.attempts_topic = f"{self.topic}/logs", f"{self.topic}/attempts"
        self.data_source = f"/console/executions/{self.id}"
        self.curl = _curl(self, self.id) if is_row_id(self.id) else ""
        self.log_source = f"{self.data_source}/logs"
        shown = {"logs": (self.log_topic,), "attempts": (self.attempts_topic,)}.get(self.tab, ())
        await watch(self, self.topic, *shown)


def _curl(state: rx.State, id: str) -> str:
    """Return the command that reads the execution; empty where there is no server to ask."""
    try:
        api = services(state).api
    except RatchetError:
        return ""
    return as_shell_read(api.address(f"/executions/{id}"), with_token=api.has_token)
