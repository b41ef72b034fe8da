"""How long a process that died stays away: a pure function."""

from collections.abc import Sequence
from itertools import takewhile

# Two deaths further apart than this have nothing to do with each other.
QUICK_S = 30.0
DELAYS_S = (0.0, 0.5, 1.0, 2.0)


def delay_s(deaths_s: Sequence[float]) -> float | None:
    """Return the seconds until the next start, after deaths at these times; None: do not start it again.

    Only a row of quick deaths counts: the last one, and those before it with less than `QUICK_S` between.
    """
    pairs = zip(reversed(deaths_s), reversed(deaths_s[:-1]), strict=False)
    quick = sum(1 for _ in takewhile(lambda pair: pair[0] - pair[1] < QUICK_S, pairs))
    return DELAYS_S[quick] if quick < len(DELAYS_S) else None
