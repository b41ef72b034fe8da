"""How long a failed job waits before its next attempt."""

from random import random

from ratchet_web.settings import Settings

JITTER = 0.2


def retry_delay_ms(retries: int, settings: Settings, chance: float | None = None) -> int:
    """Return milliseconds: the base doubled for each earlier retry, up to the maximum, give or take a fifth.

    `chance` (0 to 1) decides where within the fifth; without it, chance does.
    """
    # Bounded exponent: a job may have a hundred retries, a float no 2^2000.
    wait_s = min(settings.retry_base_s * 2 ** min(retries, 60), settings.retry_max_s)
    spread = 1 + JITTER * (2 * (random() if chance is None else chance) - 1)
    return int(min(wait_s * spread, settings.retry_max_s) * 1000)
