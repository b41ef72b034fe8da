"""Whether a task may be run with an input."""

import asyncio

import orjson
from pydantic import JsonValue

from ratchet_web.logic.schemas import value_faults
from ratchet_web.server.columns import json_text
from ratchet_web.server.errors import ConflictError, InvalidError, MissingError
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.store import Store


async def runnable(store: Store, task_id: str) -> Row:
    """Return the task that a body names, if something new of it may begin.

    Raises:
        MissingError: there is no such task.
        ConflictError: it is disabled.
    """
    known = task_id.isascii() and task_id.isdecimal() and len(task_id) < 19
    task = await store.tasks.get(int(task_id)) if known else None
    if task is None:
        raise MissingError("task", task_id, "taskId")
    if not task.enabled:
        raise ConflictError(f"Task {task.name} is disabled: enable it to run it")
    return task


async def checked(task: Row, value: JsonValue) -> str:
    """Return the input as JSON text.

    Raises:
        InvalidError: it breaks the task's input schema; each fault is named `input.…`.
    """
    text = json_text(value, "input")
    if task.input_schema is not None:
        schema = orjson.loads(task.input_schema)
        # In a thread: a large input takes longer than others should wait.
        faults = await asyncio.to_thread(value_faults, schema, value, "input")
        if faults:
            raise InvalidError(faults)
    return text
