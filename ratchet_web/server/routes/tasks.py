"""`/tasks`."""

from typing import Annotated, Any

from fastapi import Query, Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import Done, Listed, One
from ratchet_web.models.tasks import (
    CheckResult,
    InputCheck,
    InputVerdict,
    NewTask,
    SourceCheck,
    SyncReport,
    Task,
    TaskChange,
    TaskTrial,
)
from ratchet_web.server import wire
from ratchet_web.server.columns import json_text, task_columns
from ratchet_web.server.errors import BusyError, ConflictError, InvalidError, MissingError
from ratchet_web.server.inputs import ROOT, definition_faults, input_faults, input_warnings
from ratchet_web.server.parameters.tasks import TaskParameters
from ratchet_web.server.revisions import IfMatch, expected_revision, stale, with_revision
from ratchet_web.server.routes.base import Running, answer, one, refuse_null, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.errors import Duplicate, InUse, Stale
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.streams import STREAM, Stream
from ratchet_web.server.tasks_directory import DirectoryError
from ratchet_web.server.trials import Trial

routes = router("/tasks")

RETRY_S = 3

_NEVER_NULL = ("name", "version", "enabled", "source_code")


@routes.get("", response_model=Listed[Task])
async def page(server: Running, parameters: Annotated[TaskParameters, Query()]) -> Response:
    """List tasks."""
    window = parameters.window()
    found = await server.store.tasks.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.task, server.now_ms()))


@routes.post("", response_model=One[Task], status_code=201)
async def create(server: Running, body: NewTask) -> Response:
    """Create a task. Its source may be unfinished; its schemas must be valid."""
    values = await _columns(server, body)
    try:
        row = await server.store.tasks.add(values, server.now_ms())
    except Duplicate:
        raise taken(body.name, body.version) from None
    server.inspector.wake()
    server.feed.publish("tasks", row.id, "created")
    return with_revision(one(wire.task(row), 201), row)


@routes.post("/check", response_model=One[CheckResult])
async def check(server: Running, body: SourceCheck) -> Response:
    """Say whether a definition could run, without saving it."""
    found = [
        {"field": problem.field, "message": problem.message, "line": problem.line, "column": problem.column}
        for problem in await server.pool.check(body.source_code)
    ]
    columns = task_columns(body)
    for fault in await definition_faults(server.pool.judge, columns):
        found.append({"field": fault.path, "message": fault.message, "line": None, "column": None})
    return one({"valid": not found, "errors": found})


@routes.post("/try", response_class=Response, status_code=200, responses=STREAM)
async def try_out(server: Running, body: TaskTrial) -> Stream:
    """Run a draft with an input, without saving anything (SSE): `started`, `lines`, `progress`, `end`.

    It runs beside the queue, for 30 seconds at most; whoever leaves ends it. No list or figure counts it.
    """
    columns = task_columns(SourceCheck(**body.model_dump(exclude={"input"})))
    if faults := await definition_faults(server.pool.judge, columns):
        raise InvalidError(faults)
    text = json_text(body.input, ROOT)
    schema = columns["input_schema"]
    if schema is not None and (faults := await server.pool.judge.value(schema, text, ROOT)):
        raise InvalidError(faults)
    events = await server.trials.begin(Trial(body.source_code, columns["output_schema"], body.input))
    if events is None:
        raise BusyError("Other drafts are being tried just now: try again in a moment", RETRY_S)
    return Stream(server.streams, events)


@routes.post("/sync", response_model=One[SyncReport])
async def sync(server: Running) -> Response:
    """Bring in what the files of `RATCHET_TASKS_DIR` define; a task whose file is gone is disabled."""
    directory = server.settings.tasks_dir
    if directory is None:
        raise ConflictError("No tasks directory is set: set RATCHET_TASKS_DIR")
    try:
        report = await server.sync.run(directory)
    except DirectoryError as error:
        raise ConflictError(str(error)) from None
    errors = [{"taskName": name, "error": error} for name, error in report.errors]
    names = {"added": report.added, "updated": report.updated, "removed": report.removed}
    return one({**names, "errors": errors})


