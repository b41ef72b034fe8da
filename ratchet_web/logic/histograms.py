"""Histograms of whole numbers whose cells grow with the value, so that what is lost is a share of it.

Up to 32 each number has a cell of its own. Above, each doubling is cut into 16 cells: the middle of a cell is
within 3.2 % of every number in it. Powers of two end a cell, so that counts "at most 2^n" are exact.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

RELATIVE_ERROR = 1 / 31
_FINE = 32
_PER_DOUBLING = 16
LAST_SHIFT = 35
LARGEST = _FINE << LAST_SHIFT
LAST_CELL = 1 + _PER_DOUBLING * LAST_SHIFT + _FINE - 1


def cell_of(value: int) -> int:
    """Return the cell of a number; what is below 0 counts as 0."""
    above = min(max(value, 0), LARGEST) - 1
    shift = max(above.bit_length() - 5, 0) if above > 0 else 0
    return 1 + _PER_DOUBLING * shift + (above >> shift)


def cell_range(cell: int) -> tuple[int, int]:
    """Return the least and the greatest number of a cell."""
    if cell <= _FINE:
        return cell, cell
    shift = (cell - 1) // _PER_DOUBLING - 1
    first = cell - 1 - _PER_DOUBLING * shift
    return (first << shift) + 1, (first + 1) << shift


def middle(cell: int) -> float:
    """Return the number that stands for a cell."""
    least, greatest = cell_range(cell)
    return least if least == greatest else (least + greatest) / 2


@dataclass
class Histogram:
    """How many numbers are in each cell, and their exact sum."""

    cells: dict[int, int] = field(default_factory=dict)
    total: int = 0

    @property
    def count(self) -> int:
        """How many numbers."""
        return sum(self.cells.values())

    def add(self, other: "Histogram") -> None:
        """Take in another one's numbers."""
        self.total += other.total
        for cell, n in other.cells.items():
            self.cells[cell] = self.cells.get(cell, 0) + n

    def put(self, value: int) -> None:
        """Take in one number."""
        cell = cell_of(value)
        self.cells[cell] = self.cells.get(cell, 0) + 1
        self.total += value

    def at_most(self, limits: Iterable[int]) -> list[int]:
        """Return for each limit, a power of two, how many numbers are not above it."""
        return [sum(n for cell, n in self.cells.items() if cell_range(cell)[1] <= limit) for limit in limits]

    def summary(self) -> "Summary":
        """Return percentiles within `RELATIVE_ERROR` and the exact mean."""
        return summarise({middle(cell): n for cell, n in self.cells.items() if n > 0}, self.total)


@dataclass(frozen=True)
class Summary:
    """What is told of a distribution; None where there is nothing to tell it from."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    mean: float | None = None


def summarise(counts: Mapping[float, int], total: float) -> Summary:
    """Return what is told of numbers that came so often; `total` is their sum.

    The percentile p is the least number that p % of all do not exceed (nearest rank).
    """
    if not counts:
        return Summary()
    values = sorted(counts)
    ranks = list(accumulate(counts[value] for value in values))
    count = ranks[-1]

    def at(percent: int) -> float:
        return values[bisect_left(ranks, -(-percent * count // 100))]

    return Summary(at(50), at(95), at(99), total / count)
