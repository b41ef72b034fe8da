"""Pages of lists that the native server neither sorts nor narrows: where the set is small, we do it here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from ratchet_web.api import reading
from ratchet_web.api.native.reads import MOST_ROWS, Filters, Reads, Row, Span, spans
from ratchet_web.api.native.shapes import Shape
from ratchet_web.models.base import Wire, is_row_id
from ratchet_web.models.pages import Page, Query

T = TypeVar("T", bound=Wire)
EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Narrowing(Generic[T]):
    """What a query asks for: `sent` is narrowed by the server, `kept` here, by the names of the fields.

    A row must pass `sent_too`, or the server ignored a filter that it was sent.
    """

    sent: Filters = field(default_factory=dict)
    kept: dict[str, Callable[[T], bool]] = field(default_factory=dict)
    sent_too: Callable[[T], bool] = lambda row: True

    def passes(self, row: T) -> bool:
        """Return whether a row is one of those that were asked for."""
        return self.sent_too(row) and all(keep(row) for keep in self.kept.values())


@dataclass(frozen=True)
class Lists(Generic[T]):
    """The lists of one resource. `natural` is the order in which the server sends its rows, as a sort."""

    reads: Reads
    shape: Shape
    model: type[T]
    natural: str

    async def page(self, query: Query, asked: Narrowing[T]) -> Page[T]:
        """Return the page; in a set too large for us `Page.ignored` names what was not applied."""
        backwards = query.sort == _turned(self.natural)
        if not asked.kept and query.sort == self.natural:
            return await self._straight(query, asked)
        (first,) = await self.reads.windows(self.shape, [(asked.sent, Span(0, MOST_ROWS))])
        if first.total <= self.reads.most_rows:
            rest = await self._rows(asked, tuple(spans(first.total, MOST_ROWS)))
            return self.arranged(query, asked, self.read((*first.rows, *rest)))
        if not asked.kept and backwards:
            return await self._from_the_end(query, asked, first.total)
        sort = () if query.sort == self.natural else ("sort",)
        page = await self._straight(query, asked)
        return page.model_copy(update={"ignored": (*asked.kept, *sort), "exact": not asked.kept})

    def arranged(self, query: Query, asked: Narrowing[T], rows: Sequence[T]) -> Page[T]:
        """Return the page of a query from all rows that there are."""
        found = sorted_by([row for row in rows if asked.passes(row)], query.sort)
        first = (query.page - 1) * query.limit
        return Page(rows=tuple(found[first : first + query.limit]), total=len(found))

    def read(self, rows: Sequence[Row]) -> list[T]:
        """Return the models of rows, each id once: rows move between two windows while they are read."""
        return list(reading.rows(rows, self.model))

    async def totals(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many rows match each of these."""
        told = await self.reads.windows(self.shape, [(each, Span(0, 1)) for each in filters])
        return [window.total for window in told]

    async def every(self, filters: Filters) -> list[T]:
        """Return all rows that match, as many as we read at most; the server's order."""
        (first,) = await self.reads.windows(self.shape, [(filters, Span(0, MOST_ROWS))])
        most = min(first.total, self.reads.most_rows)
        rest = await self._rows(Narrowing(sent=filters), tuple(spans(most, MOST_ROWS)))
        return self.read((*first.rows, *rest))

    async def _straight(self, query: Query, asked: Narrowing[T]) -> Page[T]:
        span = Span((query.page - 1) * query.limit, query.limit)
        (window,) = await self.reads.windows(self.shape, [(asked.sent, span)])
        return self._seen(asked, window.rows[: query.limit], window.total)

    async def _from_the_end(self, query: Query, asked: Narrowing[T], total: int) -> Page[T]:
        end = max(0, total - (query.page - 1) * query.limit)
        start = max(0, end - query.limit)
        rows = await self._rows(asked, (Span(start, end - start),) if end > start else ())
        return self._seen(asked, tuple(reversed(rows))[: query.limit], total)

    def _seen(self, asked: Narrowing[T], rows: Sequence[Row], total: int) -> Page[T]:
        read = self.read(rows)
        found = tuple(row for row in read if asked.sent_too(row))
        return Page(rows=found, total=total, ignored=() if len(found) == len(read) else tuple(asked.sent))

    async def _rows(self, asked: Narrowing[T], wanted: Sequence[Span]) -> list[Row]:
        told = await self.reads.windows(self.shape, [(asked.sent, span) for span in wanted])
        return [row for window in told for row in window.rows]


def sorted_by(rows: Sequence[T], sort: str) -> list[T]:
    """Return rows in the order of a column; equal and missing values go by id, the newest id first."""
    column = sort.lstrip("-")
    newest = sorted(rows, key=lambda row: _number(str(getattr(row, "id", ""))), reverse=True)
    return sorted(newest, key=lambda row: _key(getattr(row, column, None)), reverse=sort.startswith("-"))


def _key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def _number(id: str) -> tuple[int, str]:
    return (int(id) if is_row_id(id) else -1, id)


def _turned(sort: str) -> str:
    return sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
