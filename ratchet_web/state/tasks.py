"""The tasks pages: which list is asked for, which task is open."""

from typing import Any

import reflex as rx

from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.state.services import go
from ratchet_web.state.tasks_versions import open_versions
from ratchet_web.state.viewing import ListState, asked, choices, path_part, watch

SEARCH_LIMIT = 200


class TaskList(ListState, rx.State):
    """`/tasks`."""

    enabled: list[dict[str, Any]] = []
    search: str = ""
    _query: TaskQuery = TaskQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, TaskQuery)
        self._show(self._query, ignored)
        self.enabled = choices(self._query, "enabled", {True: "Enabled", False: "Disabled"})
        self.search = self._query.q or ""
        await watch(self, self.topic)

    @rx.event
    def find(self, text: str) -> Any:
        """Narrow the list to names that hold a text."""
        # Half of a character, which no browser types, has no place in an address.
        whole = text.encode(errors="replace").decode() if isinstance(text, str) else ""
        wanted = whole.strip()[:SEARCH_LIMIT]
        return None if wanted == self.search else go(self, self._query.address(q=wanted or None))


class TaskDetail(rx.State):
    """`/tasks/[task_id]`."""

    id: str = ""
    topic: str = ""
    runs_topic: str = ""
    runs_link: str = ""
    edit_link: str = ""
    tab: str = "source"

    @rx.event
    async def load(self) -> None:
        """Watch the task that the address names, and its newest runs."""
        self.id = path_part(self, 1)
        tab = self.router.url.query_parameters.get("tab", "source")
        self.tab = tab if tab in ("source", "schemas", "runs", "versions") else "source"
        self.topic, self.edit_link = f"tasks/{self.id}", f"/tasks/{self.id}/edit"
        query = ExecutionQuery(task=self.id) if is_row_id(self.id) else ExecutionQuery()
        self.runs_link = query.address()
        self.runs_topic = query.model_copy(update={"limit": 10}).address().lstrip("/")
        await watch(self, self.topic, self.runs_topic, *await open_versions(self))
