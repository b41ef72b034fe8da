"""Two executions side by side: which ones, and what of them."""

import reflex as rx

from ratchet_web.models.base import is_row_id
from ratchet_web.state.viewing import watch

TABS = ("input", "output", "log")


class ExecutionCompare(rx.State):
    """`/executions/compare?a=&b=`."""

    a: str = ""
    b: str = ""
    topic_a: str = ""
    topic_b: str = ""
    tab: str = TABS[0]

    @rx.event
    async def load(self) -> None:
        """Watch the two executions that the address names."""
        asked = self.router.url.query_parameters
        self.a, self.b = _row_id(asked.get("a", "")), _row_id(asked.get("b", ""))
        tab = asked.get("tab", TABS[0])
        self.tab = tab if tab in TABS else TABS[0]
        self.topic_a = f"executions/{self.a}" if self.a else ""
        self.topic_b = f"executions/{self.b}" if self.b else ""
        topics = [topic for topic in (self.topic_a, self.topic_b) if topic]
        logs = [f"{topic}/logs" for topic in topics] if self.tab == "log" else []
        await watch(self, *topics, *logs)


def _row_id(text: str) -> str:
    return text if is_row_id(text) else ""
