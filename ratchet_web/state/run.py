"""The run dialog: which task, what input it takes, and the answer of the server."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.run_options import RunOptions, read_options
from ratchet_web.models.acts import Act
from ratchet_web.models.executions import Execution, ExecutionQuery
from ratchet_web.models.jobs import Job, JobQuery, NewJob
from ratchet_web.state.refusals import forbidden
from ratchet_web.state.run_form import TaskForm
from ratchet_web.state.services import go, services
from ratchet_web.state.viewing import page_of


class RunDialog(TaskForm, rx.State):
    """The dialog of one viewer. The address says for which task it is open."""

    _param: str = "run"

    @rx.event
    async def submit(self, text: str, options: dict[str, str]) -> AsyncIterator[Any]:
        """Run the task with an input, given as JSON, and open its execution, or the job that will run it.

        One press is done once: its name in `options` tells whether it was seen before.
        """
        chosen, wrong = read_options(options)
        if self._seen(chosen.attempt):
            return
        self.errors = wrong
        if wrong:
            return
        if why := self._unfit(text, forbidden(self, Act.RUN_TASK)):
            self.errors = [{"field": "", "message": why}]
            return
        self.busy = True
        yield
        try:
            started = await self._run(text, chosen)
        finally:
            self.busy = False
        if started is not None:
            self.saved_key = started.id
            yield go(self, page_of(started))

    async def _run(self, text: str, chosen: RunOptions) -> Execution | Job | None:
        """Return what waits for a worker now, or None with `errors` set."""
        try:
            draft = chosen.draft(self.task_id, parsed(text))
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
            return None
        try:
            api = services(self).api
            if isinstance(draft, NewJob):
                return await api.jobs.create(draft)
            return await api.executions.create(draft)
        except RatchetError as error:
            kind = JobQuery if isinstance(draft, NewJob) else ExecutionQuery
            await self._explain(error, kind(task=self.task_id).address())
        return None
