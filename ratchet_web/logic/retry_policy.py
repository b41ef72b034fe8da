"""How long a job that failed waits before it is tried again. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from pydantic import JsonValue, ValidationError

from ratchet_web.logic.filters import duration
from ratchet_web.models.jobs import Backoff, RetryPolicy

# As far ahead as anybody looks.
MOST_SHOWN: Final = 10


class Retry(NamedTuple):
    """A retry to come: how long it is waited for, and between which moments it begins where that is known.

    The moments take it that each attempt before it fails as soon as it begins.
    """

    number: int
    least_s: float
    most_s: float
    earliest: datetime | None
    latest: datetime | None


def base_wait_s(policy: RetryPolicy, retries: int) -> float:
    """Return the seconds before the next retry when there were so many, without jitter."""
    # Bounded exponent: a job may have a hundred retries, a float no 2^2000.
    growth = 2.0 ** min(retries, 60) if policy.backoff is Backoff.EXPONENTIAL else 1.0
    return min(policy.delay_seconds * growth, policy.max_delay_seconds)


def wait_s(policy: RetryPolicy, retries: int) -> tuple[float, float]:
    """Return the least and the most seconds before the next retry when there were so many."""
    base = base_wait_s(policy, retries)
    return base * (1 - policy.jitter), min(base * (1 + policy.jitter), policy.max_delay_seconds)


def coming(policy: RetryPolicy, used: int, most: int, begins: datetime | None = None) -> tuple[Retry, ...]:
    """Return the retries that are left, the first ones if there are many.

    `begins` is when the attempt before the first of them begins, None where nobody knows.
    """
    found, earliest, latest = [], begins, begins
    for retries in islice(range(used, most), MOST_SHOWN):
        least, longest = wait_s(policy, retries)
        earliest, latest = _later(earliest, least), _later(latest, longest)
        found.append(Retry(retries + 1, least, longest, earliest, latest))
    return tuple(found)


def _later(moment: datetime | None, seconds: float) -> datetime | None:
    try:
        return None if moment is None else moment + timedelta(seconds=seconds)
    except OverflowError:
        return None


def read_policy(told: JsonValue) -> RetryPolicy | None:
    """Return the policy that a server sent; None where there is none, or it is none that we know."""
    if not isinstance(told, Mapping):
        return None
    try:
        return RetryPolicy.model_validate(told)
    except ValidationError:
        return None


def in_words(policy: RetryPolicy) -> str:
    """Return a policy as a sentence."""
    delay, cap = (_length(s) for s in (policy.delay_seconds, policy.max_delay_seconds))
    if policy.backoff is Backoff.EXPONENTIAL:
        text = f"Waits {delay} before the first retry, then twice as long each time, {cap} at most"
    else:
        text = f"Waits {_length(min(policy.delay_seconds, policy.max_delay_seconds))} before each retry"
    if not policy.jitter:
        return f"{text}."
    return f"{text}; each wait is up to {100 * policy.jitter:.3g} % shorter or longer."


def _length(seconds: float) -> str:
    return duration(round(seconds * 1000))
