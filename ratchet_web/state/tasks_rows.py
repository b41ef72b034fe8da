"""Running a task many times: the page whose rows the browser hands over by HTTP (`live/tasks_rows.py`)."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import Conflict, RatchetError
from ratchet_web.bulk.run import Run
from ratchet_web.logic.run_options import RunOptions, read_options
from ratchet_web.models.acts import Act
from ratchet_web.models.runs import Phase
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, services
from ratchet_web.state.started import note_started
from ratchet_web.state.viewing import BULK, in_words, path_part, watch

TYPED_LIMIT = 20


class TaskRows(rx.State):
    """`/tasks/[task_id]/run-many`. Which rows were handed over, the address says (`?rows=`)."""

    id: str = ""
    topic: str = ""
    busy: bool = False
    errors: list[dict[str, str]] = []

    @rx.event
    async def load(self) -> None:
        """Watch the task that the address names."""
        self.id = path_part(self, 1)
        self.topic, self.errors = f"tasks/{self.id}", []
        await watch(self, self.topic)

    @rx.event
    async def queue(self, batch: str, typed: str, options: dict[str, str]) -> AsyncIterator[Any]:
        """Queue a job for each of the rows that were handed over, and show how far that is."""
        chosen, wrong = read_options(options)
        if why := forbidden(self, Act.RUN_TASK):
            wrong = [{"field": "", "message": why}]
        self.errors = wrong
        if wrong or not isinstance(batch, str) or not isinstance(typed, str):
            return
        self.busy = True
        yield
        try:
            run = await self._begun(batch, typed[:TYPED_LIMIT], chosen)
        except RatchetError as error:
            await note_refusal(self, Act.RUN_TASK, error)
            self.errors = [{"field": "", "message": in_words(error)}]
            return
        finally:
            self.busy = False
        await note_started(self, run.id)
        yield go(self, f"/tasks/{self.id}/run-many?rows={run.id}&{BULK}={run.id}")

    async def _begun(self, batch: str, typed: str, options: RunOptions) -> Run:
        """Return the run of these rows, which goes on: a second press begins nothing."""
        runs = services(self).runs
        run = await runs.find(batch)
        if run.creation is None or run.creation.task_id != self.id:
            raise Conflict("These rows are not of this task")
        if run.phase is not Phase.READY:
            return run
        run.creation.options = options
        return await runs.start(batch, typed)
