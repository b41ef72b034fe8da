"""Pages of a table of a million rows. How many rows match decides how the page is found.

Few: through the index of a filter, sorted afterwards. Many, or few that no such index finds quickly: along
the index of the order, which has all columns that filters ask for. Left alone, SQLite looks up a million rows
for a match or two, or sorts a million for a page of 25.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from ratchet_web.server.store.lists.hints import limited, sorted_by, using

# Counting ends here: nobody counts on.
BOUND = 10_000
COUNT_MS = 25
# So few are found once, when they are counted; then only they are sorted.
FOUND = 1_000

Columns = Sequence[sa.ColumnElement[Any]]


class Total(NamedTuple):
    """How many rows match; where it is not exact there are more. `few` are best found by a filter's index.

    `ids` are theirs, if counting has found them.
    """

    rows: int
    exact: bool
    few: bool = False
    ids: Sequence[int] | None = None


@dataclass(frozen=True)
class Access:
    """The ways into a large table.

    `counts` has a row for each task and status, with their number in `n`; filters named in `counted` ask for
    nothing else. `orders` names the index that has a sort's order (empty: the table itself has it). Each set
    of `prefixes` are filters that begin an index which goes on by `queued_at`. Filters that are `narrow`
    leave so little that their own index is always best. `faulty` is an index of the rows with an error.
    No index begins with what the filters of `loose` ask for. Those of `searched` read each row's payload.
    """

    key: sa.Column[int]
    counts: sa.Table
    counted: frozenset[str]
    orders: Mapping[str, str]
    prefixes: Sequence[frozenset[str]]
    narrow: frozenset[str]
    faulty: str
    loose: frozenset[str]
    searched: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Search:
    """The rows that meet `conditions`, which the filters of `wanted` made."""

    connection: sa.Connection
    access: Access
    wanted: Mapping[str, Any]
    conditions: Sequence[sa.ColumnElement[bool]]

    def total(self) -> Total:
        """Return how many rows match: exact from the counters, else counted up to the bound."""
        if self.is_counted:
            rows = self._counted()
            return Total(rows, True, rows <= BOUND)
        if self.is_narrow:
            return self._bounded(None)
        if self.is_faulty:
            return self._bounded(self.access.faulty)
        if self.is_searched:
            return self._bounded(self.searched_by)._replace(few=False)
        if not self.wanted.keys() <= self.access.loose:
            with suppress(TimeoutError), limited(self.connection, COUNT_MS):
                return self._bounded(None)
        return self._bounded(self.access.orders["queued_at"])._replace(few=False)

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
        index, terms = self._way(sort, order, total)
        matches = self._matches(index) if total.ids is None else self._among(total.ids)
        statement = matches.order_by(*terms).limit(limit).offset(offset)
        return self.connection.scalars(statement).all()

    def _way(self, sort: str, order: "Order", total: Total) -> tuple[str | None, Columns]:
        """Return which index to walk (None: SQLite knows best), and the terms to sort by."""
        by_time, access = sort == "queued_at", self.access
        if total.ids is not None:
            return None, order.sorted
        if by_time and any(self.wanted.keys() and self.wanted.keys() <= some for some in access.prefixes):
            return None, order.walked
        if self.is_narrow:
            return None, order.sorted
        if self.is_faulty:
            return access.faulty, order.walked if by_time else order.sorted
        if self.is_searched and by_time:
            return self.searched_by, order.walked
        if total.few:
            return None, order.sorted
        return access.orders[sort], order.walked

    @property
    def is_counted(self) -> bool:
        """Whether counters that are kept know how many match."""
        return self.wanted.keys() <= self.access.counted

    @property
    def is_faulty(self) -> bool:
        """Whether all that match have an error."""
        return "error_message_like" in self.wanted or self.wanted.get("has_error") is True

    @property
    def is_searched(self) -> bool:
        """Whether payloads are read to know what matches."""
        return not self.access.searched.isdisjoint(self.wanted)

    @property
    def searched_by(self) -> str:
        """The index that leaves the fewest payloads to be read, in the order of time."""
        return self.access.orders["task_id" if "task_id" in self.wanted else "queued_at"]

    @property
    def is_narrow(self) -> bool:
        """Whether a filter leaves so little that its own index is best."""
        return not self.access.narrow.isdisjoint(self.wanted)

    def _matches(self, index: str | None) -> sa.Select[Any]:
        statement = sa.select(self.access.key).where(*self.conditions)
        return statement if index is None else using(statement, self.access.key.table, index)

    def _among(self, ids: Sequence[int]) -> sa.Select[Any]:
        return sa.select(self.access.key).where(self.access.key.in_(ids))

    def counted_by(self, name: str) -> dict[Any, int]:
        """Return how many match for each value of a column that the counters have, where `is_counted`."""
        counts = self.access.counts
        conditions = [_asked_of(counts, condition) for condition in self.conditions]
        columns = counts.c[name], sa.func.sum(counts.c.n)
        statement = sa.select(*columns).where(*conditions).group_by(counts.c[name])
        return {value: n for value, n in self.connection.execute(statement) if n}

    def _counted(self) -> int:
        return sum(self.counted_by("status").values())

    def _bounded(self, index: str | None) -> Total:
        found = self._matches(index).limit(BOUND + 1).subquery()
        # As one text: fetched one by one, they would take longer than all that is done to find them.
        told = sa.select(sa.func.count(), sa.func.group_concat(found.c.id))
        rows, ids = self.connection.execute(told).one()
        kept = [int(key) for key in ids.split(",")] if 0 < rows <= FOUND else []
        exact = rows <= BOUND
        return Total(min(rows, BOUND), exact, exact, kept if rows <= FOUND else None)


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
