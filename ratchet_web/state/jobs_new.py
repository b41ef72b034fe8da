"""Queueing a job: which task, what input, when, how it is retried and where its output goes."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.logic.jobs_new import read_job
from ratchet_web.logic.json_text import parsed
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.jobs import Job, JobQuery
from ratchet_web.state.refusals import forbidden
from ratchet_web.state.run_form import TaskForm
from ratchet_web.state.services import go, services
from ratchet_web.state.viewing import watch

ATTEMPT_CHARS = 64


class JobNew(TaskForm, rx.State):
    """`/jobs/new`; the address names the task."""

    # The task of the address, whether or not it could be read.
    chosen: str = ""
    _param: str = "task"

    @rx.event
    async def load(self) -> None:
        """Read the task that the address names."""
        self.chosen = self._wanted()
        await watch(self)
        await JobNew.event_handlers["open"].fn(self)

    @rx.event
    def pick_task(self, task: str) -> Any:
        """Choose the task."""
        chosen = f"?task={task}" if is_row_id(task) else ""
        return go(self, f"/jobs/new{chosen}", replace=True)

    @rx.event
    async def submit(self, text: str, options: dict[str, Any], attempt: str) -> AsyncIterator[Any]:
        """Queue a job with an input, given as JSON, and open it; a press, named `attempt`, counts once."""
        if not isinstance(attempt, str) or len(attempt) > ATTEMPT_CHARS or self._seen(attempt):
            return
        # The second half of a double click may come after the answer, on the page that is being left.
        if self.busy or self.saved_key:
            return
        if why := self._unfit(text, forbidden(self, Act.RUN_TASK)):
            self.errors = [{"field": "", "message": why}]
            return
        self.busy = True
        yield
        try:
            job = await self._queue(text, options)
        finally:
            self.busy = False
        if job is not None:
            self.saved_key = job.id
            yield go(self, f"/jobs/{job.id}")

    async def _queue(self, text: str, options: object) -> Job | None:
        """Return the job, or None with `errors` set."""
        try:
            input = parsed(text)
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
            return None
        draft, self.errors = read_job(self.task_id, input, options)
        if draft is None:
            return None
        try:
            return await services(self).api.jobs.create(draft)
        except RatchetError as error:
            await self._explain(error, JobQuery(task=self.task_id).address())
        return None
