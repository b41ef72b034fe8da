"""How many rows of a large list match, by status: one walk along an index, for so long at most.

Not grouped by SQLite, which would sort all rows for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from ratchet_web.server.store.lists.base import SEARCH_STEPS, Listing
from ratchet_web.server.store.lists.hints import limited, using
from ratchet_web.server.store.lists.large import Search

Wanted = Mapping[str, Any]
Code = TypeVar("Code", bound=IntEnum)
# A page waits for it.
COUNTS_MS: Final = 100


def by_status(
    connection: sa.Connection, listing: Listing, codes: type[Code], wanted: Wanted
) -> dict[Code, int] | None:
    """Return how many there are in each status, None where counting them would take too long."""
    search = searched(connection, listing, wanted)
    if search.is_counted:
        known = search.counted_by("status")
        return {code: known.get(code, 0) for code in codes}
    rows = within(search, COUNTS_MS, matching(search, *numbers(search, codes)))
    return None if rows is None else dict(zip(codes, rows[0], strict=True))


def searched(connection: sa.Connection, listing: Listing, wanted: Wanted) -> Search:
    """Return what is to be counted."""
    assert listing.access is not None  # for the type checker: a large list says how
    return Search(connection, listing.access, wanted, listing.conditions(wanted))


def numbers(search: Search, codes: Iterable[IntEnum]) -> list[sa.ColumnElement[int]]:
    """Return a column for each status."""
    status = search.access.key.table.c.status
    return [sa.func.count().filter(status == code) for code in codes]


def matching(search: Search, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Return a statement over all rows that match."""
    table, index = search.access.key.table, _index(search)
    statement = sa.select(*columns).select_from(table).where(*search.conditions)
    return statement if index is None else using(statement, table, index)


def within(search: Search, limit_ms: float, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]] | None:
    """Return the rows of a statement, None where they take longer."""
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
