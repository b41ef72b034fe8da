"""The one bucket of tokens that all callers share, and the count of the day."""

from dataclasses import dataclass

from tests.doubles.native.instants import SECOND_NS

DAY_NS = 86_400 * SECOND_NS


@dataclass
class Spent:
    """What tests assert budgets with. `rest` are all that the limiter saw, `refused` those it refused."""

    rest: int = 0
    refused: int = 0
    graphql: int = 0


class Limiter:
    """50 at once, 5 a second, 10 000 a UTC day; what is refused counts as well."""

    def __init__(
        self, burst: int = 50, per_s: float = 5.0, daily: int = 10_000, enabled: bool = True
    ) -> None:
        self.burst = burst
        self.per_s = per_s
        self.daily = daily
        self.enabled = enabled
        self.forget()

    def forget(self) -> None:
        """Begin with a full bucket, as after a start."""
        self._tokens = float(self.burst)
        self._filled_ns: int | None = None
        self._day = -1
        self._today = 0

    def allows(self, now_ns: int) -> bool:
        """Take a token; False when there is none, or the day's requests are used up."""
        if not self.enabled:
            return True
        if now_ns // DAY_NS != self._day:
            self._day, self._today = now_ns // DAY_NS, 0
        if self._today >= self.daily:
            return False
        self._today += 1
        self._fill(now_ns)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _fill(self, now_ns: int) -> None:
        since_ns = now_ns - (self._filled_ns if self._filled_ns is not None else now_ns)
        self._tokens = min(float(self.burst), self._tokens + since_ns / SECOND_NS * self.per_s)
        self._filled_ns = now_ns
