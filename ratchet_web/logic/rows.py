"""Rows of input, as CSV or as JSON: read, and given the types that a schema asks for.

CSV is that of RFC 4180, separated by `,`, `;` or tabs; its first row names members, `address.city` one inside
another. JSON comes as one value a line, or as one list of all. An empty cell is a member that is not there.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ratchet_web.logic.json_text import check, loose, strict

if TYPE_CHECKING:
    from pydantic import JsonValue

SEPARATORS = ",;\t"
CELL_LIMIT = 10_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})")
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


class RowsError(ValueError):
    """The text as a whole is no rows; the message says why."""


class ReadRow(NamedTuple):
    """A row by its number in the text (a line, or a row of a spreadsheet); `wrong`: why it is no value."""

    number: int
    value: JsonValue
    wrong: str = ""
    field: str = ""


class Form(NamedTuple):
    """How rows are written: `CSV` with its separator, or `JSON`; `columns` are those of CSV."""

    name: str
    separator: str = ""
    columns: tuple[str, ...] = ()


def read_rows(text: str, schema: JsonValue) -> tuple[Form, Iterator[ReadRow]]:
    """Return how rows are written, and the rows, empty ones left out.

    Raises:
        RowsError: there are none, or their first row cannot name members.
    """
    bare = text.removeprefix("\ufeff")
    start = bare.lstrip()[:1]
    if not start:
        raise RowsError("There are no rows")
    if start in "{[":
        return Form("JSON"), _json_rows(bare, start)
    return _csv_rows(bare, schema)


def _json_rows(text: str, start: str) -> Iterator[ReadRow]:
    if start == "[" and isinstance(whole := _whole(text), list):
        # A list on one line is the list of all rows, not a row that is a list.
        yield from (_read(number, value) for number, value in enumerate(whole, 1))
        return
    for number, line in enumerate(_LINE_END.split(text), 1):
        if line.strip():
            try:
                value = loose(line)
            except ValueError as error:
                yield ReadRow(number, None, f"is not JSON: {error}")
            else:
                yield _read(number, value)


def _read(number: int, value: JsonValue) -> ReadRow:
    try:
        check(value)
    except ValueError as error:
        return ReadRow(number, None, f"is not JSON: {error}")
    return ReadRow(number, value)


def _whole(text: str) -> JsonValue:
    """Return what a text is as one value, None where it is none; its rows are yet to be checked."""
    try:
        return loose(text)
    except ValueError:
        return None


def _csv_rows(text: str, schema: JsonValue) -> tuple[Form, Iterator[ReadRow]]:
    separator = _separator(text)
    csv.field_size_limit(CELL_LIMIT)
    # Lines end as csv has them: other characters that end lines elsewhere may stand in a cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = tuple(name.strip() for name in next(reader))
    except (csv.Error, StopIteration) as error:
        raise RowsError(f"This is no CSV: {error}") from None
    if "" in columns:
        raise RowsError(f"Column {columns.index('') + 1} has no name in the first row")
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise RowsError(f"Two columns are named {twice[:60]!r} in the first row")
    return Form("CSV", separator, columns), _records(reader, columns, schema)


def _separator(text: str) -> str:
    """Return what separates the names of the first row, outside of quotes."""
    head = re.sub(r'"[^"]*"', "", text[:10_000]).lstrip("\r\n").splitlines()[:1]
    counts = {each: head[0].count(each) if head else 0 for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: counts[each])


def _records(reader: Iterator[list[str]], columns: tuple[str, ...], schema: JsonValue) -> Iterator[ReadRow]:
    paths = [_path(name, schema) for name in columns]
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield ReadRow(number, None, f"is no CSV: {error}")
            continue
        if not any(cells):
            continue
        if len(cells) > len(columns):
            yield ReadRow(number, None, f"has {len(cells)} cells, and there are {len(columns)} columns")
            continue
        yield _record(number, zip(columns, paths, cells, strict=False))


def _record(number: int, cells: Iterator[tuple[str, _Path, str]]) -> ReadRow:
    value: dict[str, Any] = {}
    for column, path, cell in cells:
        if cell == "":
            continue
        try:
            typed = typed_cell(cell, path.types)
        except ValueError as error:
            return ReadRow(number, None, f"is not JSON: {error}", column)
        if not _put(value, path.names, typed):
            return ReadRow(number, None, "is inside of what another column says is no object", column)
    return ReadRow(number, value)


def _put(value: dict[str, Any], names: tuple[str, ...], cell: JsonValue) -> bool:
    """Put a cell where it belongs; return whether there is such a place."""
    inner: Any = value
    for name in names[:-1]:
        inner = inner.setdefault(name, {})
        if not isinstance(inner, dict):
            return False
    inner[names[-1]] = cell
    return True


class _Path(NamedTuple):
    """Where a column's cells go, and of which types the schema says that they are; none: it does not say."""

    names: tuple[str, ...]
    types: frozenset[str]


def _path(column: str, schema: JsonValue) -> _Path:
    members = _members(schema)
    # A member may be named with a dot in it.
    names = (column,) if column in members or "." not in column else tuple(column.split("."))
    if "" in names:
        names = (column,)
    part: JsonValue = schema
    for name in names:
        part = _members(part).get(name)
    return _Path(names, _types(part))


def _members(schema: JsonValue) -> dict[str, JsonValue]:
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else {}


def _types(schema: JsonValue) -> frozenset[str]:
    if not isinstance(schema, dict):
        return frozenset()
    told = schema.get("type")
    if isinstance(told, str | list):
        return frozenset(
            each for each in ([told] if isinstance(told, str) else told) if isinstance(each, str)
        )
    listed = schema.get("enum")
    values = listed if isinstance(listed, list) else [schema["const"]] if "const" in schema else []
    return frozenset(_TYPES[type(value)] for value in values if type(value) in _TYPES)


def typed_cell(cell: str, types: frozenset[str]) -> JsonValue:
    """Return what a cell says; what is not of its types stays a text, for the schema to judge.

    Raises:
        ValueError: it is to be an object or a list, and is no JSON.
    """
    text = cell.strip()
    if (not types or "null" in types) and text == "null":
        return None
    if (not types or "boolean" in types) and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if (not types or "integer" in types or "number" in types) and _WHOLE.fullmatch(text):
        return int(text)
    if (not types or "number" in types) and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    if "string" in types:
        return cell
    if types & {"object", "array"} or (not types and text[:1] in ("{", "[")):
        return _inner(text, certain=bool(types))
    return cell


def _inner(text: str, *, certain: bool) -> JsonValue:
    try:
        return strict(text)
    except ValueError:
        if certain:
            raise
        return text
