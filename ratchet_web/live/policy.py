"""When to look again. Pure: the tables are the tests."""

from ratchet_web.api import Limited, RatchetError
from ratchet_web.api.retry import passing

# Real servers answer 50 requests at once, then 5 a second and 10,000 a day for all callers together:
# what moves is looked at often, but only while it does.
MOVING = ((30.0, 2.0), (300.0, 5.0))
SETTLED = ((60.0, 5.0), (600.0, 15.0))
SLOWEST_MOVING_S = 10.0
SLOWEST_SETTLED_S = 60.0
# Where each look costs of the few requests that all callers have for the day.
COSTLY_MOVING_S = 30.0
COSTLY_SETTLED_S = 120.0
RETRY_S = 2.0
RETRY_MAX_S = 60.0
RECONNECT_S = 0.2
RECONNECT_MAX_S = 2.0
# A server that answers, but not as it should, is not asked every two seconds.
REFUSED_MAX_S = 30.0


def next_look_s(age_s: float, unfinished: bool, failures: int) -> float:
    """Return the seconds until the next look at something whose changes nobody announces.

    `age_s`: since it was last seen to change. `unfinished`: something in it is expected to change.
    `failures`: looks that failed since the last good one. Only what somebody looks at is looked at at all.
    """
    steps, slowest_s = (MOVING, SLOWEST_MOVING_S) if unfinished else (SETTLED, SLOWEST_SETTLED_S)
    pace_s = next((wait_s for until_s, wait_s in steps if age_s < until_s), slowest_s)
    return max(pace_s, retry_s(failures)) if failures else pace_s


def costly_look_s(wait_s: float, unfinished: bool) -> float:
    """Return the seconds until the next look where one costs of a small budget, and `wait_s` elsewhere."""
    return max(wait_s, COSTLY_MOVING_S if unfinished else COSTLY_SETTLED_S)


def retry_s(failures: int, first_s: float = RETRY_S, most_s: float = RETRY_MAX_S) -> float:
    """Return the seconds to wait after so many failures in a row: `first_s`, then twice as long each time."""
    return float(min(first_s * 2 ** min(failures - 1, 30), most_s))


def reconnect_s(failures: int, error: RatchetError) -> float:
    """Return the seconds until the next try to connect; `error` was the last of so many failures."""
    if isinstance(error, Limited):
        return max(error.retry_after_s or 0.0, retry_s(failures))
    return retry_s(failures, RECONNECT_S, RECONNECT_MAX_S if passing(error) else REFUSED_MAX_S)
