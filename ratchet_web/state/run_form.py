"""What the forms that run a task share: which task, what input it takes, and one run for one press."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import reflex as rx
from pydantic import JsonValue

from ratchet_web.api import RatchetError, Refused, Unreachable
from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.recent_inputs import recent_inputs
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import Execution, ExecutionQuery, NewExecution
from ratchet_web.models.jobs import Job, JobQuery, NewJob
from ratchet_web.models.servers import under
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.started import note_started
from ratchet_web.state.viewing import described, field_errors, in_words, page_of

INPUT_LIMIT = 1_000_000
ATTEMPT_CHARS = 64
# So many of the newest runs are looked at for inputs to begin with.
LOOKED_AT = 25


class TaskForm(rx.State, mixin=True):
    """A form for one task of one viewer; `PARAM` of the address names the task."""

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
    _param: str = ""

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
        self.draft_key = under(self.server, f"{self._param}.{wanted}")

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

    def _wanted(self) -> str:
        """Return the id of the task that the address names; empty while none is chosen."""
        wanted = self.router.url.query_parameters.get(self._param, "")
        return wanted if is_row_id(wanted) else ""

    def _elsewhere(self) -> bool:
        """Whether the address names another task, or another server, than was read."""
        return not self.task_id or (server_of(self), self._wanted()) != (self.server, self.task_id)

    async def _submitted(
        self,
        text: object,
        attempt: object,
        draft: Callable[[JsonValue], tuple[NewJob | NewExecution | None, list[dict[str, str]]]],
    ) -> AsyncIterator[Any]:
        """Create what `draft` makes of an input, given as JSON, and open it; or say what is wrong.

        A press, named `attempt`, counts once. So does the second half of a double click under another name,
        which may come after the answer, on the page that is being left.
        """
        named = isinstance(attempt, str) and len(attempt) <= ATTEMPT_CHARS
        if not named or self.busy or self.saved_key or (attempt and attempt == self._attempt):
            return
        self._attempt, self.errors, self.doubt = str(attempt), [], ""
        if why := self._unfit(text, forbidden(self, Act.RUN_TASK)):
            self.errors = [{"field": "", "message": why}]
            return
        self.busy = True
        yield
        try:
            started = await self._started(str(text), draft)
        finally:
            self.busy = False
        if started is not None:
            self.saved_key = started.id
            await note_started(self, started)
            yield go(self, page_of(started))

    async def _started(self, text: str, draft: Callable[[JsonValue], Any]) -> Execution | Job | None:
        """Return what waits for a worker now, or None with `errors` set."""
        try:
            made, self.errors = draft(parsed(text))
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
            return None
        if made is None:
            return None
        api = services(self).api
        try:
            return await (api.jobs if isinstance(made, NewJob) else api.executions).create(made)
        except RatchetError as error:
            kind = JobQuery if isinstance(made, NewJob) else ExecutionQuery
            await self._explain(error, kind(task=self.task_id).address())
        return None

    def _unfit(self, text: object, why: str) -> str:
        """Return why an input cannot be sent now; `why` the viewer may not at all."""
        if not isinstance(text, str) or len(text) > INPUT_LIMIT:
            return "This input is too large."
        if why:
            return why
        return "The task is still being read. Try again in a moment." if self._elsewhere() else ""

    async def _explain(self, error: RatchetError, list_: str) -> None:
        """Say what went wrong; `list_` is where to look for what may have begun all the same."""
        if isinstance(error, Refused):
            self.errors = field_errors(error)
            return
        if isinstance(error, Unreachable) and error.unanswered:
            self.doubt = list_
        await note_refusal(self, Act.RUN_TASK, error)
        self.errors = [{"field": "", "message": in_words(error)}]
