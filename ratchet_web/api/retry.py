"""When a safe request is tried again. Pure."""

from dataclasses import dataclass

from ratchet_web.api.errors import Cause, RatchetError, Unreachable

PASSING = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `tries` in all; waits double from `base_s`; no wait is longer than `cap_s`."""

    tries: int = 3
    base_s: float = 0.2
    cap_s: float = 5.0

    def wait_s(self, error: RatchetError, tried: int, chance: float) -> float | None:
        """Return the seconds to wait after try number `tried` failed, None to give up.

        `chance` from 0 to 1 spreads the waits between half and whole, so that clients that failed together
        do not come back together. What the server asked for (`Retry-After`) goes before. A request that
        waited in vain for as long as one may is not tried again: somebody waits to hear that.
        """
        if tried >= self.tries or not passing(error) or _is_late(error):
            return None
        if error.retry_after_s is not None:
            return min(error.retry_after_s, self.cap_s)
        return float(min(self.base_s * 2 ** (tried - 1), self.cap_s) * (0.5 + chance / 2))


def _is_late(error: RatchetError) -> bool:
    return isinstance(error, Unreachable) and error.cause is Cause.LATE


def passing(error: RatchetError) -> bool:
    """Whether the same request may well succeed a moment later."""
    return isinstance(error, Unreachable) or error.status in PASSING