@routes.get("/{task_id}", response_model=One[Task])
async def get(server: Running, task_id: str) -> Response:
    """Return one task; `ETag` is its revision."""
    row = await find(server, task_id)
    return with_revision(one(wire.task(row)), row)


@routes.patch("/{task_id}", response_model=One[Task])
@routes.put("/{task_id}", response_model=One[Task])
async def change(server: Running, task_id: str, body: TaskChange, if_match: IfMatch = None) -> Response:
    """Change a task: what is absent stays as it is, null clears what may be empty.

    With `If-Match: "<revision>"`, only if the task is at that revision still.
    """
    expected = expected_revision(if_match)
    refuse_null(body, *_NEVER_NULL)
    row = await _change(server, task_id, await _columns(server, body), expected)
    return with_revision(one(wire.task(row)), row)


@routes.delete("/{task_id}", status_code=204)
async def delete(server: Running, task_id: str) -> Response:
    """Delete a task that nothing waits for, with its disabled schedules; its history stays and names it."""
    row = await find(server, task_id)
    try:
        schedules = await server.store.tasks.delete(row.id, server.now_ms())
    except InUse as use:
        details = [Fault(noun, f"{count} {how}") for noun, how, count in use.counts]
        counts = ", ".join(f"{count} {how} {noun}" for noun, how, count in use.counts)
        message = f"Task {row.name} is in use ({counts}): cancel or disable them first"
        raise ConflictError(message, details) from None
    if schedules is None:
        raise MissingError("task", task_id)
    for schedule_id in schedules:
        server.feed.publish("schedules", schedule_id, "deleted")
    server.feed.publish("tasks", row.id, "deleted")
    return Response(status_code=204)


@routes.post("/{task_id}/validate", response_model=One[InputVerdict])
async def validate(server: Running, task_id: str, body: InputCheck) -> Response:
    """Say whether the task would take this input, without running it."""
    task = await find(server, task_id)
    faults = await input_faults(server.pool.judge, task, body.input)
    warnings = input_warnings(task, body.input)
    return one(
        {
            "valid": not faults,
            "errors": [wire.input_fault(fault) for fault in faults],
            "warnings": [wire.input_fault(fault) for fault in warnings],
        }
    )


@routes.post("/{task_id}/enable", response_model=Done[Task])
async def enable(server: Running, task_id: str) -> Response:
    """Enable a task: it may run."""
    row = await _change(server, task_id, {"enabled": True})
    return answer(wire.done(f"Task {row.name} is enabled", wire.task(row)))


@routes.post("/{task_id}/disable", response_model=Done[Task])
async def disable(server: Running, task_id: str) -> Response:
    """Disable a task: nothing new of it begins."""
    row = await _change(server, task_id, {"enabled": False})
    return answer(wire.done(f"Task {row.name} is disabled", wire.task(row)))


async def find(server: Server, task_id: str) -> Row:
    """Return the task with this id; raises `MissingError`."""
    row = await server.store.tasks.get(row_id("task", task_id))
    if row is None:
        raise MissingError("task", task_id)
    return row


async def _change(server: Server, task_id: str, values: dict[str, Any], expected: int | None = None) -> Row:
    before = await find(server, task_id)
    try:
        row = await server.store.tasks.change(before.id, values, server.now_ms(), expected)
    except Stale as now:
        raise stale(before.name, now.revision) from None
    except Duplicate:
        raise taken(values.get("name", before.name), values.get("version", before.version)) from None
    if row is None:
        raise MissingError("task", task_id)
    server.inspector.wake()
    server.feed.publish("tasks", row.id)
    return row


def taken(name: str, version: str) -> ConflictError:
    """Return the refusal of a name and version that another task has."""
    return ConflictError(
        f"There is a task {name} {version} already", [Fault("version", f"{name} {version} is taken")]
    )


async def _columns(server: Server, body: NewTask | TaskChange) -> dict[str, Any]:
    values = task_columns(body)
    if faults := await definition_faults(server.pool.judge, values):
        raise InvalidError(faults)
    return values
