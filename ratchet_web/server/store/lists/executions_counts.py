"""How many executions match, by status and by time: one walk along an index, for so long at most.

Not grouped by SQLite, which would sort all rows for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.lists.base import SEARCH_STEPS
from ratchet_web.server.store.lists.executions import LISTING
from ratchet_web.server.store.lists.hints import limited, using
from ratchet_web.server.store.lists.large import Search
from ratchet_web.server.store.schema import executions

Wanted = Mapping[str, Any]
Counts = dict[ExecutionCode, int]
# A page waits for the first; the second is drawn beside it, and less often.
COUNTS_MS: Final = 100
DENSITY_MS: Final = 250

_E = executions.c


class Span(NamedTuple):
    """From when on, and until before when, in ms."""

    first: int
    end: int


def by_status(connection: sa.Connection, wanted: Wanted) -> Counts | None:
    """Return how many there are in each status, None where counting them would take too long."""
    search = _search(connection, wanted)
    if search.is_counted:
        known = search.counted_by("status")
        return {code: known.get(code, 0) for code in ExecutionCode}
    rows = _within(search, COUNTS_MS, _matching(search, *map(_number, ExecutionCode)))
    return None if rows is None else _counts(rows[0])


def by_time(connection: sa.Connection, wanted: Wanted, spans: Iterable[Span]) -> list[Counts] | None:
    """Return them for each span of the time at which they were queued; None as above.

    `wanted` says nothing of that time: a span is found in the index by its own bounds.
    """
    search = _search(connection, wanted)
    named = sa.values(sa.column("first", sa.Integer), sa.column("last", sa.Integer), name="spans")
    given = named.data([(span.first, span.end) for span in spans]).cte("spans")
    one_text = sa.func.printf(",".join(["%d"] * len(ExecutionCode)), *map(_number, ExecutionCode))
    within = _matching(search, one_text).where(_E.queued_at >= given.c.first, _E.queued_at < given.c.last)
    rows = _within(
        search, DENSITY_MS, sa.select(within.correlate(given).scalar_subquery()).select_from(given)
    )
    return None if rows is None else [_counts(map(int, row[0].split(","))) for row in rows]


def _number(code: ExecutionCode) -> sa.ColumnElement[int]:
    return sa.func.count().filter(_E.status == code)


def _counts(numbers: Iterable[int]) -> Counts:
    return dict(zip(ExecutionCode, numbers, strict=True))


def _matching(search: Search, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    statement, index = sa.select(*columns).select_from(executions).where(*search.conditions), _index(search)
    return statement if index is None else using(statement, executions, index)


def _within(search: Search, limit_ms: float, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]] | None:
    try:
        with limited(search.connection, limit_ms, SEARCH_STEPS if search.is_searched else 0):
            return search.connection.execute(statement).all()
    except TimeoutError:
        return None


def _index(search: Search) -> str | None:
    """Return the index to walk, which has all that filters ask for; None: SQLite knows best."""
    wanted, orders = search.wanted, search.access.orders
    if search.is_narrow:
        return None
    if search.is_faulty:
        return search.access.faulty
    if search.is_searched:
        return search.searched_by
    if "task_id" in wanted:
        return orders["task_id"]
    return orders["status"] if "status" in wanted else orders["queued_at"]


def _search(connection: sa.Connection, wanted: Wanted) -> Search:
    access = LISTING.access
    assert access is not None  # for the type checker: the list says how
    return Search(connection, access, wanted, LISTING.conditions(wanted))
