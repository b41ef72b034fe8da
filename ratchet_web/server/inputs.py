"""Whether a task may be run with an input."""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import JsonValue
from pydantic.alias_generators import to_camel

from ratchet_web.logic.schemas import FAULT_LIMIT, Fault, unnamed_properties
from ratchet_web.server.columns import json_text
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.errors import ConflictError, InvalidError, MissingError
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.store import Store
from ratchet_web.server.store.tasks import NO_PROBLEMS

ROOT = "input"


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


async def checked(judge: Judge, task: Row, value: JsonValue) -> str:
    """Return the input as JSON text.

    Raises:
        InvalidError: it breaks the task's input schema, or takes too long to judge; each fault is named
            `input.…`.
    """
    if faults := await input_faults(judge, task, value):
        raise InvalidError(faults)
    return json_text(value, ROOT)


async def input_faults(judge: Judge, task: Row, value: JsonValue) -> list[Fault]:
    """Return where an input breaks the task's input schema; each fault is named `input.…`.

    Raises:
        InvalidError: it is nested too deeply.
    """
    text = json_text(value, ROOT)
    return [] if task.input_schema is None else await judge.value(task.input_schema, text, ROOT)


def input_warnings(task: Row, value: JsonValue) -> list[Fault]:
    """Return what is odd about running the task with a valid input."""
    found = []
    if not task.enabled:
        found.append(Fault(ROOT, "The task is disabled: enable it to run it", "TASK_DISABLED"))
    if task.validation_errors not in (None, NO_PROBLEMS):
        found.append(Fault(ROOT, "The task's source does not load", "SOURCE_BROKEN"))
    if task.input_schema is None:
        found.append(Fault(ROOT, "The task has no input schema: every input is valid", "NO_SCHEMA"))
        return found
    unknown = unnamed_properties(orjson.loads(task.input_schema), value)[:FAULT_LIMIT]
    message = "is not named by the input schema"
    return found + [Fault(f"{ROOT}.{name}", message, "UNKNOWN_PROPERTY") for name in unknown]


async def definition_faults(judge: Judge, columns: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong with the schemas among the columns of a task."""
    found: list[Fault] = []
    for name in ("input_schema", "output_schema"):
        if (text := columns.get(name)) is not None:
            found += await judge.schema(text, to_camel(name))
    return found
