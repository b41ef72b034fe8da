"""Pages: two styles, their limits, and flags that are wrong in ways of their own."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.doubles.native.answers import PanicError, bad_query

WIDEST = 100
LARGEST = 2**32 - 1
NUMBERS = {"_start": 64, "_end": 64, "page": 32, "limit": 32}
TEXTS = ("_sort", "_order")
INTEGER = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True)
class Paging:
    """Which part of a list is wanted. `limit` is told as it was asked for, and `width` is what is given."""

    page: int | None = None
    limit: int = 25
    offset: int | None = None

    @property
    def width(self) -> int:
        return max(1, min(self.limit, WIDEST))

    @property
    def start(self) -> int:
        """Return the index of the first row.

        Raises:
            PanicError: it does not fit into 32 bits.
        """
        start = self.offset if self.offset is not None else ((self.page or 1) - 1) * self.width
        return _fitting(start)

    def cut(self, rows: list[Any]) -> list[Any]:
        return rows[self.start : self.start + self.width]

    def meta(self, total: int) -> dict[str, Any]:
        """Return the flags of executions and jobs, which are right."""
        return {
            **self._echo(total),
            "totalPages": -(-total // self.width),
            "hasNext": _fitting(self.start + self.width) < total,
            "hasPrevious": self.start > 0,
        }

    def meta_of_tasks(self, total: int) -> dict[str, Any]:
        """Return the flags of tasks, which in page style think that every page is the first."""
        given = len(range(total)[self.start : self.start + self.width])
        offset = self.offset or 0
        return {
            **self._echo(total),
            "totalPages": -(-total // self.limit) if self.limit else 1,
            "hasNext": offset + given < total,
            "hasPrevious": offset > 0,
        }

    def meta_of_schedules(self) -> dict[str, Any]:
        """Return the flags of schedules, where nothing is counted."""
        return {**self._echo(0), "totalPages": 0, "hasNext": False, "hasPrevious": False}

    def _echo(self, total: int) -> dict[str, Any]:
        return {"page": self.page or 1, "limit": self.limit, "offset": self.offset or 0, "total": total}


def _fitting(index: int) -> int:
    if index > LARGEST:
        raise PanicError(f"{index} overflows 32 bits")
    return index


@dataclass
class ListQuery:
    """A query string: where to read, and all the other keys."""

    paging: Paging
    filters: dict[str, str] = field(default_factory=dict)


def list_query(query: bytes) -> ListQuery:
    """Read a query string.

    Raises:
        RefusalError: a number is none, or out of bounds, or stands there twice.
    """
    numbers: dict[str, int] = {}
    seen: set[str] = set()
    filters: dict[str, str] = {}
    for key, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace"):
        if key not in NUMBERS and key not in TEXTS:
            filters[key] = text
            continue
        if key in seen:
            raise _unreadable(f"duplicate field `{key}`")
        seen.add(key)
        if key in NUMBERS:
            numbers[key] = _number(key, text)
    return ListQuery(_paging(numbers), filters)


def _number(key: str, text: str) -> int:
    if not text:
        raise _unreadable(f"{key}: cannot parse integer from empty string")
    if not INTEGER.fullmatch(text):
        raise _unreadable(f"{key}: invalid digit found in string")
    if int(text) >= 2 ** NUMBERS[key]:
        raise _unreadable(f"{key}: number too large to fit in target type")
    return int(text)


def _unreadable(reason: str) -> Exception:
    return bad_query(f"Invalid query parameters: Failed to deserialize query string: {reason}")


def _paging(numbers: dict[str, int]) -> Paging:
    start, end = numbers.get("_start"), numbers.get("_end")
    limit, page = numbers.get("limit", 25), numbers.get("page", 1)
    if start is not None and end is not None:
        if start >= end:
            raise bad_query("Invalid pagination: _start must be less than _end")
        if end - start > WIDEST:
            raise bad_query(f"Invalid pagination: maximum limit is {WIDEST}")
    if limit > WIDEST:
        raise bad_query(f"Invalid pagination: maximum limit is {WIDEST}")
    if limit == 0:
        raise bad_query("Invalid pagination: limit must be greater than 0")
    if page == 0:
        raise bad_query("Invalid pagination: page must be greater than 0")
    if start is not None and end is not None:
        return Paging(limit=end - start, offset=start & LARGEST)
    return Paging(page=page, limit=limit)
