"""The page of one execution: which one is open, and which part of it."""

import reflex as rx

from ratchet_web.models.base import is_row_id
from ratchet_web.state.viewing import curl_of, path_part, watch

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
        self.curl = curl_of(self, f"/executions/{self.id}") if is_row_id(self.id) else ""
        self.log_source = f"{self.data_source}/logs"
        shown = {"logs": (self.log_topic,), "attempts": (self.attempts_topic,)}.get(self.tab, ())
        await watch(self, self.topic, *shown)
