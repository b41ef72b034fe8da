"""What changed rows do to a page of a list that is already known: pure.

What cannot be told without asking is said (`Doubt`), never guessed: the page is read anew then.
"""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, IntEnum
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

from ratchet_web.models.base import Word, is_row_id
from ratchet_web.models.pages import Query

# Filters whose answer a row does not show for sure: servers look into texts in their own ways, failures may
# get their fingerprints later, and time passes.
UNTOLD: Final = frozenset({"text", "input", "output", "fingerprint", "due", "q"})
# Of these, those that no row without an error passes, and those that are told of plain names.
_OF_ERRORS: Final = frozenset({"text", "fingerprint"})
_OF_NAMES: Final = frozenset({"q"})
_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
# Bytes of a text in the opposite order, and what comes after all of them: the longer text is the first then.
_OPPOSITE: Final = bytes(range(255, -1, -1))
_END: Final = b"\xff"
# What a row is of never changes: whoever is of another one was so before.
FIXED: Final = frozenset({"task", "job", "schedule"})


class Doubt(IntEnum):
    """What is not known any more of a page; the greater includes the lesser."""

    NONE = 0
    COUNTS = 1
    ROWS = 2


class Nobody(Enum):
    """Nobody knows what a row was before; None says that it was not there."""

    KNOWS = "nobody knows"


@dataclass(frozen=True)
class Move:
    """A row that changed: as it was before, and as it is; None: not there.

    Where it is not `counted`, the counts of a page may have it already as it is.
    """

    id: str
    before: Any
    after: Any
    counted: bool = True


@dataclass(frozen=True)
class Shown:
    """A page as it is known: its rows in order, how many match in all, and how many in each status.

    `exact`: `total` is no mere lower bound. `ordered`: the rows stand in the order that `place` gives.
    """

    rows: tuple[Any, ...] = ()
    total: int | None = None
    exact: bool = True
    counts: Mapping[str, int | None] = field(default_factory=dict)
    ordered: bool = True


def is_ordered(query: Query, rows: Sequence[Any]) -> bool:
    """Return whether a server's rows stand in the order that we know."""
    try:
        places = [place(query, row) for row in rows]
    except ValueError:
        return False
    return all(before < after for before, after in pairwise(places))


def place(query: Query, row: Any) -> tuple[Any, ...]:
    """Return what rows are sorted by, the smallest first: nothing before anything, equal values by id.

    Names stand in the order of their letters, whichever case those of A to Z have; then of their versions.

    Raises:
        ValueError: nobody knows how a server sorts such values.
    """
    column = query.sort.lstrip("-")
    if not is_row_id(row.id):
        raise ValueError(row.id)
    parts = [part for each in _values(column, row) for part in _parts(each)]
    if query.sort.startswith("-"):
        return tuple(map(_turned, (*parts, int(row.id))))
    return (*parts, int(row.id))


def _values(column: str, row: Any) -> tuple[Any, ...]:
    """Return the values by which a column sorts; rows stand in the order of their ids anyway."""
    value = None if column == "id" else getattr(row, column, None)
    if isinstance(value, Word):
        return value, getattr(row, "queued_at", None)
    if column == "name" and isinstance(value, str):
        return value.translate(_LOWER), getattr(row, "version", None)
    return (value,)


def _turned(part: Any) -> Any:
    """Return what stands where this would stand in the opposite order."""
    return part.translate(_OPPOSITE) + _END if isinstance(part, bytes) else -part


def _parts(value: Any) -> tuple[float, Any]:
    if value is None:
        return (0, 0)
    if isinstance(value, Word):
        return (1, list(type(value)).index(value))
    if isinstance(value, datetime):
        return (1, value.timestamp())
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (1, value.encode(errors="surrogatepass"))
    raise ValueError(value)


def moved(query: Query, shown: Shown, moves: Iterable[Move]) -> tuple[Shown, Doubt]:
    """Return a page after its rows changed, and what of it is in doubt then.

    `query` has exact times. What is in doubt is as near as can be told.
    """
    after = _Page(query, shown)
    for move in moves:
        try:
            after.take(move)
        except ValueError:
            after.doubt = Doubt.ROWS
    return after.shown(), after.doubt


def concerns(query: Query, move: Move) -> bool:
    """Return whether a change may matter to a list at all: most are of other tasks."""
    return move.after is None or not FIXED & set(query.misses(move.after))


