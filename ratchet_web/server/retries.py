"""How long a failed job waits before its next attempt."""

from random import random

from ratchet_web.logic.retry_policy import base_wait_s
from ratchet_web.models.jobs import Backoff, RetryPolicy
from ratchet_web.settings import Settings

JITTER = 0.2


def default_policy(settings: Settings) -> RetryPolicy:
    """Return the policy of jobs that name none."""
    return RetryPolicy(
        backoff=Backoff.EXPONENTIAL,
        delay_seconds=settings.retry_base_s,
        max_delay_seconds=settings.retry_max_s,
        jitter=JITTER,
    )


def retry_delay_ms(retries: int, policy: RetryPolicy, chance: float | None = None) -> int:
    """Return milliseconds: the delay, doubled for each earlier retry if it grows, give or take the jitter.

    It is never longer than the policy's longest. `chance` (0 to 1) decides where within the jitter; without
    it, chance does.
    """
    spread = 1 + policy.jitter * (2 * (random() if chance is None else chance) - 1)
    return int(min(base_wait_s(policy, retries) * spread, policy.max_delay_seconds) * 1000)
