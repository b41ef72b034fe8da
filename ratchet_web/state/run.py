"""The run dialog: which task, what input it takes, and the answer of the server."""

import json
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError, Refused
from ratchet_web.models.executions import NewExecution
from ratchet_web.state.services import services
from ratchet_web.state.viewing import described, field_errors

INPUT_LIMIT = 1_000_000


class RunDialog(rx.State):
    """The dialog of one viewer. The address says for which task it is open."""

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
        """Load the task that the address names, if it is not the one already there."""
        self.saved_key = ""  # news of an earlier run would cost a later draft
        wanted = self.router.url.query_parameters.get("run", "")
        if not wanted.isdecimal() or wanted == self.task_id:
            return
        self.errors, self.failure = [], {}
        try:
            task = await services().api.tasks.get(wanted)
        except RatchetError as error:
            self.failure = described("The task could not be read", error)
            return
        self.task_id, self.enabled = wanted, task.enabled
        self.description = task.description or ""
        self.input_schema = task.input_schema if isinstance(task.input_schema, dict) else {}
        self.form_key = f"{wanted} {task.updated_at}"
        self.draft_key = f"run.{wanted}"

    @rx.event
    async def submit(self, text: str) -> AsyncIterator[Any]:
        """Run the task with an input, given as JSON, and open its execution."""
        self.errors = []
        if not isinstance(text, str) or len(text) > INPUT_LIMIT:
            self.errors = [{"field": "", "message": "This input is too large."}]
            return
        self.busy = True
        yield
        try:
            draft = NewExecution(task_id=self.task_id, input=json.loads(text))
            execution = await services().api.executions.create(draft)
            self.saved_key = execution.id
            yield rx.redirect(f"/executions/{execution.id}")
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
        except Refused as error:
            self.errors = field_errors(error)
        except RatchetError as error:
            self.errors = [{"field": "", "message": str(error)}]
        self.busy = False
