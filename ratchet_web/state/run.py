"""The run dialog: which task, what input it takes, and the answer of the server."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError, Refused
from ratchet_web.logic.json_text import parsed
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import Execution, NewExecution
from ratchet_web.models.jobs import Job
from ratchet_web.models.servers import under
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.viewing import described, field_errors, in_words, page_of

INPUT_LIMIT = 1_000_000


class RunDialog(rx.State):
    """The dialog of one viewer. The address says for which task it is open."""

    server: str = ""
    task_id: str = ""
    description: str = ""
    enabled: bool = True
    input_schema: dict[str, Any] = {}
    form_key: str = ""
    draft_key: str = ""
    saved_key: str = ""
    errors: list[dict[str, str]] = []
    failure: dict[str, str] = {}
    busy: bool = False

    @rx.event
    async def open(self) -> None:
        """Load the task that the address names; what was typed for it stays, unless it changed since."""
        wanted = self._wanted()
        if not wanted:
            return
        self.errors, self.failure = [], {}
        self.saved_key = ""  # news of an earlier run would cost a later draft
        if self.server != server_of(self):
            self.server, self.task_id, self.form_key = server_of(self), "", ""
        try:
            task = await services(self).api.tasks.get(wanted)
        except RatchetError as error:
            self.failure = described("The task could not be read", error)
            return
        self.task_id, self.enabled = wanted, task.enabled
        self.description = task.description or ""
        self.input_schema = task.input_schema if isinstance(task.input_schema, dict) else {}
        self.form_key = under(self.server, f"{wanted} {task.updated_at}")
        self.draft_key = under(self.server, f"run.{wanted}")

    @rx.event
    async def submit(self, text: str) -> AsyncIterator[Any]:
        """Run the task with an input, given as JSON, and open its execution."""
        self.errors = []
        if not isinstance(text, str) or len(text) > INPUT_LIMIT:
            self.errors = [{"field": "", "message": "This input is too large."}]
            return
        if why := forbidden(self, Act.RUN_TASK):
            self.errors = [{"field": "", "message": why}]
            return
        if (server_of(self), self._wanted()) != (self.server, self.task_id):
            self.errors = [{"field": "", "message": "The task is still being read. Try again in a moment."}]
            return
        self.busy = True
        yield
        try:
            started = await self._run(text)
        finally:
            self.busy = False
        if started is not None:
            self.saved_key = started.id
            yield go(self, page_of(started))

    def _wanted(self) -> str:
        """Return the id of the task that the address names; empty while the dialog is closed."""
        wanted = self.router.url.query_parameters.get("run", "")
        return wanted if is_row_id(wanted) else ""

    async def _run(self, text: str) -> Execution | Job | None:
        """Return what waits for a worker now, or None with `errors` set."""
        try:
            draft = NewExecution(task_id=self.task_id, input=parsed(text))
            return await services(self).api.executions.create(draft)
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
        except Refused as error:
            self.errors = field_errors(error)
        except RatchetError as error:
            await note_refusal(self, Act.RUN_TASK, error)
            self.errors = [{"field": "", "message": in_words(error)}]
        return None
