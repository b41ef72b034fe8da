"""Which lines of a log hold a text: their numbers alone, so that a page can know those of a long log."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store import executions
from ratchet_web.server.store.logs_scan import STEP_LINES, LogQuery, conditions, last_line
from ratchet_web.server.store.schema import logs

# What one answer may hold.
RUNS_LIMIT: Final = 50_000
TEXT_CHARS: Final = 2_000_000

_L = logs.c


class Matches(NamedTuple):
    """Numbers of lines in rising order, as runs of neighbours: `[[first, count], …]`.

    The rest is as in `Lines`.
    """

    runs: list[list[int]]
    total: int
    done: bool
    next: int
    complete: bool


class MatchScan:
    """Looks for the numbers of a query's lines, oldest first; `over` once nothing is left to look at."""

    def __init__(self, execution_id: int, query: LogQuery) -> None:
        self.over = False
        self._mine = _L.execution_id == execution_id
        self._execution_id, self._query, self._low = execution_id, query, query.after
        self._head: tuple[int, bool] | None = None
        self._runs: list[list[int]] = []

    def step(self, connection: sa.Connection) -> None:
        """Look at the next part; the first time also at how far the log has come."""
        if self._head is None:
            done = executions.is_final(connection, self._execution_id)
            if done is None:
                self.over = True
                return
            self._head = last_line(connection, self._mine), done
        total, _ = self._head
        high = min(total, self._low + STEP_LINES)
        span = [self._mine, _L.seq > self._low, _L.seq <= high]
        wanted = sa.select(_L.seq).where(*span, *conditions(self._query)).order_by(_L.seq)
        note(self._runs, connection.scalars(wanted).all())
        self._low = max(self._low, high)
        self.over = self._low >= total or len(self._runs) >= RUNS_LIMIT

    def found(self) -> Matches | None:
        """Return what was found so far; None if there is no such execution."""
        if self._head is None:
            return None
        total, done = self._head
        return Matches(self._runs, total, done, self._low, self._low >= total)


class Texts(NamedTuple):
    """Texts of lines with their numbers, oldest first; the rest is as in `Lines`."""

    rows: list[tuple[int, str]]
    total: int
    done: bool
    next: int
    complete: bool


def read_texts(connection: sa.Connection, execution_id: int, query: LogQuery) -> Texts | None:
    """Return the texts of a query's lines, about `TEXT_CHARS`; None if there is no such execution."""
    done = executions.is_final(connection, execution_id)
    if done is None:
        return None
    mine = _L.execution_id == execution_id
    total = last_line(connection, mine)
    high = min(total, query.after + STEP_LINES)
    span = [mine, _L.seq > query.after, _L.seq <= high]
    found = connection.execute(sa.select(_L.seq, _L.text).where(*span, *conditions(query)).order_by(_L.seq))
    rows: list[tuple[int, str]] = []
    chars = 0
    for seq, text in found:
        rows.append((seq, text))
        chars += len(text)
        if chars >= TEXT_CHARS:
            found.close()
            return Texts(rows, total, done, seq, seq >= total)
    return Texts(rows, total, done, max(query.after, high), high >= total)


def note(runs: list[list[int]], seqs: Iterable[int]) -> None:
    """Add numbers, each above those before it."""
    for seq in seqs:
        if runs and runs[-1][0] + runs[-1][1] == seq:
            runs[-1][1] += 1
        else:
            runs.append([seq, 1])
