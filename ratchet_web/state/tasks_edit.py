"""Writing a task: what is typed lives in the browser until it is saved."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import JsonValue, ValidationError

from ratchet_web.api import RatchetError, Refused
from ratchet_web.logic.json_text import parsed
from ratchet_web.logic.schemas import schema_faults
from ratchet_web.models.acts import Act
from ratchet_web.models.dialect import Ability
from ratchet_web.models.servers import under
from ratchet_web.models.tasks import NewTask, SourceCheck, Task, TaskChange
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.viewing import described, field_errors, path_part, watch

TEMPLATE = """/**
 * @param {{name: string}} input checked against the input schema before this runs
 */
async function main(input) {
  console.log(`Greeting ${input.name}`);
  progress(1, "done");
  return { greeting: `Hello, ${input.name}!` };
}
"""
INPUT_TEMPLATE = {
    "type": "object",
    "properties": {"name": {"type": "string", "title": "Name", "minLength": 1, "default": "world"}},
    "required": ["name"],
}
OUTPUT_TEMPLATE = {
    "type": "object",
    "properties": {"greeting": {"type": "string"}},
    "required": ["greeting"],
}
EMPTY = Task(
    id="", version="1.0.0", source_code=TEMPLATE, input_schema=INPUT_TEMPLATE, output_schema=OUTPUT_TEMPLATE
)
TEXT_LIMIT = 2_000_000
UNSAVED = "Not saved yet: mend what is marked above."
UNREAD = "Not saved yet: the task is still being read. Try again in a moment."
SCHEMAS = ("input_schema", "output_schema")
Problems = list[dict[str, Any]]


class TaskEdit(rx.State):
    """The task being written, as it was when it was opened, and what is wrong with what was typed."""

    id: str = ""
    doc_key: str = ""
    draft_key: str = ""
    saved_key: str = ""
    name: str = ""
    version: str = ""
    description: str = ""
    source: str = ""
    input_schema: str = ""
    output_schema: str = ""
    problems: Problems = []
    errors: dict[str, str] = {}
    failure: dict[str, str] = {}
    unsaved: str = ""
    busy: bool = False
    _server: str = ""

    @rx.event
    async def load(self) -> None:
        """Open the task that the address names; a new one begins with a small working example."""
        wanted = path_part(self, 1)
        self.errors, self.failure, self.problems, self.saved_key, self.unsaved = {}, {}, [], "", ""
        if (server_of(self), wanted) != (self._server, self.id):
            self.id = self.doc_key = ""
        self._server = server_of(self)
        await watch(self)
        if wanted == "new":
            self._fill("", "new", EMPTY)
            return
        try:
            task = await services(self).api.tasks.get(wanted)
        except RatchetError as error:
            self.failure = described("The task could not be read", error) | {"kind": error.kind}
            return
        self._fill(task.id, f"{task.id} {task.updated_at}", task)

    @rx.event
    async def check(self, source: str) -> None:
        """Say what is wrong with a source, with its lines."""
        if not isinstance(source, str) or len(source) > TEXT_LIMIT or forbidden(self, Act.EDIT_TASK):
            return
        try:
            result = await services(self).api.tasks.check(SourceCheck(source_code=source))
        except (RatchetError, ValidationError):
            # A check that cannot be made says nothing; saving tells what the matter is.
            self.problems = []
            return
        self.problems = [_problem(each.line, each.column, each.message) for each in result.errors]

    @rx.event
    async def check_schema(self, name: str, text: str) -> None:
        """Say what is wrong with a schema."""
        if name not in SCHEMAS or not isinstance(text, str) or len(text) > TEXT_LIMIT:
            return
        error = await asyncio.to_thread(_schema_error, text)
        self.errors = {**self.errors, name: error}

    @rx.event
    async def save(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Save what was typed and open the task; on an error everything typed stays where it is."""
        self.errors, self.failure = {}, {}
        self.unsaved = forbidden(self, Act.EDIT_TASK)
        if self.unsaved:
            return
        fields = self._fields(form) if isinstance(form, dict) else None
        if fields is None:
            self.unsaved = UNSAVED
        if fields is None or self.busy:
            return
        if (server_of(self), path_part(self, 1)) != (self._server, self.id or "new"):
            self.unsaved = UNREAD
            return
        self.busy = True
        yield
        try:
            task = await self._saved(fields)
        finally:
            self.busy = False
        if task is None:
            self.unsaved = UNSAVED
        else:
            self.saved_key = f"{task.id} {task.updated_at}"
            yield go(self, f"/tasks/{task.id}")

    async def _saved(self, fields: dict[str, Any]) -> Task | None:
        """Return the task as the server has it now, or None with what is wrong set."""
        try:
            return await self._send(fields)
        except ValidationError as error:
            wrong = [(str(each["loc"][0]), each["msg"]) for each in error.errors()]
            self.errors = {field: _plain(field, message) for field, message in wrong}
        except Refused as error:
            self.errors = {_snake(each["field"]): each["message"] for each in field_errors(error)}
        except RatchetError as error:
            await note_refusal(self, Act.EDIT_TASK, error)
            self.failure = described("The task was not saved", error)
        return None

    def _fill(self, id: str, key: str, task: Task) -> None:
        self.id, self.doc_key = id, under(self._server, key)
        self.draft_key = under(self._server, f"task.{id or 'new'}")
        self.name, self.version, self.description = task.name, task.version, task.description or ""
        self.source = task.source_code
        self.input_schema, self.output_schema = _pretty(task.input_schema), _pretty(task.output_schema)

    def _fields(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """Return the draft's fields, or None with `errors` set where a schema is none."""
        form = {key: text for key, text in given.items() if isinstance(text, str) and len(text) <= TEXT_LIMIT}
        fields: dict[str, Any] = {
            "name": form.get("name", "").strip(),
            "version": form.get("version", "").strip(),
            "description": form.get("description", "").strip() or None,
            "source_code": form.get("source_code", ""),
        }
        self.errors = {name: error for name in SCHEMAS if (error := _schema_error(form.get(name, "")))}
        if self.errors:
            return None
        return fields | {name: parsed(form.get(name, "")) for name in SCHEMAS}

    async def _send(self, fields: dict[str, Any]) -> Task:
        api = services(self).api
        new = None if self.id else NewTask(**fields)
        change = TaskChange(**fields)
        # A server that cannot check a definition says what is wrong with it when it is saved, or run.
        if (await api.dialect()).can(Ability.CHECK):
            draft = SourceCheck(**{k: fields[k] for k in ("source_code", "input_schema", "output_schema")})
            found = (await api.tasks.check(draft)).errors
            if found:
                raise Refused("The task has errors.", fields={each.field: each.message for each in found})
        return await (api.tasks.change(self.id, change) if new is None else api.tasks.create(new))


def _problem(line: int | None, column: int | None, message: str) -> dict[str, Any]:
    return {"line": line or 1, "column": column or 1, "message": message}


def _schema_error(text: str) -> str:
    """Return what is wrong with the text of a schema; nothing for a good one, or none at all."""
    try:
        schema = parsed(text)
    except ValueError as error:
        return f"This is not JSON: {error}"
    return "; ".join(f"{fault.path} {fault.message}" for fault in schema_faults(schema, "schema")[:3])


def _pretty(schema: JsonValue) -> str:
    return "" if schema is None else json.dumps(schema, indent=2, ensure_ascii=False)


def _snake(field: str) -> str:
    """Return our name of a field that the server names in camel case, without what lies inside it."""
    head = field.split(".")[0]
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in head) or "form"


def _plain(field: str, message: str) -> str:
    """Return what a person can do about a field that breaks its pattern."""
    return {
        "name": "Use letters, digits, - and _; at most 100.",
        "version": "Use a semantic version such as 1.0.0.",
    }.get(field, message)
