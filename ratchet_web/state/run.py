"""The run dialog: which task, what input it takes, and the answer of the server."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError, Refused, Unreachable
from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.recent_inputs import recent_inputs
from ratchet_web.logic.run_options import RunOptions, read_options
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import Execution, ExecutionQuery
from ratchet_web.models.jobs import Job, JobQuery, NewJob
from ratchet_web.models.servers import under
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.viewing import described, field_errors, in_words, page_of

INPUT_LIMIT = 1_000_000
# So many of the newest runs are looked at for inputs to begin with.
LOOKED_AT = 25


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
    # Where to look for a run whose answer was lost.
    doubt: str = ""
    recent: list[dict[str, str]] = []
    recent_state: str = ""
    _attempt: str = ""

    @rx.event
    async def open(self) -> None:
        """Load the task that the address names; what was typed for it stays, unless it changed since."""
        wanted = self._wanted()
        if not wanted:
            return
        self.errors, self.failure, self.doubt = [], {}, ""
        self.recent, self.recent_state = [], ""
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
    async def look_for_recent(self) -> AsyncIterator[None]:
        """Show what the newest runs of the task had as input."""
        if self._elsewhere():
            return
        self.recent_state = "loading"
        yield
        try:
            query = ExecutionQuery(task=self.task_id, limit=LOOKED_AT)
            page = await services(self).api.executions.page(query)
        except RatchetError as error:
            self.recent, self.recent_state = [], in_words(error)
            return
        self.recent_state = ""
        mine = (run for run in page.rows if not query.misses(run))
        self.recent = [
            {
                "id": found.run.id,
                "text": found.text,
                "preview": found.preview,
                "status": found.run.status.value,
                "at": str(found.run.queued_at or ""),
            }
            for found in recent_inputs(mine)
        ]

    @rx.event
    async def submit(self, text: str, options: dict[str, str]) -> AsyncIterator[Any]:
        """Run the task with an input, given as JSON, and open its execution, or the job that will run it.

        One press is done once: its name in `options` tells whether it was seen before.
        """
        chosen, wrong = read_options(options)
        if chosen.attempt and chosen.attempt == self._attempt:
            return
        self._attempt, self.errors, self.doubt = chosen.attempt, wrong, ""
        if wrong:
            return
        if not isinstance(text, str) or len(text) > INPUT_LIMIT:
            self.errors = [{"field": "", "message": "This input is too large."}]
            return
        if why := forbidden(self, Act.RUN_TASK):
            self.errors = [{"field": "", "message": why}]
            return
        if self._elsewhere():
            self.errors = [{"field": "", "message": "The task is still being read. Try again in a moment."}]
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

    def _wanted(self) -> str:
        """Return the id of the task that the address names; empty while the dialog is closed."""
        wanted = self.router.url.query_parameters.get("run", "")
        return wanted if is_row_id(wanted) else ""

    def _elsewhere(self) -> bool:
        """Whether the address names another task, or another server, than was read."""
        return not self.task_id or (server_of(self), self._wanted()) != (self.server, self.task_id)

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
        except Refused as error:
            self.errors = field_errors(error)
        except RatchetError as error:
            if isinstance(error, Unreachable) and error.unanswered:
                kind = JobQuery if isinstance(draft, NewJob) else ExecutionQuery
                self.doubt = kind(task=self.task_id).address()
            await note_refusal(self, Act.RUN_TASK, error)
            self.errors = [{"field": "", "message": in_words(error)}]
        return None
