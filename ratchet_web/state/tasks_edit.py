"""Writing a task: what is typed lives in the browser until it is saved."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import ValidationError

from ratchet_web.api import Ratchet, RatchetError, Refused, Stale
from ratchet_web.models.acts import Act
from ratchet_web.models.dialect import Ability
from ratchet_web.models.servers import under
from ratchet_web.models.tasks import NewTask, SourceCheck, Task, TaskChange
from ratchet_web.state import tasks_edit_form as forms
from ratchet_web.state.editing import Editing, Errors
from ratchet_web.state.refusals import forbidden
from ratchet_web.state.services import server_of, services
from ratchet_web.state.viewing import described, path_part, watch

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
# No schema of the output: it would be that of the example, and fail whatever somebody writes in its place.
EMPTY = Task(id="", version="1.0.0", source_code=TEMPLATE, input_schema=INPUT_TEMPLATE)


class TaskEdit(Editing, rx.State):
    """The task being written; its `base` is that of `tasks_edit_form.base_of`."""

    NOUN = "task"
    ACT = Act.EDIT_TASK

    topic: str = ""
    name: str = ""
    version: str = ""
    description: str = ""
    source: str = ""
    input_schema: str = ""
    output_schema: str = ""
    problems: forms.Problems = []
    schema_problems: dict[str, forms.Problems] = {}
    sample: str = ""
    sample_count: int = 0

    @rx.event
    async def load(self) -> None:
        """Open the task that the address names; a new one begins with a small working example."""
        wanted = path_part(self, 1)
        self.errors, self.failure, self.conflict = {}, {}, {}
        self.problems, self.schema_problems = [], {}
        self.saved_key = self.saved_to = self.unsaved = ""
        if (server_of(self), wanted) != (self._server, self.id):
            self.id = self.doc_key = ""
        self._server = server_of(self)
        self.topic = "" if wanted == "new" else f"tasks/{wanted}"
        await watch(self, *filter(None, (self.topic,)))
        if wanted == "new":
            await self._fill("", "new", EMPTY)
            return
        try:
            task = await services(self).api.tasks.get(wanted)
        except RatchetError as error:
            self.failure = described("The task could not be read", error) | {"kind": error.kind}
            return
        await self._fill(task.id, f"{task.id} {task.updated_at}", task)

    @rx.event
    async def check(self, source: str) -> None:
        """Say what is wrong with a source, with its lines."""
        if not self._may_judge(source):
            return
        if forms.is_broken(source):
            self.problems = [_problem(1, 1, forms.BROKEN)]
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
        if name not in forms.SCHEMAS or not self._may_judge(text):
            return
        found = await asyncio.to_thread(forms.judged, text)
        self.errors = {**self.errors, name: found.error}
        self.schema_problems = {**self.schema_problems, name: found.problems}

    @rx.event
    async def make_sample(self, schema: str) -> None:
        """Make up an input that fits a schema."""
        if self._may_judge(schema):
            self.sample = await asyncio.to_thread(forms.sample_of, schema)
            self.sample_count += 1

    @rx.event
    async def save(self, form: dict[str, Any]) -> AsyncIterator[None]:
        """Save what was typed and open the task; on an error everything typed stays where it is."""
        self.errors, self.failure = {}, {}
        self.unsaved = forbidden(self, Act.EDIT_TASK)
        # A second press that was made before the page knew of the first must not make a second task.
        if self.unsaved or self.busy or self.saved_key:
            return
        given = forms.texts(form)
        fields = await self._fields(given)
        base = given.get("base", "")
        if fields is None:
            self._say_why()
            return
        if not self._is_open() or (self.id and not forms.is_base(base)):
            self.unsaved = self._still_read()
            return
        async for step in self._keep(lambda: self._saved(fields, given)):
            yield step

    @rx.event
    async def compare(self, form: dict[str, Any]) -> None:
        """Show what somebody else made of the task beside what was typed."""
        if forbidden(self, Act.EDIT_TASK) or not self.id or not self._is_open():
            return
        given = forms.texts(form)
        if (fields := await self._fields(given)) is None:
            return
        try:
            self._meet(await services(self).api.tasks.get(self.id), forms.changed(given, fields))
        except RatchetError as error:
            self.failure = described("The task could not be read", error)

    def _may_judge(self, text: object) -> bool:
        """Return whether what a browser sent is a text to look at: none too long, of one who may save it."""
        is_text = isinstance(text, str) and len(text) <= forms.TEXT_LIMIT
        return is_text and not forbidden(self, Act.EDIT_TASK)

    def _is_marked(self) -> bool:
        return forms.are_marked(self.errors)

    def _place(self, errors: Errors) -> None:
        self.errors = forms.placed(errors)

    async def _saved(self, fields: dict[str, Any], given: dict[str, str]) -> Task | None:
        """Return the task as the server has it now, or None with what is wrong set."""
        try:
            return await self._send(fields, given)
        except ValidationError as error:
            wrong = [(str(each["loc"][0]), each["msg"]) for each in error.errors()]
            self.errors = {field: forms.in_words(field, message) for field, message in wrong}
        except RatchetError as error:
            await self._explain(error)
        return None

    async def _fill(self, id: str, key: str, task: Task) -> None:
        self.id, self.doc_key = id, under(self._server, key)
        self.draft_key = under(self._server, f"task.{id or 'new'}")
        self.base = forms.base_of(task) if id else ""
        self.name, self.version, self.description = task.name, task.version, task.description or ""
        self.source = task.source_code
        texts = forms.shown(task)
        self.input_schema, self.output_schema = texts["input_schema"], texts["output_schema"]
        self.sample = await asyncio.to_thread(forms.sample_text, task.input_schema)

    async def _fields(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Return the draft's fields, or None with `errors` set where a text or a schema is none."""
        self.errors = await asyncio.to_thread(forms.errors_of, form)
        return None if self.errors else forms.fields_of(form)

    async def _send(self, fields: dict[str, Any], given: dict[str, str]) -> Task | None:
        api = services(self).api
        await _checked(api, fields)
        if not self.id:
            return await api.tasks.create(NewTask(**fields))
        # What nobody touched here stays as others made it.
        mine, base = forms.changed(given, fields), given["base"]
        theirs = await api.tasks.get(self.id)
        if not mine or forms.base_of(theirs) != base:
            return self._meet(theirs, mine)
        try:
            return await api.tasks.change(self.id, TaskChange(**mine), revision=forms.revision_of(base))
        except Stale:
            return self._meet(await api.tasks.get(self.id), mine)

    def _meet(self, theirs: Task, mine: dict[str, Any]) -> Task | None:
        """Show both versions; return theirs where it is the same."""
        found = forms.differences(theirs, mine)
        if not found:
            return theirs
        self._show_both(theirs, forms.base_of(theirs), found, revision=theirs.revision)
        return None


async def _checked(api: Ratchet, fields: dict[str, Any]) -> None:
    """Raise `Refused` where the server finds errors, `ValidationError` where a field breaks its pattern."""
    NewTask(**fields)
    # A server that cannot check a definition says what is wrong with it when it is saved, or run.
    if not (await api.dialect()).can(Ability.CHECK):
        return
    draft = SourceCheck(**{name: fields[name] for name in ("source_code", *forms.SCHEMAS)})
    found = (await api.tasks.check(draft)).errors
    if found:
        raise Refused("The task has errors.", fields={each.field: each.message for each in found})


def _problem(line: int | None, column: int | None, message: str) -> dict[str, Any]:
    return {"line": line or 1, "column": column or 1, "message": message}
