"""Instants as they travel: milliseconds since 1970."""

import time


def now_ms() -> int:
    """Return what the machine's clock shows."""
    return time.time_ns() // 1_000_000
