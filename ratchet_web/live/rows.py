"""Rows as a browser gets them: plain JSON with the models' own field names."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_json

from ratchet_web.models.base import Wire
from ratchet_web.models.tasks import SOURCE_LIMIT

Row = dict[str, Any]
PAYLOADS = frozenset(
    {
        "input",
        "output",
        "error_details",
        "http_requests",
        "input_schema",
        "output_schema",
        "metadata",
        "output_destinations",
    }
)
NOT_IN_LISTS = PAYLOADS | {"source_code"}
TEXT_LIMIT = 200_000
LIST_LIMIT = 1_000
SECRET = "authentication"


def list_row(item: Wire) -> Row:
    """Return a row of a list: everything but what is large; texts and lists end after `LIST_LIMIT`."""
    row = item.model_dump(mode="json", exclude=set(NOT_IN_LISTS))
    return {name: _cut(value, LIST_LIMIT) for name, value in row.items()}


def detail_row(item: Wire) -> Row:
    """Return a row with everything; JSON payloads as text.

    `input` becomes `input_text`, indented, and `input_size`, its characters. A text above `TEXT_LIMIT` is
    None: then the size says that there is one. No payload: None and 0.
    """
    whole = item.model_dump(mode="json", exclude=set(PAYLOADS))
    row = {name: _cut(value, SOURCE_LIMIT) for name, value in whole.items()}
    for name in sorted(PAYLOADS & set(type(item).model_fields)):
        value = getattr(item, name)
        text = "" if value is None else to_json(value, indent=2).decode()
        if SECRET in text:
            text = to_json(_masked(value), indent=2).decode()
        row[f"{name}_text"] = text if 0 < len(text) <= TEXT_LIMIT else None
        row[f"{name}_size"] = len(text)
    return row


def _cut(value: Any, limit: int) -> Any:
    if isinstance(value, str) and len(value) > limit:
        return value[:limit] + "…"
    return [_cut(each, limit) for each in value[:limit]] if isinstance(value, list) else value


def _masked(value: JsonValue) -> JsonValue:
    """Hide the secrets of output destinations, which servers send in clear."""
    if isinstance(value, Mapping):
        return {k: "•••" if k == SECRET and v else _masked(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_masked(entry) for entry in value]
    return value
