"""Two executions side by side: which ones, and what of them."""

import reflex as rx

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.state.services import services
from ratchet_web.state.viewing import described, watch

TABS = ("input", "output", "log", "source")


class ExecutionCompare(rx.State):
    """`/executions/compare?a=&b=`."""

    a: str = ""
    b: str = ""
    topic_a: str = ""
    topic_b: str = ""
    tab: str = TABS[0]
    source_a: str = ""
    source_b: str = ""
    source_failure: dict[str, str] = {}

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
        self.source_a, self.source_b, self.source_failure = "", "", {}
        if self.tab == "source" and len(topics) == 2:
            await self._read_sources()

    async def _read_sources(self) -> None:
        """Read what both executions ran."""
        api = services(self).api
        try:
            if (await api.dialect()).can(Ability.VERSIONS):
                self.source_a = await _ran(api, self.a)
                self.source_b = await _ran(api, self.b)
        except RatchetError as error:
            self.source_failure = described("The sources could not be read", error)


async def _ran(api: Ratchet, id: str) -> str:
    """Return the source that an execution ran; empty where the server does not tell its revision."""
    execution = await api.executions.get(id)
    if execution.task_revision is None:
        return ""
    return (await api.tasks.version(execution.task_id, execution.task_revision)).source_code or ""


def _row_id(text: str) -> str:
    return text if is_row_id(text) else ""
