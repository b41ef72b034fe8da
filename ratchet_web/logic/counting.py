"""Figures over time from counts that somebody looks at now and then, for servers that keep none. Pure.

What ended between two looks is counted at the later one. Looks that lie too far apart tell nothing of the
time between them, nor do counts that went down, because rows were removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from ratchet_web.logic.trends import Trend, step_of
from ratchet_web.models.series import Period

# Above the longest pause between two looks at a server with few requests (`live/policy.py`).
FARTHEST_S: Final = 150
# Length of a cell in s: how long cells are kept.
KEPT_S: Final = {60: 86_400, 900: 31 * 86_400}


class Look(NamedTuple):
    """What was counted at a moment, in s since 1970; None where the server does not say.

    `depth` is how many jobs wait, by priority as far as the server tells them apart.
    """

    at_s: int
    completed: int | None
    failed: int | None
    depth: Mapping[str, int | None]
    running: int | None

    @property
    def waiting(self) -> int | None:
        """How many wait in all."""
        return None if None in self.depth.values() else sum(n or 0 for n in self.depth.values())


@dataclass
class Cell:
    """What is known of a stretch of time; `running` is the sum over so many looks (`seen`)."""

    completed: int | None = None
    failed: int | None = None
    waiting: int | None = None
    depth: dict[str, int | None] = field(default_factory=dict)
    running: int = 0
    seen: int = 0


class Counting:
    """All looks so far, in cells. `since_s` is when the first was, None before."""

    def __init__(self) -> None:
        self.since_s: int | None = None
        self.last: Look | None = None
        # When something last ended, or the first look was: how long nothing has.
        self.moved_s: int | None = None
        self._cells: dict[int, dict[int, Cell]] = {step_s: {} for step_s in KEPT_S}

    @property
    def since(self) -> datetime | None:
        """When the first look was."""
        return None if self.since_s is None else datetime.fromtimestamp(self.since_s, UTC)

    def note(self, look: Look) -> None:
        """Take in a look."""
        before, self.last = self.last, look
        self.since_s = look.at_s if self.since_s is None else self.since_s
        near = before is not None and 0 <= look.at_s - before.at_s <= FARTHEST_S
        completed = _more(before.completed, look.completed) if before and near else None
        failed = _more(before.failed, look.failed) if before and near else None
        if not near or completed or failed or not look.waiting:
            self.moved_s = look.at_s
        for step_s, cells in self._cells.items():
            cell = cells.setdefault(look.at_s - look.at_s % step_s, Cell())
            cell.completed, cell.failed = _sum(cell.completed, completed), _sum(cell.failed, failed)
            cell.waiting = _most(cell.waiting, look.waiting)
            _deepen(cell, look.depth)
            if look.running is not None:
                cell.running, cell.seen = cell.running + look.running, cell.seen + 1
            self._forget(cells, look.at_s - KEPT_S[step_s])

    def trend(self, period: Period, now_s: int) -> Trend:
        """Return the buckets of a period that ends now."""
        step_s = step_of(period)
        kept_s = 60 if step_s < 900 else 900
        last_s = now_s - now_s % step_s
        starts = range(last_s - int(period.length.total_seconds()) // step_s * step_s, last_s + 1, step_s)
        found = [self._bucket(kept_s, start, step_s) for start in starts]
        lanes = dict.fromkeys(name for cell in found for name in cell.depth)
        return Trend(
            step_s,
            tuple(datetime.fromtimestamp(start, UTC) for start in starts),
            tuple(cell.completed for cell in found),
            tuple(cell.failed for cell in found),
            {name: tuple(cell.depth.get(name) for cell in found) for name in lanes},
            tuple(cell.waiting for cell in found),
            tuple(cell.running / cell.seen if cell.seen else None for cell in found),
        )

    def _bucket(self, kept_s: int, start: int, step_s: int) -> Cell:
        whole = Cell()
        for at in range(start, start + step_s, kept_s):
            if cell := self._cells[kept_s].get(at):
                whole.completed = _sum(whole.completed, cell.completed)
                whole.failed = _sum(whole.failed, cell.failed)
                whole.waiting = _most(whole.waiting, cell.waiting)
                _deepen(whole, cell.depth)
                whole.running, whole.seen = whole.running + cell.running, whole.seen + cell.seen
        return whole

    @staticmethod
    def _forget(cells: dict[int, Cell], oldest_s: int) -> None:
        # They were put in in their order.
        while (first := next(iter(cells))) < oldest_s:
            del cells[first]


def _deepen(cell: Cell, depth: Mapping[str, int | None]) -> None:
    for name, n in depth.items():
        cell.depth[name] = _most(cell.depth.get(name), n)


def _more(before: int | None, now: int | None) -> int | None:
    return now - before if before is not None and now is not None and now >= before else None


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def _most(one: int | None, other: int | None) -> int | None:
    return other if one is None else max(one, other if other is not None else one)
