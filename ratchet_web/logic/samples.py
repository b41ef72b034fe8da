"""A plausible value for a JSON Schema: an input to try a task with, and to show others how to call it.

What an author wrote goes first (`default`, `examples`, `const`, `enum`); the rest is made up, the same each
time. References inside the schema are followed, simple patterns are solved, depth, size and work are bounded;
where no value can be made up that fits, the nearest one is returned.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from ratchet_web.logic.patterns import matching

if TYPE_CHECKING:
    from pydantic import JsonValue

DEPTH_LIMIT = 8
PARTS_LIMIT = 500
WORK_LIMIT = 100_000
MERGED_LIMIT = 32
TEXT_LIMIT = 1_000
ITEMS_LIMIT = 20
# What nothing needs leaves this much of the work to what is needed.
_RESERVE = WORK_LIMIT // 2
_PART_WORK = WORK_LIMIT // PARTS_LIMIT
TEXTS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "duration": "PT15M",
    "email": "ada@example.com",
    "idn-email": "ada@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "iri": "https://example.com/",
    "uri-reference": "/path",
    "iri-reference": "/path",
    "uri-template": "/items/{id}",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
    "json-pointer": "/a",
    "relative-json-pointer": "0",
    "regex": "^a+$",
}
_KINDS = {
    "object": ("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"),
    "string": ("minLength", "maxLength", "format", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_ALTERNATIVES = ("oneOf", "anyOf")


def sample(schema: JsonValue) -> JsonValue:
    """Return a value that fits the schema wherever one can be made up; `{}` where anything will do."""
    return _Maker(schema).value(schema, 0)


class _Maker:
    """Makes one value. `root` is where references begin.

    Each part of the value, each word that is read for it and each character that is copied costs of what is
    `_left`: without, a schema that refers to itself would grow as fast as it likes.
    """

    def __init__(self, root: JsonValue) -> None:
        self._root = root
        self._left = WORK_LIMIT
        self._places: dict[str, JsonValue] = {}

    def value(self, schema: JsonValue, depth: int, unlike: int = 0) -> JsonValue:
        """Return a value; `unlike` counts its elder siblings, from which it should differ."""
        self._left -= _PART_WORK
        whole = self._whole(schema, depth)
        if (given := _given(whole, unlike)) is not None:
            self._left -= _size(given.value)
            return given.value
        kind = _kind(whole)
        if kind == "object":
            return self._object(whole, depth)
        if kind == "array":
            return self._array(whole, depth)
        if kind in ("integer", "number"):
            return _number(whole, kind == "integer", unlike)
        if kind == "string":
            return _text(whole, unlike)
        return {"boolean": unlike % 2 == 1, "null": None}.get(kind, {})

    def _whole(self, schema: JsonValue, depth: int) -> dict[str, Any]:
        """Return a schema with what it refers to, and its first alternatives, put into it."""
        merged: dict[str, Any] = {}
        waiting: list[tuple[JsonValue, int]] = [(schema, depth)]
        for _ in range(MERGED_LIMIT):
            if not waiting or self._left <= 0:
                break
            part, level = waiting.pop(0)
            if not isinstance(part, Mapping):
                continue
            self._left -= _words(merged) + _words(part)
            _merge(merged, part)
            if level <= DEPTH_LIMIT:
                waiting += [(each, level + 1) for each in islice(self._parts(part), MERGED_LIMIT)]
        return merged

    def _parts(self, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        if isinstance(reference := schema.get("$ref"), str):
            yield self._found(reference)
        every = schema.get("allOf")
        yield from every if isinstance(every, list) else ()
        for word in _ALTERNATIVES:
            choices = _listed(schema, word)[:ITEMS_LIMIT]
            if choices:
                yield next((each for each in choices if each is not False and not _is_null(each)), choices[0])

    def _found(self, reference: str) -> JsonValue:
        """Return what a reference inside the schema leads to (RFC 6901), by path or by anchor."""
        if reference not in self._places:
            path = unquote(reference[1:])
            if not reference.startswith("#"):
                self._places[reference] = True
            elif path and not path.startswith("/"):
                self._places[reference] = self._anchors.get(path, True)
            else:
                self._places[reference] = _at(self._root, path)
        return self._places[reference]

    @cached_property
    def _anchors(self) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        waiting: list[JsonValue] = [self._root]
        for _ in range(10_000):
            if not waiting:
                break
            part = waiting.pop()
            if isinstance(part, Mapping):
                if isinstance(anchor := part.get("$anchor"), str):
                    found.setdefault(anchor, part)
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
        return found

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, JsonValue]:
        named = schema.get("properties")
        properties: Mapping[str, Any] = named if isinstance(named, Mapping) else {}
        required = {name: True for name in _listed(schema, "required") if isinstance(name, str)}
        names = dict.fromkeys([*properties, *required])
        others = schema.get("additionalProperties")
        found: dict[str, JsonValue] = {}
        # What is needed comes first: the rest must not use up what there is for it.
        for name in sorted(names, key=lambda name: name not in required):
            # A schema that refers to itself ends where nothing more is needed.
            if name not in required and (depth >= 3 or self._left <= _RESERVE or properties[name] is False):
                continue
            if self._may_go_on(depth):
                self._left -= len(name)
                found[name] = self.value(properties.get(name, others), depth + 1)
        made = {name: found[name] for name in names if name in found}
        most = _whole_number(schema, "maxProperties", len(made))
        spare = [name for name in made if name not in required][::-1]
        for name in spare[: max(0, len(made) - most)]:
            del made[name]
        least = _whole_number(schema, "minProperties", 0)
        for number in range(1, min(least, ITEMS_LIMIT) + 1):
            if len(made) < least and self._may_go_on(depth):
                made.setdefault(f"key{number}", self.value(others, depth + 1))
        return made

    def _array(self, schema: Mapping[str, Any], depth: int) -> list[JsonValue]:
        first = _listed(schema, "prefixItems")
        least = _whole_number(schema, "minItems", 0)
        most = _whole_number(schema, "maxItems", ITEMS_LIMIT)
        wished = max(least, len(first) or (0 if schema.get("items") is False else 1))
        count = min(wished, most, ITEMS_LIMIT)
        if depth >= 4 or self._left <= _RESERVE:
            count = min(least, ITEMS_LIMIT)
        contained = schema.get("contains")
        made: list[JsonValue] = []
        for place in range(count):
            if self._may_go_on(depth):
                inner = first[place] if place < len(first) else schema.get("items", contained)
                made.append(self.value(inner, depth + 1, place))
        if contained is not None and made and place_of(contained, first) and self._may_go_on(depth):
            made[-1] = self.value(contained, depth + 1)
        return made

    def _may_go_on(self, depth: int) -> bool:
        return depth < DEPTH_LIMIT and self._left > 0


def place_of(contained: JsonValue, first: list[Any]) -> bool:
    """Return whether a list needs a place for what it must contain: its items alone do not promise it."""
    return contained is not True and not first


def _at(root: JsonValue, path: str) -> JsonValue:
    """Return what is at a path (RFC 6901); where nothing is, a schema that allows everything."""
    found: Any = root
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal() and len(key) < 10 and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, Mapping) and key in found:
            found = found[key]
        else:
            return True
    return found  # type: ignore[no-any-return]


def _words(schema: Mapping[str, Any]) -> int:
    """Return how much there is to read when a schema is put into another."""
    named, required = schema.get("properties"), schema.get("required")
    lists = [each for each in (named, required) if isinstance(each, Mapping | list)]
    return len(schema) + sum(len(each) for each in lists)


def _size(value: JsonValue) -> int:
    """Return about how long a value is as text."""
    size, waiting = 0, [value]
    while waiting:
        part = waiting.pop()
        size += len(part) if isinstance(part, str) else 1
        if isinstance(part, Mapping):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
    return size


class _Given(NamedTuple):
    value: JsonValue


def _given(schema: Mapping[str, Any], unlike: int) -> _Given | None:
    """Return the value that the author of a schema wrote, if there is one."""
    if "const" in schema:
        return _Given(schema["const"])
    if "default" in schema and not unlike:
        return _Given(schema["default"])
    for word in ("examples", "enum"):
        if choices := _listed(schema, word):
            return _Given(choices[unlike % len(choices)])
    return _Given(schema["example"]) if "example" in schema and not unlike else None


def _kind(schema: Mapping[str, Any]) -> str:
    told = schema.get("type")
    kinds = (
        [told]
        if isinstance(told, str)
        else [each for each in _listed(schema, "type")[:ITEMS_LIMIT] if each != "null"]
    )
    if kinds or told:
        return str(kinds[0]) if kinds else "null"
    return next((kind for kind, words in _KINDS.items() if any(word in schema for word in words)), "")


def _number(schema: Mapping[str, Any], whole: bool, unlike: int) -> int | float:
    # Steps that are finer than a number of this size can tell apart, or too large, go; then its limits do.
    for asked in (schema, {**schema, "multipleOf": None}):
        with suppress(OverflowError):
            return _reckoned(asked, whole, unlike if asked is schema else 0)
    return 1


def _reckoned(schema: Mapping[str, Any], whole: bool, unlike: int) -> int | float:
    """Return a number.

    Raises:
        OverflowError: there is none of this size.
    """
    step = _figure(schema, "multipleOf")
    step = step if step and step > 0 else None
    if whole and (step is None or step != int(step)):
        step = 1 if step is None else step * _whole_factor(step)
    low, high = _bounds(schema, step or (1 if whole else None))
    value: float = low if low is not None else min(high, 1) if high is not None else 1
    if step is not None:
        value = math.ceil(value / step) * step
        if high is not None and value > high:
            value = math.floor(high / step) * step
        value += unlike * step if high is None or value + unlike * step <= high else 0
    elif high is None or value + unlike <= high:
        value += unlike
    if abs(value) > sys.float_info.max:
        raise OverflowError
    return int(value) if value == int(value) else round(value, 10)


def _bounds(schema: Mapping[str, Any], step: float | None) -> tuple[float | None, float | None]:
    """Return the least and the largest value; one that is excluded is kept off by a step, or a bit."""
    low, high = _figure(schema, "minimum"), _figure(schema, "maximum")
    above, below = _figure(schema, "exclusiveMinimum"), _figure(schema, "exclusiveMaximum")
    ends = [each for each in (low, high, above, below) if each is not None]
    gap = step or (min(1.0, (max(ends) - min(ends)) / 2 or 1.0) if ends else 1.0)
    if above is not None and (low is None or low <= above):
        low = above + gap if step is None else (math.floor(above / step) + 1) * step
    if below is not None and (high is None or high >= below):
        high = below - gap if step is None else (math.ceil(below / step) - 1) * step
    if low is not None and high is not None and step is None and low > high:
        low = high = low / 2 + high / 2
    return low, high


def _whole_factor(step: float) -> int:
    """Return the least number of steps that make a whole number, as far as it is small."""
    return next((n for n in range(1, 1001) if math.isclose(step * n, round(step * n), abs_tol=1e-9)), 1)


def _text(schema: Mapping[str, Any], unlike: int) -> str:
    least = min(_whole_number(schema, "minLength", 0), TEXT_LIMIT)
    most = min(_whole_number(schema, "maxLength", TEXT_LIMIT), TEXT_LIMIT)
    formatted = TEXTS.get(str(schema.get("format")))
    if formatted is not None and least <= len(formatted) <= most:
        return formatted
    pattern = schema.get("pattern")
    solved = matching(pattern, least) if isinstance(pattern, str) else None
    if solved is not None and least <= len(solved) <= most:
        return solved
    text = f"text{unlike + 1}" if unlike else "text"
    if isinstance(title := schema.get("title"), str) and not unlike and title.strip():
        text = title.strip()
    return (text + "x" * least)[: max(least, min(len(text), most))]


def _merge(merged: dict[str, Any], part: Mapping[str, Any]) -> None:
    """Put a schema into another that must hold as well; what was there first goes before."""
    for word, value in part.items():
        there = merged.get(word)
        if word == "properties" and isinstance(there, Mapping) and isinstance(value, Mapping):
            both = {name: {"allOf": [there[name], value[name]]} for name in there.keys() & value.keys()}
            merged[word] = {**there, **value, **both}
        elif word == "required" and isinstance(there, list) and isinstance(value, list):
            merged[word] = [*there, *value]
        elif word in ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"):
            merged[word] = max(there, value) if _are_numbers(there, value) else there or value
        elif word in ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"):
            merged[word] = min(there, value) if _are_numbers(there, value) else there or value
        elif word not in merged:
            merged[word] = value


def _are_numbers(*values: object) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _figure(schema: Mapping[str, Any], word: str) -> float | None:
    value: Any = schema.get(word)
    return value if _are_numbers(value) and abs(value) <= sys.float_info.max else None


def _whole_number(schema: Mapping[str, Any], word: str, absent: int) -> int:
    value = _figure(schema, word)
    return absent if value is None or value < 0 or value > 1e9 else int(value)


def _listed(schema: Mapping[str, Any], word: str) -> list[Any]:
    value = schema.get(word)
    return value if isinstance(value, list) else []


def _is_null(schema: JsonValue) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "null"
