"""How long things of one kind took in this process, counted as Prometheus has its histograms."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

# Upper bounds in seconds; what took longer counts beyond all of them.
BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Timings:
    """Counts durations."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.sum_s = 0.0

    def note(self, took_s: float) -> None:
        """Count one."""
        self._counts[bisect_left(BOUNDS, took_s)] += 1
        self.sum_s += took_s

    def buckets(self) -> Sequence[tuple[str, int]]:
        """Return how many took at most so long, by bounds as Prometheus writes them."""
        bounds = (*map(str, BOUNDS), "+Inf")
        return list(zip(bounds, accumulate(self._counts), strict=True))


# Events of pages, from when they are let in until their handler ends.
EVENTS: Final = Timings()
# Changes that viewers see, from when this process heard of them until they were told.
LIVE_LAG: Final = Timings()
