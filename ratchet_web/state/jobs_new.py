"""Queueing a job: which task, what input, when, how it is retried and where its output goes."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.logic.jobs_new import read_job
from ratchet_web.models.base import is_row_id
from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.state.run_form import TaskForm
from ratchet_web.state.services import go
from ratchet_web.state.viewing import watch


class JobNew(TaskForm, rx.State):
    """`/jobs/new`; the address names the task."""

    # The task of the address, whether or not it could be read.
    chosen: str = ""
    _param: str = "task"

    @rx.event
    async def load(self) -> None:
        """Read the task that the address names."""
        self.chosen = self._wanted()
        await watch(self, PAUSES)
        await JobNew.event_handlers["open"].fn(self)

    @rx.event
    def pick_task(self, task: str) -> Any:
        """Choose the task."""
        chosen = f"?task={task}" if is_row_id(task) else ""
        return go(self, f"/jobs/new{chosen}", replace=True)

    @rx.event
    async def submit(self, text: str, options: dict[str, Any], attempt: str) -> AsyncIterator[Any]:
        """Queue a job with an input, given as JSON, and open it; a press, named `attempt`, counts once."""
        id = self.task_id
        async for event in self._submitted(text, attempt, lambda input: read_job(id, input, options)):
            yield event
