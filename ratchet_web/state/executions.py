"""The executions pages: which list is asked for, which execution is open."""

from typing import Any

import reflex as rx

from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.state.services import go
from ratchet_web.state.viewing import ListState, asked, choices, watch

STATUSES = {
    "PENDING": "Pending",
    "RUNNING": "Running",
    "FAILED": "Failed",
    "COMPLETED": "Completed",
    "CANCELLED": "Cancelled",
}


class ExecutionList(ListState, rx.State):
    """`/executions`."""

    statuses: list[dict[str, Any]] = []
    task: str = ""
    in_time: str = ""
    _query: ExecutionQuery = ExecutionQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, ExecutionQuery)
        self._show(self._query, ignored)
        self.statuses = choices(self._query, "status", STATUSES)
        self.task = self._query.task or ""
        narrowed = self._query.address(page=1, limit=25, sort="-queued_at").partition("?")[2]
        self.in_time = f"executions/density?{narrowed}" if narrowed else "executions/density"
        await watch(self, self.topic, self.in_time)

    @rx.event
    def pick_task(self, task: str) -> Any:
        """Narrow the list to one task; the empty text to all."""
        chosen = task if is_row_id(task) else None
        return go(self, self._query.address(task=chosen))
