"""One stretch of time: what happened in it, how long things took, and how full the server was."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from ratchet_web.logic.histograms import Histogram
from ratchet_web.server.store.times import Kind

EVENTS = (Kind.QUEUED, Kind.STARTED, Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED, Kind.RETRIED)
GAUGES = ("low", "normal", "high", "critical", "running", "workers")


class Delta(NamedTuple):
    """So many more of a kind, in a cell, that took so long together."""

    kind: int
    cell: int
    n: int
    ms: int


@dataclass
class Gauges:
    """How often the gauges (`GAUGES`) were looked at, the sum and the greatest of what each showed."""

    samples: int = 0
    sums: list[int] = field(default_factory=lambda: [0] * len(GAUGES))
    most: list[int] = field(default_factory=lambda: [0] * len(GAUGES))

    def see(self, values: Iterable[int]) -> None:
        """Take in one look."""
        self.samples += 1
        for index, value in enumerate(values):
            self.sums[index] += value
            self.most[index] = max(self.most[index], value)

    def add(self, other: "Gauges") -> None:
        """Take in another one's looks."""
        self.samples += other.samples
        self.sums = [mine + its for mine, its in zip(self.sums, other.sums, strict=True)]
        self.most = [max(mine, its) for mine, its in zip(self.most, other.most, strict=True)]

    def mean(self, index: int) -> float | None:
        """Return the mean of one of them, None if nobody looked."""
        return round(self.sums[index] / self.samples, 2) if self.samples else None

    def greatest(self, index: int) -> int | None:
        """Return the greatest of one of them, None if nobody looked."""
        return self.most[index] if self.samples else None


@dataclass
class Bucket:
    """Counts by event, and histograms by kind of time, in ms."""

    events: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(EVENTS, 0))
    times: dict[Kind, Histogram] = field(default_factory=dict)
    gauges: Gauges = field(default_factory=Gauges)

    def put(self, delta: Delta) -> None:
        """Take in a difference."""
        kind = Kind(delta.kind)
        if kind in self.events:
            self.events[kind] += delta.n
            return
        histogram = self.times.setdefault(kind, Histogram())
        histogram.add(Histogram({delta.cell: delta.n}, delta.ms))

    def add(self, other: "Bucket") -> None:
        """Take in another stretch."""
        for event, n in other.events.items():
            self.events[event] += n
        for kind, histogram in other.times.items():
            self.times.setdefault(kind, Histogram()).add(histogram)
        self.gauges.add(other.gauges)

    def of(self, *kinds: Kind) -> Histogram:
        """Return the times of these kinds together."""
        found = Histogram()
        for kind in kinds:
            if kind in self.times:
                found.add(self.times[kind])
        return found


def columns(bucket: Bucket) -> dict[str, Any]:
    """Return the columns of `series` for a bucket."""
    times = {
        str(kind.value): [histogram.total, *(part for cell in histogram.cells.items() for part in cell)]
        for kind, histogram in bucket.times.items()
    }
    gauges = [bucket.gauges.samples, *bucket.gauges.sums, *bucket.gauges.most]
    return {
        **{event.name.lower(): n for event, n in bucket.events.items()},
        "times": orjson.dumps(times).decode() if times else None,
        "gauges": orjson.dumps(gauges).decode() if bucket.gauges.samples else None,
    }


def bucket_of(row: sa.RowMapping) -> Bucket:
    """Return the bucket of a row of `series`."""
    bucket = Bucket({event: row[event.name.lower()] for event in EVENTS})
    for kind, (total, *cells) in orjson.loads(row["times"] or "{}").items():
        bucket.times[Kind(int(kind))] = Histogram(dict(zip(cells[::2], cells[1::2], strict=True)), total)
    if row["gauges"]:
        samples, *rest = orjson.loads(row["gauges"])
        bucket.gauges = Gauges(samples, rest[: len(GAUGES)], rest[len(GAUGES) :])
    return bucket
