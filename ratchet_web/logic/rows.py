"""Rows of input, as CSV or as JSON: read, and given the types that a schema asks for.

CSV is that of RFC 4180, separated by `,`, `;` or tabs; its first row names members, `address.city` one inside
another. JSON comes as one value a line, or as one list of all. An empty cell is a member that is not there.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ratchet_web.logic.json_text import check, loose, strict

if TYPE_CHECKING:
    from pydantic import JsonValue

SEPARATORS = ",;\t"
CELL_LIMIT = 10_000_000
MOST_COLUMNS = 1_000
UNCLOSED = "has a quote, opened in line {line}, that is never closed: all that follows it was not read"
UTF_32 = "This is UTF-32, or no text: save it as UTF-8"
_QUOTES = re.compile('"+')
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


def decoded(body: bytes) -> str:
    """Return a text as UTF-8, or as what spreadsheets write instead.

    Raises:
        RowsError: it is UTF-32, or nothing that a text begins with.
    """
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise RowsError(UTF_32)
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    if b"\0" in body[:4]:
        raise RowsError(UTF_32)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


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
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=separator)
    try:
        columns = tuple(name.strip() for name in next(reader))
    except (csv.Error, StopIteration) as error:
        raise RowsError(f"This is no CSV: {error}") from None
    if line := lines.open_quote():
        raise RowsError(f"The quote that is opened in line {line} is never closed")
    _check_columns(columns)
    return Form("CSV", separator, columns), _records(lines, reader, columns, schema)


def _check_columns(columns: tuple[str, ...]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise RowsError(f"There are {len(columns):,} columns, and {MOST_COLUMNS:,} at most can be read")
    if "" in columns:
        raise RowsError(f"Column {columns.index('') + 1} has no name in the first row")
    twice = next((name for name, count in Counter(columns).items() if count > 1), None)
    if twice is not None:
        raise RowsError(f"Two columns are named {twice[:60]!r} in the first row")


class _Lines:
    """The lines of a text for a reader of CSV, which takes a text that ends inside of quotes for whole."""

    def __init__(self, text: str) -> None:
        self._lines = iter(io.StringIO(text, newline=""))
        self._read, self._before, self._over = list[str](), 0, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self._over = True
            raise
        self._read.append(line)
        return line

    def next_row(self) -> None:
        """Begin with another row."""
        self._before += len(self._read)
        self._read.clear()

    def open_quote(self) -> int:
        """Return the line in which a quote is opened that the row just read does not close; 0: there is none.

        The reader only asks beyond the last line while a quote is open. Behind it all quotes are doubled.
        """
        if not self._over or not self._read:
            return 0
        for number in range(len(self._read), 0, -1):
            if any(len(quotes) % 2 for quotes in _QUOTES.findall(self._read[number - 1])):
                return self._before + number
        return self._before + 1


def _separator(text: str) -> str:
    """Return what separates the names of the first row, outside of quotes."""
    head = re.sub(r'"[^"]*"', "", text[:10_000]).lstrip("\r\n").splitlines()[:1]
    counts = {each: head[0].count(each) if head else 0 for each in SEPARATORS}
    return max(SEPARATORS, key=lambda each: counts[each])


def _records(
    lines: _Lines, reader: Iterator[list[str]], columns: tuple[str, ...], schema: JsonValue
) -> Iterator[ReadRow]:
    paths = [_path(name, schema) for name in columns]
    number = 1
    while True:
        number += 1
        lines.next_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield ReadRow(number, None, f"is no CSV: {error}")
            continue
        if line := lines.open_quote():
            yield ReadRow(number, None, UNCLOSED.format(line=line))
            return
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
