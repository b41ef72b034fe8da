"""Narrowing and sorting rows here, where a server did not: pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

from ratchet_web.models.base import Wire, is_row_id
from ratchet_web.models.pages import Page, Query

T = TypeVar("T", bound=Wire)


def arranged(query: Query, rows: Sequence[T]) -> Page[T]:
    """Return the page of a query from all rows that there are."""
    found = sorted_by([row for row in rows if not query.misses(row)], query.sort)
    first = (query.page - 1) * query.limit
    return Page(rows=tuple(found[first : first + query.limit]), total=len(found))


def unapplied(query: Query, rows: Sequence[T]) -> tuple[str, ...]:
    """Return the fields of a query that a server ignored, as far as its rows show it."""
    missed = {name: None for row in rows for name in query.misses(row)}
    return (*missed, *(() if is_sorted(rows, query.sort) else ("sort",)))


def without_misses(query: Query, page: Page[T], ignored: tuple[str, ...]) -> Page[T]:
    """Return a page without the rows that nobody asked for; how many match in all is not known then."""
    rows = tuple(row for row in page.rows if not query.misses(row))
    total = page.total if len(rows) == len(page.rows) else None
    return page.model_copy(update={"rows": rows, "total": total, "ignored": (*page.ignored, *ignored)})


def is_sorted(rows: Sequence[T], sort: str) -> bool:
    """Return whether times and numbers are in a column's order; texts have many orders, and nulls none."""
    values = [getattr(row, sort.lstrip("-"), None) for row in rows]
    told: list[Any] = [value for value in values if isinstance(value, datetime | int | float)]
    ordered = reversed(told) if sort.startswith("-") else told
    return all(before <= after for before, after in pairwise(ordered))


def sorted_by(rows: Sequence[T], sort: str) -> list[T]:
    """Return rows in the order of a column; equal and missing values go by id, the newest id first."""
    column = sort.lstrip("-")
    newest = sorted(rows, key=lambda row: _number(str(getattr(row, "id", ""))), reverse=True)
    return sorted(newest, key=lambda row: _key(getattr(row, column, None)), reverse=sort.startswith("-"))


def _key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def _number(id: str) -> tuple[int, str]:
    return (int(id) if is_row_id(id) else -1, id)
