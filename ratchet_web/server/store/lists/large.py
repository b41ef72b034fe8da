"""Pages of a table of a million rows. How many rows match decides how the page is found.

Few: through the index of a filter, sorted afterwards. Many: along the index of the order, whose first matches
are the page; where they lie too far apart, in one pass over an index that has all columns of a filter. Left
alone, SQLite walks the order's index for a match or two in a million, for a second or more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from ratchet_web.server.store.lists.hints import limited, sorted_by, using

# Counting ends here: nobody counts on.
BOUND = 10_000
COUNT_MS, WALK_MS = 25, 40

Columns = Sequence[sa.ColumnElement[Any]]


class Total(NamedTuple):
    """How many rows match; where it is not exact there are more."""

    rows: int
    exact: bool


@dataclass(frozen=True)
class Access:
    """The ways into a large table.

    `counts` has a row for each task and status, with their number in `n`; filters named in `counted` ask for
    nothing else. `orders` names the index that has a sort's order (empty: the table itself has it). The
    filters in `equalities` are the first columns of an index that goes on by `queued_at`. `cover` is an index
    with the columns that most filters ask for, `faulty` one of the rows with an error.
    """

    key: sa.Column[int]
    counts: sa.Table
    counted: frozenset[str]
    orders: Mapping[str, str]
    cover: str
    faulty: str
    equalities: frozenset[str] = frozenset({"task_id", "status"})


@dataclass(frozen=True)
class Search:
    """The rows that meet `conditions`, which the filters of `wanted` made."""

    connection: sa.Connection
    access: Access
    wanted: Mapping[str, Any]
    conditions: Sequence[sa.ColumnElement[bool]]

    def total(self) -> Total:
        """Return how many rows match: exact from the counters, else counted up to the bound."""
        if self.wanted.keys() <= self.access.counted:
            return Total(self._counted(), True)
        if self._faulty:
            return self._bounded(self.access.faulty)
        try:
            with limited(self.connection, COUNT_MS):
                return self._bounded()
        except TimeoutError:
            return self._bounded(self.access.cover)

    def keys(
        self, sort: str, order: Columns, down: bool, offset: int, limit: int, total: Total
    ) -> Sequence[int]:
        """Return the ids of one page."""
        if not (total.exact and offset > total.rows // 2):
            return self._found(sort, _directed(order, down), offset, limit, total)
        # From the nearer end.
        limit = min(limit, total.rows - offset)
        if limit <= 0:
            return []
        return self._found(sort, _directed(order, not down), total.rows - offset - limit, limit, total)[::-1]

    def _found(self, sort: str, order: "Order", offset: int, limit: int, total: Total) -> Sequence[int]:
        def page(index: str | None, terms: Columns) -> Sequence[int]:
            statement = self._matches(index).order_by(*terms).limit(limit).offset(offset)
            return self.connection.scalars(statement).all()

        access = self.access
        if self._faulty:
            return page(access.faulty, order.walked if sort == "queued_at" else order.sorted)
        if total.exact and total.rows <= BOUND:
            return page(None, order.sorted)
        if sort == "queued_at" and self.wanted and self.wanted.keys() <= access.equalities:
            return page(None, order.walked)
        try:
            with limited(self.connection, WALK_MS):
                return page(access.orders[sort], order.walked)
        except TimeoutError:
            return page(access.cover, order.sorted)

    @property
    def _faulty(self) -> bool:
        return "error_message_like" in self.wanted or self.wanted.get("has_error") is True

    def _matches(self, index: str | None) -> sa.Select[Any]:
        statement = sa.select(self.access.key).where(*self.conditions)
        return statement if index is None else using(statement, self.access.key.table, index)

    def _counted(self) -> int:
        counts = self.access.counts
        conditions = [_asked_of(counts, condition) for condition in self.conditions]
        statement = sa.select(sa.func.coalesce(sa.func.sum(counts.c.n), 0)).where(*conditions)
        return self.connection.scalar(statement) or 0

    def _bounded(self, index: str | None = None) -> Total:
        found = self._matches(index).limit(BOUND + 1).subquery()
        rows = self.connection.scalar(sa.select(sa.func.count()).select_from(found)) or 0
        return Total(min(rows, BOUND), rows <= BOUND)


class Order(NamedTuple):
    """Terms of an ORDER BY: for an index that has the order, and for one that has not."""

    walked: Columns
    sorted: Columns


def _directed(columns: Columns, down: bool) -> Order:
    walked = [column.desc() if down else column.asc() for column in columns]
    plain = [sorted_by(column) for column in columns]
    return Order(walked, [column.desc() if down else column.asc() for column in plain])


def _asked_of(counts: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return a condition on rows as one on their counters, whose columns have the same names."""

    def replace(element: Any, **_: Any) -> Any:
        return counts.c[element.name] if isinstance(element, sa.Column) else None

    return visitors.replacement_traverse(condition, {}, replace)
