"""What happened over time, whoever counted it: the server in its series, or the console by itself. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from ratchet_web.models.series import Counts, Period, Series, Values

T = TypeVar("T")
STEPS_S: Final = {"1m": 60, "15m": 900, "1h": 3_600, "6h": 21_600}
LANES: Final = ("critical", "high", "normal", "low")
EVERY: Final = "all"


class Ended(NamedTuple):
    """How many ended well and badly in a stretch of time; None where nothing is known of it."""

    completed: int | None = None
    failed: int | None = None

    @property
    def all(self) -> int | None:
        """How many that are together."""
        return None if self.completed is None or self.failed is None else self.completed + self.failed

    @property
    def success(self) -> float | None:
        """How many percent were good; None where nothing ended."""
        return 100 * (self.completed or 0) / self.all if self.all else None

    @property
    def failure(self) -> float | None:
        """The share that failed, 0 to 1; None where nothing ended."""
        return (self.failed or 0) / self.all if self.all else None


@dataclass(frozen=True)
class Trend:
    """Columns with a value for each bucket of `step_s`, None where nothing is known of it.

    `depth`: the most jobs that waited at once, by priority, or in one column `all`. `running`: the mean.
    """

    step_s: int = 0
    start: tuple[datetime, ...] = ()
    completed: Counts = ()
    failed: Counts = ()
    depth: Mapping[str, Values] = field(default_factory=dict)
    waiting: Values = ()
    running: Values = ()

    def between(self, since: datetime, until: datetime | None = None) -> "Trend":
        """Return the buckets that begin from `since` on, before `until`."""
        kept = [n for n, at in enumerate(self.start) if since <= at and (until is None or at < until)]
        return Trend(
            self.step_s,
            _picked(self.start, kept),
            _picked(self.completed, kept),
            _picked(self.failed, kept),
            {name: _picked(column, kept) for name, column in self.depth.items()},
            _picked(self.waiting, kept),
            _picked(self.running, kept),
        )

    def ended(self) -> Ended:
        """Return what ended in all of it."""
        return Ended(total(self.completed), total(self.failed))


def step_of(period: Period) -> int:
    """Return the length of a period's buckets in s."""
    return STEPS_S[period.resolution]


def trend_of(series: Series, step_s: int) -> Trend:
    """Return what a server's series tell; columns of another length than their times are left out."""
    length = len(series.start)
    gauges = series.gauges
    lanes = {name: getattr(gauges, name) for name in LANES} if gauges else {}
    means = [lane.mean for lane in lanes.values() if len(lane.mean) == length]
    return Trend(
        step_s,
        series.start,
        _whole(series.completed, length),
        _whole(series.failed, length),
        {name: lane.max for name, lane in lanes.items() if len(lane.max) == length},
        tuple(_sum(parts) for parts in zip(*means, strict=True)),
        gauges.running.mean if gauges and len(gauges.running.mean) == length else (),
    )


def total(column: Iterable[int | None]) -> int | None:
    """Return the sum of what is known; None where nothing is."""
    known = [value for value in column if value is not None]
    return sum(known) if known else None


def mean(column: Iterable[float | None]) -> float | None:
    """Return the mean of what is known; None where nothing is."""
    known = [value for value in column if value is not None]
    return sum(known) / len(known) if known else None


def _sum(parts: Iterable[float | None]) -> float | None:
    known = list(parts)
    return None if None in known else sum(part or 0 for part in known)


def _whole(column: Counts, length: int) -> Counts:
    return column if len(column) == length else (None,) * length


def _picked(column: Sequence[T], kept: Sequence[int]) -> tuple[T, ...]:
    return tuple(column[n] for n in kept if n < len(column))
