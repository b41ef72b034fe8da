"""`/tasks`."""

import asyncio
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import JsonValue

from ratchet_web.logic.schemas import Fault, schema_faults
from ratchet_web.models.tasks import NewTask, SourceCheck, TaskChange
from ratchet_web.server import wire
from ratchet_web.server.columns import task_columns
from ratchet_web.server.errors import ConflictError, InvalidError, MissingError
from ratchet_web.server.parameters.tasks import TaskParameters
from ratchet_web.server.routes.base import Running, answer, one, refuse_null, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.errors import Duplicate
from ratchet_web.server.store.lists.base import Row

routes = router("/tasks")

_NEVER_NULL = ("name", "version", "enabled", "source_code")


@routes.get("")
async def page(server: Running, parameters: Annotated[TaskParameters, Query()]) -> Response:
    """List tasks."""
    window = parameters.window()
    found = await server.store.tasks.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.task, server.now_ms()))


@routes.post("")
async def create(server: Running, body: NewTask) -> Response:
    """Create a task. Its source may be unfinished; its schemas must be valid."""
    await _check_schemas(body.input_schema, body.output_schema)
    values = task_columns(body)
    try:
        row = await server.store.tasks.add(values, server.now_ms())
    except Duplicate:
        raise _taken(body.name, body.version) from None
    server.feed.publish("tasks", row.id, "created")
    return one(wire.task(row), 201)


@routes.post("/check")
async def check(server: Running, body: SourceCheck) -> Response:
    """Say whether a definition could run, without saving it."""
    found = [
        {"field": problem.field, "message": problem.message, "line": problem.line, "column": problem.column}
        for problem in await server.pool.check(body.source_code)
    ]
    for fault in _schema_faults(body.input_schema, body.output_schema):
        found.append({"field": fault.path, "message": fault.message, "line": None, "column": None})
    return one({"valid": not found, "errors": found})


@routes.get("/{task_id}")
async def get(server: Running, task_id: str) -> Response:
    """Return one task."""
    return one(wire.task(await find(server, task_id)))


@routes.patch("/{task_id}")
@routes.put("/{task_id}")
async def change(server: Running, task_id: str, body: TaskChange) -> Response:
    """Change what is given; what is absent stays as it is, null clears what may be empty."""
    await _check_schemas(body.input_schema, body.output_schema)
    refuse_null(body, *_NEVER_NULL)
    return one(wire.task(await _change(server, task_id, task_columns(body))))


@routes.post("/{task_id}/enable")
async def enable(server: Running, task_id: str) -> Response:
    """Allow the task to run."""
    row = await _change(server, task_id, {"enabled": True})
    return answer(wire.done(f"Task {row.name} is enabled", wire.task(row)))


@routes.post("/{task_id}/disable")
async def disable(server: Running, task_id: str) -> Response:
    """Let nothing new of this task begin."""
    row = await _change(server, task_id, {"enabled": False})
    return answer(wire.done(f"Task {row.name} is disabled", wire.task(row)))


async def find(server: Server, task_id: str) -> Row:
    """Return the task with this id; raises `MissingError`."""
    row = await server.store.tasks.get(row_id("task", task_id))
    if row is None:
        raise MissingError("task", task_id)
    return row


async def _change(server: Server, task_id: str, values: dict[str, Any]) -> Row:
    before = await find(server, task_id)
    try:
        row = await server.store.tasks.change(before.id, values, server.now_ms())
    except Duplicate:
        raise _taken(values.get("name", before.name), values.get("version", before.version)) from None
    if row is None:
        raise MissingError("task", task_id)
    server.feed.publish("tasks", row.id)
    return row


def _taken(name: str, version: str) -> ConflictError:
    return ConflictError(
        f"There is a task {name} {version} already", [Fault("version", f"{name} {version} is taken")]
    )


async def _check_schemas(input_schema: JsonValue, output_schema: JsonValue) -> None:
    # In a thread: checking a large schema takes longer than others should wait.
    faults = await asyncio.to_thread(_schema_faults, input_schema, output_schema)
    if faults:
        raise InvalidError(faults)


def _schema_faults(input_schema: JsonValue, output_schema: JsonValue) -> list[Fault]:
    return schema_faults(input_schema, "inputSchema") + schema_faults(output_schema, "outputSchema")