class _Page:
    """A page while changes are made to it."""

    def __init__(self, query: Query, shown: Shown) -> None:
        self.doubt = Doubt.NONE
        self._query, self._was = query, shown
        self._untold = UNTOLD & set(query.narrows)
        self._rows = list(shown.rows)
        self._counts = dict(shown.counts)
        self._total = shown.total if shown.exact else None

    def shown(self) -> Shown:
        total = self._was.total if self._total is None else self._total
        return replace(self._was, rows=tuple(self._rows), total=total, counts=self._counts)

    def take(self, move: Move) -> None:
        at = next((at for at, row in enumerate(self._rows) if row.id == move.id), None)
        before = move.before if at is None else self._rows[at]
        lacks = self._lacks(move.after)
        if at is None and FIXED & lacks:
            return
        lacked = self._lacks(before)
        if self._is_untold(move.after, lacks) or self._is_untold(before, lacked):
            self._doubt(Doubt.ROWS)
            if at is not None and move.after is not None:
                self._rows[at] = move.after
            return
        # Before the numbers change with it.
        is_whole = self._is_whole
        fitted = self._count(move, before, lacked, lacks)
        fits = move.after is not None and not lacks
        if at is not None:
            self._move(at, move.after if fits else None, is_whole)
        elif fits:
            self._enter(move.after)
        elif self._query.page > 1 and fitted is not False:
            self._doubt(Doubt.ROWS)  # it was before these, or after them

    def _move(self, at: int, row: Any, is_whole: bool) -> None:
        """Make a row of the page what it is now; None: it is not in the list any more."""
        before = self._rows[at]
        if row is not None and place(self._query, row) == place(self._query, before):
            self._rows[at] = row
            return
        del self._rows[at]
        if not (is_whole if row is None else self._stays(row, is_whole)):
            self._doubt(Doubt.ROWS)
        if row is not None:
            insort(self._rows, row, key=self._place) if self._was.ordered else self._rows.insert(at, row)

    def _stays(self, row: Any, is_whole: bool) -> bool:
        """Whether a row that moved is still on the page, and none came or went for it."""
        if self._query.page > 1 or not self._was.ordered:
            return False
        return is_whole or (bool(self._rows) and self._place(row) < self._place(self._rows[-1]))

    def _enter(self, row: Any) -> None:
        if self._query.page > 1 or not self._was.ordered:
            self._doubt(Doubt.ROWS)
        elif len(self._rows) < self._query.limit or self._place(row) < self._place(self._rows[-1]):
            insort(self._rows, row, key=self._place)
            del self._rows[self._query.limit :]

    def _count(self, move: Move, before: Any, lacked: set[str], lacks: set[str]) -> bool | None:
        """Note what a change does to the numbers; return whether the row was in the list, None: unknown."""
        if before is Nobody.KNOWS:
            self._doubt(Doubt.COUNTS)
            return None
        fitted, fits = before is not None and not lacked, move.after is not None and not lacks
        was, now = _counted(before, lacked), _counted(move.after, lacks)
        if (was, fitted) == (now, fits):
            return fitted
        if not move.counted:
            self._doubt(Doubt.COUNTS)
            return fitted
        for status, n in ((was, -1), (now, 1)):
            if status is not None and (known := self._counts.get(status)) is not None:
                self._counts[status] = max(0, known + n)
        if self._total is not None:
            self._total = max(0, self._total + fits - fitted)
        return fitted

    def _lacks(self, row: Any) -> set[str]:
        return set() if row is None or row is Nobody.KNOWS else set(self._query.misses(row))

    def _is_untold(self, row: Any, lacks: set[str]) -> bool:
        """Whether only the server can say if a row is in the list, or counted."""
        if not self._untold or row is None or row is Nobody.KNOWS:
            return False
        if self._untold <= _OF_ERRORS and not row.error_message:
            return False
        # Of other letters only the server knows which are the same.
        if self._untold <= _OF_NAMES and f"{row.name}{getattr(self._query, 'q', '')}".isascii():
            return False
        return lacks - UNTOLD <= {"status"}

    @property
    def _is_whole(self) -> bool:
        """Whether no row follows those of the page."""
        first = (self._query.page - 1) * self._query.limit
        return self._total is not None and first + len(self._rows) >= self._total

    def _place(self, row: Any) -> tuple[Any, ...]:
        return place(self._query, row)

    def _doubt(self, doubt: Doubt) -> None:
        self.doubt = max(self.doubt, doubt)


def _counted(row: Any, lacks: set[str]) -> str | None:
    """Return the status under which a row is counted, whichever is asked for; None: it is not."""
    status = getattr(row, "status", None)
    return None if status is None or lacks - {"status"} else str(status)
