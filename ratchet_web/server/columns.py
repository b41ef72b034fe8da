"""From bodies to columns: JSON becomes text."""

from typing import Any

import orjson
from pydantic import JsonValue

from ratchet_web.models.tasks import NewTask, TaskChange

_JSON_COLUMNS = {"input_schema": "input_schema", "output_schema": "output_schema", "metadata": "meta"}


def json_text(value: JsonValue) -> str | None:
    """Return JSON as text; null is an empty column."""
    return None if value is None else orjson.dumps(value).decode()


def task_columns(body: NewTask | TaskChange) -> dict[str, Any]:
    """Return the columns of what a body gives: all of a new task, only what was named of a change."""
    given = body.model_dump(exclude_unset=isinstance(body, TaskChange))
    for name, column in _JSON_COLUMNS.items():
        if name in given:
            given[column] = json_text(given.pop(name))
    return given
