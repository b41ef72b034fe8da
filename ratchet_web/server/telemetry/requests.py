"""How many requests there were, and how long they took: by the second for a minute, and since the start.

Streams are left out: they last as long as their readers stay. Routes are named by their template, so that
there are only so many of them.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ratchet_web.logic.histograms import Histogram, Summary

WINDOW_S: Final = 60
NO_ROUTE: Final = "none"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Kind(NamedTuple):
    """What requests have in common; `status` is a class: `2xx`."""

    method: str
    route: str
    status: str


class Minute(NamedTuple):
    """The last minute, or what of it this server has seen; None where there was no request. Times in ms."""

    per_second: float | None
    times: Summary
    error_share: float | None


@dataclass
class _Second:
    start: int
    errors: int = 0
    micros: Histogram = field(default_factory=Histogram)


class Requests:
    """Counts requests; used from one thread."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._began_s = now_s()
        self._seconds: deque[_Second] = deque()
        self.since_start: dict[Kind, Histogram] = {}

    def take(self, method: str, route: str | None, status: int, took_s: float) -> None:
        """Count a request that was answered; only what is the server's fault (5xx) is an error."""
        second = self._second()
        second.errors += status >= 500
        micros = round(took_s * 1_000_000)
        second.micros.put(micros)
        kind = Kind(method if method in _METHODS else "OTHER", route or NO_ROUTE, f"{status // 100}xx")
        self.since_start.setdefault(kind, Histogram()).put(micros)

    def minute(self) -> Minute:
        """Return what the last minute was like."""
        self._drop()
        whole = Histogram()
        for second in self._seconds:
            whole.add(second.micros)
        age_s = self._now_s() - self._began_s
        rate = whole.count / min(age_s, WINDOW_S) if age_s > 0 else None
        if not whole.count:
            return Minute(rate, Summary(), None)
        found = whole.summary()
        times = (found.p50, found.p95, found.p99, found.mean)
        in_ms = Summary(*(None if each is None else each / 1000 for each in times))
        return Minute(rate, in_ms, sum(second.errors for second in self._seconds) / whole.count)

    def _second(self) -> _Second:
        now = int(self._now_s())
        if not self._seconds or self._seconds[-1].start != now:
            self._drop()
            self._seconds.append(_Second(now))
        return self._seconds[-1]

    def _drop(self) -> None:
        while self._seconds and self._seconds[0].start <= self._now_s() - WINDOW_S:
            self._seconds.popleft()
