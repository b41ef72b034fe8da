"""Which judgements by a JSON Schema are cheap enough for a process that has other things to do.

A schema without these words is applied at most once to each part of a value: the product of their sizes
bounds the work. References and `unevaluated…` repeat it, a pattern may take exponential time, and uniqueness
compares each item with each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

COSTLY = frozenset(
    {
        "$dynamicRef",
        "$ref",
        "$recursiveRef",
        "pattern",
        "patternProperties",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    }
)
# Under another dialect, the words above are not all that are costly.
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT_LIMIT = 16_384
STEPS_LIMIT = 4_000
SCHEMA_PARTS_LIMIT = 60


def is_cheap_value(schema: JsonValue, value: JsonValue) -> bool:
    """Return whether it is cheap to judge this value by this schema; their text has at most `TEXT_LIMIT`."""
    parts = _parts(schema)
    return parts is not None and parts * (_parts(value, frozenset()) or 0) <= STEPS_LIMIT


def is_cheap_schema(schema: JsonValue) -> bool:
    """Return whether it is cheap to judge whether this is a schema."""
    parts = _parts(schema)
    return parts is not None and parts <= SCHEMA_PARTS_LIMIT


def _parts(whole: JsonValue, costly: frozenset[str] = COSTLY) -> int | None:
    """Return the number of objects, lists and plain values; None if a key is costly."""
    count, waiting = 0, [whole]
    while waiting:
        part = waiting.pop()
        count += 1
        if isinstance(part, dict):
            if costly and (not costly.isdisjoint(part) or part.get("$schema", DIALECT) != DIALECT):
                return None
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return count
