"""Pages of rows: filters, sort, keys first and then the rows of one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.errors import TooSlow
from ratchet_web.server.store.lists.hints import limited
from ratchet_web.server.store.lists.large import Access, Search, Total

Condition = sa.ColumnElement[bool]
Filter = Callable[[Any], Condition]
Filters = Mapping[str, Filter]
Row = sa.Row[Any]

# A payload above this many characters is left out of lists; the single row has it.
LIST_TEXT_LIMIT = 65_536
# So long payloads are looked through; the clock is looked at after some tens of them, which may be large.
SEARCH_MS, SEARCH_STEPS = 500, 500


class AsOf(NamedTuple):
    """A yes or no whose meaning depends on the time of asking, in ms."""

    value: bool
    now_ms: int


@dataclass(frozen=True)
class Window:
    """Which part of a list, in which order."""

    sort: str
    descending: bool = False
    offset: int = 0
    limit: int = 25


class Rows(NamedTuple):
    """The rows of one window, and how many there are in all: more than `total` where it is not `exact`."""

    rows: Sequence[Row]
    total: int
    exact: bool = True


@dataclass(frozen=True)
class Listing:
    """How one resource is listed: its key, what is selected, filters, each sort with its tie-breakers.

    `access` says how to find rows where there may be a million of them; others are simply counted and sorted.
    """

    key: sa.Column[int]
    select: sa.Select[Any]
    filters: Filters
    sorts: Mapping[str, tuple[sa.ColumnElement[Any], ...]]
    # What every row that is listed meets.
    only: Condition | None = None
    access: Access | None = None

    def page(self, connection: sa.Connection, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return the rows that meet all of `wanted` (filter name to value).

        Raises:
            TooSlow: too many payloads would have to be looked through.
        """
        ids, total = self._keys(connection, wanted, window)
        rows = {row.id: row for row in connection.execute(self.select.where(self.key.in_(ids)))}
        return Rows([rows[key] for key in ids], total.rows, total.exact)

    def _keys(
        self, connection: sa.Connection, wanted: Mapping[str, Any], window: Window
    ) -> tuple[Sequence[int], Total]:
        conditions = self.conditions(wanted)
        columns = self.sorts[window.sort]
        if self.access is None:
            order = [column.desc() if window.descending else column.asc() for column in columns]
            keys = sa.select(self.key).where(*conditions).order_by(*order)
            ids = connection.scalars(keys.limit(window.limit).offset(window.offset)).all()
            return ids, Total(_count(connection, self.key, conditions), True)
        search = Search(connection, self.access, wanted, conditions)
        asked = (window.sort, columns, window.descending, window.offset, window.limit)
        if not search.is_searched:
            total = search.total()
            return search.keys(*asked, total), total
        try:
            with limited(connection, SEARCH_MS, SEARCH_STEPS):
                total = search.total()
                return search.keys(*asked, total), total
        except TimeoutError:
            raise TooSlow(self.access.searched & wanted.keys()) from None

    def conditions(self, wanted: Mapping[str, Any]) -> list[Condition]:
        """Return what a row meets that is listed and is wanted."""
        always = [] if self.only is None else [self.only]
        return always + [self.filters[name](value) for name, value in wanted.items()]


def _count(connection: sa.Connection, key: sa.Column[int], conditions: list[Condition]) -> int:
    statement = sa.select(sa.func.count()).select_from(key.table).where(*conditions)
    return connection.scalar(statement) or 0


def at_least(column: sa.ColumnElement[Any]) -> Filter:
    """Return a filter: the column's value or more."""
    return lambda value: column >= value


def at_most(column: sa.ColumnElement[Any]) -> Filter:
    """Return a filter: the column's value or less; a row without one is not among them."""
    return lambda value: column <= value


def equal(column: sa.ColumnElement[Any]) -> Filter:
    """Return a filter: exactly this value."""
    return lambda value: column == value


def among(column: sa.ColumnElement[Any]) -> Filter:
    """Return a filter: any of these values."""
    return lambda values: column.in_(values)


def containing(column: sa.ColumnElement[str]) -> Filter:
    """Return a filter: the text anywhere in the column; of ASCII letters in either case."""
    # That it is not null goes without saying, but not to a partial index.
    return lambda value: sa.and_(column.is_not(None), column.contains(value, autoescape=True))


def present(column: sa.ColumnElement[Any]) -> Filter:
    """Return a filter: whether there is a value."""
    return lambda value: column.is_not(None) if value else column.is_(None)


def left_out(column: sa.ColumnElement[str]) -> sa.ColumnElement[int]:
    """Return how many characters `short` leaves out, None where it leaves out nothing."""
    most: sa.ColumnElement[int] = sa.literal_column(str(LIST_TEXT_LIMIT))
    # The length stands there once: each time it is named, SQLite reads the whole text.
    return sa.func.nullif(sa.func.max(sa.func.length(column), most), most).label(f"{column.name}_left_out")


def short(column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return the column, None where its text is too long for a list."""
    fits = sa.func.length(column) <= sa.literal_column(str(LIST_TEXT_LIMIT))
    return sa.case((fits, column), else_=sa.null()).label(column.name)
