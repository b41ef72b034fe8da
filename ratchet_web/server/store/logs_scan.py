"""One pass over a log, in steps that each hold a reader for a moment only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store import executions
from ratchet_web.server.store.codes import LevelCode
from ratchet_web.server.store.lists.base import Condition, Row
from ratchet_web.server.store.schema import logs

# Lines that one step of a search looks at, and what one answer may hold.
STEP_LINES: Final = 20_000
ANSWER_BYTES: Final = 4_000_000
# What a piece of a file holds.
PIECE_LINES: Final = 5_000
PIECE_BYTES: Final = 1_000_000

_L = logs.c


@dataclass(frozen=True)
class LogQuery:
    """Which lines: `after` and `before` are `seq`s that are left out themselves.

    `backwards`: the newest `limit` of them rather than the oldest. `search` is a part of the text, the case
    of A to Z aside.
    """

    after: int = 0
    before: int | None = None
    limit: int = 500
    backwards: bool = False
    level: LevelCode = LevelCode.DEBUG
    search: str | None = None
    since_ms: int | None = None


class Lines(NamedTuple):
    """Lines in order; `total` counts all lines so far; `done`: the execution is final.

    `complete`: nothing else of what was asked for is there now. `next` is where to go on: the `after` of
    the next query, or its `before` when it reads backwards.
    """

    rows: Sequence[Row]
    total: int
    done: bool
    next: int
    complete: bool


class Scan:
    """Looks for the lines of one query; `over` once nothing is left to look at or the answer is full."""

    def __init__(self, execution_id: int, query: LogQuery) -> None:
        self.over = False
        self._mine = _L.execution_id == execution_id
        self._execution_id, self._query = execution_id, query
        self._filtered = query.search is not None or query.since_ms is not None
        self._low, self._high = query.after, 0
        self._head: tuple[int, bool] | None = None
        self._rows: list[Row] = []
        self._bytes = 0

    def step(self, connection: sa.Connection) -> None:
        """Look at the next part; the first time also at how far the log has come."""
        if self._head is None:
            self._begin(connection)
        if not self.over:
            low, high = self._part()
            full = self._take(connection, low, high)
            self._move(low, high, full)

    def found(self) -> Lines | None:
        """Return what was found so far; None if there is no such execution."""
        if self._head is None:
            return None
        total, done = self._head
        back = self._query.backwards
        rows = self._rows[::-1] if back else self._rows
        return Lines(rows, total, done, self._high if back else self._low, self._low >= self._high - 1)

    def _begin(self, connection: sa.Connection) -> None:
        done = executions.is_final(connection, self._execution_id)
        if done is None:
            self.over = True
            return
        total = last_line(connection, self._mine)
        self._head = total, done
        self._high = total + 1 if self._query.before is None else min(self._query.before, total + 1)
        self.over = self._low >= self._high - 1

    def _part(self) -> tuple[int, int]:
        if not self._filtered:
            return self._low, self._high
        if self._query.backwards:
            return max(self._low, self._high - 1 - STEP_LINES), self._high
        return self._low, min(self._high, self._low + 1 + STEP_LINES)

    def _take(self, connection: sa.Connection, low: int, high: int) -> bool:
        """Add the rows of one part; return whether the answer is full."""
        found = connection.execute(self._statement(low, high))
        for row in found:
            self._rows.append(row)
            self._bytes += len(row.text.encode()) + len(row.fields or "")
            if len(self._rows) == self._query.limit or self._bytes >= ANSWER_BYTES:
                found.close()
                return True
        return False

    def _move(self, low: int, high: int, full: bool) -> None:
        last: int = self._rows[-1].seq if full else 0
        if self._query.backwards:
            self._high = last if full else low + 1
        else:
            self._low = last if full else high - 1
        self.over = full or self._low >= self._high - 1

    def _statement(self, low: int, high: int) -> sa.Select[Any]:
        query = self._query
        span = [self._mine, _L.seq > low, _L.seq < high]
        left = query.limit - len(self._rows)
        if query.level == LevelCode.DEBUG or self._filtered:
            return _ordered(logs, [*span, *conditions(query)], query.backwards, left)
        # Keys first: each level's own come in order from the index, so that a rare one is found at once.
        levels = [level for level in LevelCode if level >= query.level]
        keys = (self._keys([*span, _L.level == level], left) for level in levels)
        together = sa.union_all(*(sa.select(part.subquery()) for part in keys)).subquery()
        wanted = sa.select(together.c.seq).order_by(_direction(together.c.seq, query.backwards)).limit(left)
        return _ordered(logs, [self._mine, _L.seq.in_(wanted)], query.backwards, left)

    def _keys(self, conditions: list[Condition], limit: int) -> sa.Select[Any]:
        order = _direction(_L.seq, self._query.backwards)
        return sa.select(_L.seq).where(*conditions).order_by(order).limit(limit)


def written(
    connection: sa.Connection, execution_id: int, after: int, until: int, write: Callable[[Row], bytes]
) -> tuple[bytes, int]:
    """Return lines with `after < seq <= until` as `write` has them, up to a piece, and the last `seq`."""
    span = [_L.execution_id == execution_id, _L.seq > after, _L.seq <= until]
    parts: list[bytes] = []
    size, last = 0, after
    found = connection.execute(_ordered(logs, span, False, PIECE_LINES))
    for row in found:
        parts.append(write(row))
        size, last = size + len(parts[-1]), row.seq
        if size >= PIECE_BYTES:
            break
    found.close()
    return b"".join(parts), last


def conditions(query: LogQuery) -> list[Condition]:
    """Return what a query asks of a line beside its place."""
    found: list[Condition] = []
    if query.level > LevelCode.DEBUG:
        # Not by the index: a part is a range of `seq`.
        found.append(_L.level + 0 >= query.level)
    if query.since_ms is not None:
        found.append(_L.time >= query.since_ms)
    if query.search is not None:
        found.append(_L.text.contains(query.search, autoescape=True))
    return found


def _ordered(
    source: sa.FromClause, conditions: list[Condition], backwards: bool, limit: int
) -> sa.Select[Any]:
    order = _direction(source.c.seq, backwards)
    return sa.select(source).where(*conditions).order_by(order).limit(limit)


def _direction(seq: sa.ColumnElement[int], backwards: bool) -> sa.ColumnElement[int]:
    return seq.desc() if backwards else seq.asc()


def last_line(connection: sa.Connection, mine: Condition) -> int:
    """Return how many lines there are: they are numbered without gaps."""
    return connection.scalar(sa.select(sa.func.max(_L.seq)).where(mine)) or 0
