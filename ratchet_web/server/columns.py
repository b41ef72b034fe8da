"""From bodies to columns: JSON becomes text."""

from typing import Any

import orjson
from pydantic import JsonValue
from pydantic.alias_generators import to_camel

from ratchet_web.logic.nesting import DEPTH_LIMIT, too_deep
from ratchet_web.logic.schemas import Fault
from ratchet_web.models.tasks import NewTask, TaskChange
from ratchet_web.server.errors import InvalidError

_JSON_COLUMNS = {"input_schema": "input_schema", "output_schema": "output_schema", "metadata": "meta"}

TOO_DEEP = Fault("", f"is nested more deeply than {DEPTH_LIMIT} levels")


def json_text(value: JsonValue, field: str) -> str:
    """Return JSON as text.

    Raises:
        InvalidError: it is nested too deeply; `field` names it.
    """
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        raise InvalidError([TOO_DEEP._replace(path=field)]) from None
    if too_deep(text):
        raise InvalidError([TOO_DEEP._replace(path=field)])
    return text


def task_columns(body: NewTask | TaskChange) -> dict[str, Any]:
    """Return the columns of what a body gives: all of a new task, only what was named of a change."""
    given = body.model_dump(exclude_unset=isinstance(body, TaskChange))
    for name, column in _JSON_COLUMNS.items():
        if name in given:
            value = given.pop(name)
            given[column] = None if value is None else json_text(value, to_camel(name))
    return given
