"""Fixing the input of a failed execution and running it again."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import JsonValue
from pydantic_core import from_json

from ratchet_web.api import Conflict, NotFound, Ratchet, RatchetError, Refused
from ratchet_web.logic.json_text import parsed
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import Execution, ExecutionStatus
from ratchet_web.models.jobs import Job
from ratchet_web.models.servers import under
from ratchet_web.models.tasks import Task, TaskVersion
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.started import note_started
from ratchet_web.state.viewing import described, field_errors, in_words, page_of, path_part, watch

INPUT_LIMIT = 500_000
NEWEST, SAME = "newest", "same"


class ExecutionRerun(rx.State):
    """`/executions/[execution_id]/rerun`. The address says which version of the task is to run."""

    id: str = ""
    topic: str = ""
    task_topic: str = ""
    choice: str = NEWEST
    # Of the version that failed, where the task is another by now: `revision`, `source_code`.
    older: dict[str, Any] = {}
    input_schema: dict[str, Any] = {}
    initial: dict[str, Any] = {}
    form_key: str = ""
    draft_key: str = ""
    saved_key: str = ""
    errors: list[dict[str, str]] = []
    failure: dict[str, str] = {}
    too_large: int = 0
    busy: bool = False
    _server: str = ""
    _seen: str = ""

    @rx.event
    async def load(self) -> None:
        """Read what failed, and the task as it was and as it is."""
        self.id = path_part(self, 1)
        self.errors, self.failure, self.saved_key, self.too_large = [], {}, "", 0
        wanted = self.router.url.query_parameters.get("version", NEWEST)
        self.choice = SAME if wanted == SAME else NEWEST
        self.topic = f"executions/{self.id}"
        if is_row_id(self.id):
            try:
                await self._read(services(self).api)
            except RatchetError as error:
                self.form_key, self.failure = "", described("It cannot be run again", error)
        topics = (self.topic, self.task_topic) if self.task_topic else (self.topic,)
        await watch(self, *topics)

    @rx.event
    async def submit(self, text: str) -> AsyncIterator[Any]:
        """Run it again with this input, given as JSON, and open what then waits or runs."""
        self.errors = []
        if why := self._refusal(text):
            self.errors = [{"field": "", "message": why}]
            return
        self.busy = True
        yield
        try:
            started = await self._retry(text)
        finally:
            self.busy = False
        if started is not None:
            self.saved_key = started.id
            await note_started(self, started)
            yield go(self, page_of(started))

    def _refusal(self, text: str) -> str:
        if not isinstance(text, str) or len(text) > INPUT_LIMIT:
            return "This input is too large."
        if why := forbidden(self, Act.RETRY_EXECUTION):
            return why
        if self.busy:
            return "It is being sent already."
        if not self.form_key or (server_of(self), path_part(self, 1)) != (self._server, self.id):
            return "The execution is still being read. Try again in a moment."
        return ""

    async def _read(self, api: Ratchet) -> None:
        execution = await api.executions.head(self.id)
        self.task_topic = f"tasks/{execution.task_id}" if is_row_id(execution.task_id) else ""
        if execution.status is not ExecutionStatus.FAILED:
            self.form_key = ""
            return
        if (large := execution.left_out.get("input", 0)) > INPUT_LIMIT:
            self.form_key, self.too_large = "", large
            return
        task = await _task_of(api, execution)
        older = await _older(api, execution, task)
        self.initial = {"value": await _input_of(api, execution)}
        self.older = _told(older) if older else {}
        self.choice = self.choice if older else NEWEST
        schema = older.input_schema if older and self.choice == SAME else task.input_schema
        self.input_schema = schema if isinstance(schema, dict) else {}
        self._server, self._seen = server_of(self), execution.retried_by or ""
        self.form_key = under(self._server, f"rerun {self.id}")
        self.draft_key = under(self._server, f"rerun.{self.id}")

    async def _retry(self, text: str) -> Execution | Job | None:
        """Return what waits for a worker now, or None with `errors` set."""
        revision = self.older["revision"] if self.choice == SAME and self.older else None
        try:
            here = services(self)
            started = await here.api.executions.retry(self.id, parsed(text), revision, self._seen)
            await here.hub.touched("executions", self.id)
            return started
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
        except Refused as error:
            self.errors = field_errors(error)
        except RatchetError as error:
            await note_refusal(self, Act.RETRY_EXECUTION, error)
            self.errors = [{"field": "", "message": in_words(error)}]
            if isinstance(error, Conflict | NotFound):
                await self._look_again()
        return None

    async def _look_again(self) -> None:
        """Show what became of it meanwhile; who has read why may press again."""
        try:
            here = services(self)
        except RatchetError:
            return  # the viewer has been told already that there is no such server
        await here.hub.touched("executions", self.id)
        self._seen = await _retried_by(here.api, self.id, self._seen)


async def _task_of(api: Ratchet, execution: Execution) -> Task:
    try:
        return await api.tasks.get(execution.task_id)
    except NotFound as error:
        raise NotFound("Its task was deleted: nothing of it can run any more", status=404) from error


async def _older(api: Ratchet, execution: Execution, task: Task) -> TaskVersion | None:
    """Return the version that failed, where the task is another by now and the server still has it."""
    if execution.task_revision in (None, task.revision) or not (await api.dialect()).can(Ability.VERSIONS):
        return None
    try:
        return await api.tasks.version(task.id, execution.task_revision or 0)
    except NotFound:
        return None


async def _input_of(api: Ratchet, execution: Execution) -> JsonValue:
    if "input" not in execution.left_out:
        return execution.input
    value: JsonValue = from_json(await api.executions.payload(execution.id, "input"))
    return value


async def _retried_by(api: Ratchet, id: str, otherwise: str) -> str:
    try:
        return (await api.executions.head(id)).retried_by or ""
    except RatchetError:
        return otherwise


def _told(version: TaskVersion) -> dict[str, Any]:
    return {
        "revision": version.revision,
        "source_code": version.source_code,
    }
