"""From bodies to columns: JSON becomes text."""

from typing import Any

from pydantic import JsonValue
from pydantic.alias_generators import to_camel

from ratchet_web.logic.nesting import DEPTH_LIMIT, TooDeepError, written
from ratchet_web.logic.schemas import Fault
from ratchet_web.models.tasks import NewTask, SourceCheck, TaskChange
from ratchet_web.server.errors import InvalidError

_JSON_COLUMNS = {"input_schema": "input_schema", "output_schema": "output_schema", "metadata": "meta"}

# So many bytes a task's JSON may have: it travels with each answer about the task.
SIZE_LIMITS = {"input_schema": 256_000, "output_schema": 256_000, "metadata": 64_000}


def json_text(value: JsonValue, field: str) -> str:
    """Return JSON as text.

    Raises:
        InvalidError: it is nested too deeply; `field` names it.
    """
    try:
        return written(value)
    except TooDeepError:
        raise InvalidError([Fault(field, f"is nested more deeply than {DEPTH_LIMIT} levels")]) from None


def task_columns(body: NewTask | TaskChange | SourceCheck) -> dict[str, Any]:
    """Return the columns of what a body gives: all of a new task, only what was named of a change.

    Raises:
        InvalidError: schemas or metadata are too large or nested too deeply.
    """
    given = body.model_dump(exclude_unset=isinstance(body, TaskChange))
    for name, column in _JSON_COLUMNS.items():
        if name in given:
            value = given.pop(name)
            given[column] = None if value is None else _bounded(value, name)
    return given


def _bounded(value: JsonValue, name: str) -> str:
    text, limit = json_text(value, to_camel(name)), SIZE_LIMITS[name]
    if len(text.encode()) > limit:
        raise InvalidError([Fault(to_camel(name), f"is too large: at most {limit // 1000} kB")])
    return text
