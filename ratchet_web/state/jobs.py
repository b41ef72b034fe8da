"""The jobs pages: which list is asked for, which job is open."""

from typing import Any

import reflex as rx

from ratchet_web.models.base import is_row_id
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.state.jobs_edit import JobEdit
from ratchet_web.state.services import go
from ratchet_web.state.viewing import ListState, asked, choices, curl_of, path_part, watch

STATUSES = {
    "QUEUED": "Queued",
    "PROCESSING": "Running",
    "RETRYING": "Retrying",
    "FAILED": "Failed",
    "COMPLETED": "Completed",
    "CANCELLED": "Cancelled",
}


class JobList(ListState, rx.State):
    """`/jobs`."""

    statuses: list[dict[str, Any]] = []
    task: str = ""
    _query: JobQuery = JobQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, JobQuery)
        self._show(self._query, ignored)
        self.statuses = choices(self._query, "status", STATUSES)
        self.task = self._query.task or ""
        await watch(self, self.topic, PAUSES)

    @rx.event
    def pick_task(self, task: str) -> Any:
        """Narrow the list to one task; the empty text to all."""
        chosen = task if is_row_id(task) else None
        return go(self, self._query.address(task=chosen))


class JobDetail(rx.State):
    """`/jobs/[job_id]`."""

    id: str = ""
    topic: str = ""
    tab: str = "overview"
    curl: str = ""

    @rx.event
    async def load(self) -> None:
        """Watch the job that the address names, with its attempts."""
        self.id = path_part(self, 1)
        self.tab = "raw" if self.router.url.query_parameters.get("tab") == "raw" else "overview"
        self.curl = curl_of(self, f"/jobs/{self.id}") if is_row_id(self.id) else ""
        self.topic = f"jobs/{self.id}"
        (await self.get_state(JobEdit))._begin()
        await watch(self, self.topic, PAUSES)
