"""Pages of lists that the native server neither sorts nor narrows: where the set is small, we do it here."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from ratchet_web.api import reading
from ratchet_web.api.arranging import arranged, unapplied, without_misses
from ratchet_web.api.errors import NotFound
from ratchet_web.api.native.reads import MOST_ROWS, Filters, Reads, Row, Span, Window, spans
from ratchet_web.api.native.shapes import Shape
from ratchet_web.models.base import Wire
from ratchet_web.models.pages import Page, Query

T = TypeVar("T", bound=Wire)


class Whole(NamedTuple, Generic[T]):
    """All rows that match, None where they are more than we read; and how many match."""

    rows: list[T] | None
    total: int


@dataclass(frozen=True)
class Lists(Generic[T]):
    """The lists of one resource. `natural` is the order in which the server sends its rows, as a sort.

    `completed` adds to a row what the server tells elsewhere in it.
    """

    reads: Reads
    shape: Shape
    model: type[T]
    natural: str
    completed: Callable[[T], T] = lambda row: row

    async def page(self, query: Query, sent: Filters, kept: Sequence[str] = ()) -> Page[T]:
        """Return the page of a query; `sent` is narrowed by the server, the fields in `kept` here.

        In a set too large for us `Page.ignored` names what was not applied.
        """
        if not kept and query.sort == self.natural:
            return await self._straight(query, sent)
        whole = await self.whole(sent)
        if whole.rows is not None:
            return arranged(query, whole.rows)
        if not kept and query.sort == _turned(self.natural):
            return await self._from_the_end(query, sent, whole.total)
        page = await self._straight(query, sent)
        asked = (*kept, *(() if query.sort == self.natural else ("sort",)))
        ignored = tuple(dict.fromkeys((*page.ignored, *asked)))
        return page.model_copy(update={"ignored": ignored, "total": None if kept else page.total})

    def read(self, rows: Sequence[Row]) -> list[T]:
        """Return the models of rows, each id once: rows move between two windows while they are read."""
        return [self.completed(row) for row in reading.rows(rows, self.model)]

    async def totals(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many rows match each of these."""
        told = await self.reads.windows(self.shape, [(each, Span(0, 1)) for each in filters])
        return [window.total for window in told]

    async def whole(self, filters: Filters) -> Whole[T]:
        """Return all rows that match, in the server's order, if they are few enough."""
        first = await self._first(filters)
        rows = await self._with_rest(filters, first) if first.total <= self.reads.most_rows else None
        return Whole(rows, first.total)

    async def every(self, filters: Filters) -> list[T]:
        """Return all rows that match, as many as we read at most; the server's order."""
        return await self._with_rest(filters, await self._first(filters))

    async def _first(self, filters: Filters) -> Window:
        (first,) = await self.reads.windows(self.shape, [(filters, Span(0, MOST_ROWS))])
        return first

    async def _with_rest(self, filters: Filters, first: Window) -> list[T]:
        most = min(first.total, self.reads.most_rows)
        return self.read((*first.rows, *await self._rows(filters, tuple(spans(most, MOST_ROWS)))))

    async def _straight(self, query: Query, sent: Filters) -> Page[T]:
        span = Span((query.page - 1) * query.limit, query.limit)
        (window,) = await self.reads.windows(self.shape, [(sent, span)])
        return self._seen(query, window.rows, window.total)

    async def _from_the_end(self, query: Query, sent: Filters, total: int) -> Page[T]:
        end = max(0, total - (query.page - 1) * query.limit)
        start = max(0, end - query.limit)
        rows = await self._rows(sent, (Span(start, end - start),) if end > start else ())
        return self._seen(query, tuple(reversed(rows)), total)

    def _seen(self, query: Query, rows: Sequence[Row], total: int) -> Page[T]:
        read = tuple(self.read(rows[: query.limit]))
        return without_misses(query, Page(rows=read, total=total), unapplied(query, read))

    async def _rows(self, sent: Filters, wanted: Sequence[Span]) -> list[Row]:
        told = await self.reads.windows(self.shape, [(sent, span) for span in wanted])
        return [row for window in told for row in window.rows]


def _turned(sort: str) -> str:
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"


async def those_found(get: Callable[[str], Awaitable[T]], ids: Sequence[str]) -> list[T]:
    """Return the rows that there are of these: one after the other, for all callers share few requests."""
    found = []
    for id in ids:
        with suppress(NotFound):
            found.append(await get(id))
    return found
