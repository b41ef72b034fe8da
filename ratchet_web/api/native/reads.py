"""Reading from the native server: many windows and rows by one GraphQL request, or one by one by REST."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import JsonValue
from pydantic.alias_generators import to_camel
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.errors import NotFound
from ratchet_web.api.http import Http
from ratchet_web.api.native.shapes import Shape

# The server's own: more rows are cut off, more complexity is refused.
MOST_ROWS = 100
MOST_COMPLEXITY = 900
# Not even a liar's list is longer.
MOST_TOTAL = 2**53
WORDS = ("status", "priority")
Filters = Mapping[str, str]
Row = dict[str, JsonValue]


class Span(NamedTuple):
    """Rows of a list in the server's order."""

    offset: int
    limit: int


class Window(NamedTuple):
    """The rows of a span, and how many match in all."""

    rows: tuple[Row, ...]
    total: int


class Reads(ABC):
    """What the native resources read with. `most_rows`: so many are read to be sorted or narrowed here."""

    most_rows: int

    @abstractmethod
    async def windows(self, shape: Shape, asked: Sequence[tuple[Filters, Span]]) -> list[Window]:
        """Return a window for each pair of filters, in the contract's names, and span."""

    @abstractmethod
    async def rows(self, shape: Shape, ids: Sequence[str]) -> dict[str, Row]:
        """Return the rows with these ids, as far as they exist."""


class ByGraphql(Reads):
    """One request for as many as its complexity allows."""

    most_rows = 1_000

    def __init__(self, http: Http) -> None:
        self._http = http

    @override
    async def windows(self, shape: Shape, asked: Sequence[tuple[Filters, Span]]) -> list[Window]:
        told = await self._told([_list(shape, filters, span) for filters, span in asked], shape.cost + 2)
        return [_window(value) for value in told]

    @override
    async def rows(self, shape: Shape, ids: Sequence[str]) -> dict[str, Row]:
        wanted = [f"{shape.one}(id: {json.dumps(id)}) {{ {shape.fields} }}" for id in ids]
        told = await self._told(wanted, shape.cost)
        return {id: row for id, row in zip(ids, told, strict=True) if isinstance(row, dict)}

    async def _told(self, selections: Sequence[str], cost: int) -> list[JsonValue]:
        told: list[JsonValue] = []
        for some in _portions(selections, max(1, MOST_COMPLEXITY // cost)):
            query = " ".join(f"a{place}: {selection}" for place, selection in enumerate(some))
            data = await self._http.graphql(f"{{ {query} }}")
            told.extend(data.get(f"a{place}") for place in range(len(some)))
        return told


class ByRest(Reads):
    """A request for each window and row: the budget allows few."""

    most_rows = 300

    def __init__(self, http: Http) -> None:
        self._http = http

    @override
    async def windows(self, shape: Shape, asked: Sequence[tuple[Filters, Span]]) -> list[Window]:
        return [await self._window(shape, filters, span) for filters, span in asked]

    @override
    async def rows(self, shape: Shape, ids: Sequence[str]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for id in ids:
            try:
                value = reading.data_of((await self._http.get(f"/{shape.many}/{id}")).payload())
            except NotFound:
                continue
            if isinstance(value, dict):
                found[id] = value
        return found

    async def _window(self, shape: Shape, filters: Filters, span: Span) -> Window:
        limits = {"_start": str(span.offset), "_end": str(span.offset + span.limit)}
        payload = (await self._http.get(f"/{shape.many}", {**filters, **limits})).payload()
        values = reading.data_of(payload)
        rows = tuple(row for row in values if isinstance(row, dict)) if isinstance(values, list) else ()
        pagination = reading.meta_of(payload).get("pagination")
        return Window(rows, _total(pagination, rows))


def spans(total: int, first: int = 0) -> Iterator[Span]:
    """Yield the spans that cover the rows from `first` to `total`."""
    for offset in range(first, total, MOST_ROWS):
        yield Span(offset, min(MOST_ROWS, total - offset))


def _list(shape: Shape, filters: Filters, span: Span) -> str:
    narrowed = f", filters: {{ {_arguments(filters)} }}" if filters else ""
    asked = f"{shape.many}(limit: {span.limit}, offset: {span.offset}{narrowed})"
    return f"{asked} {{ items {{ {shape.fields} }} meta {{ total }} }}"


def _arguments(filters: Filters) -> str:
    return ", ".join(f"{to_camel(name)}: {_literal(name, value)}" for name, value in filters.items())


def _literal(name: str, value: str) -> str:
    return value if name in WORDS or value in ("true", "false") else json.dumps(value)


def _window(value: JsonValue) -> Window:
    told = value if isinstance(value, dict) else {}
    items, meta = told.get("items"), told.get("meta")
    rows = tuple(row for row in items if isinstance(row, dict)) if isinstance(items, list) else ()
    return Window(rows, _total(meta, rows))


def _total(told: JsonValue, rows: Sequence[Row]) -> int:
    """Return the total of a list, as far as it can be believed."""
    total = told.get("total") if isinstance(told, dict) else None
    return total if isinstance(total, int) and len(rows) < total <= MOST_TOTAL else len(rows)


def _portions(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]
