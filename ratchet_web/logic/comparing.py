"""A figure beside that of the period before, in words and an arrow: never by colour alone. Pure."""

from typing import Final, Literal, NamedTuple

Good = Literal["more", "less", "neither"]
Kind = Literal["better", "worse", "neutral", "unknown"]

# Less than this share is no change that a person should look at.
SAME: Final = 0.02
# From here on it is said how many times, not how many percent.
MANY_TIMES: Final = 3.0
# A share in percent is compared by its points; fewer are no change.
SAME_POINTS: Final = 0.1
UP, DOWN, LEVEL = "▲", "▼", "="
_SIZES: Final = {"count": ("more", "fewer"), "ms": ("longer", "shorter")}


class Compared(NamedTuple):
    """What is to be shown beside a figure; `before` is that of the period before, None where unknown."""

    mark: str
    words: str
    kind: Kind
    before: float | None


def compared(
    now: float | None, before: float | None, good: Good = "neither", unit: Literal["count", "ms"] = "count"
) -> Compared:
    """Return how a figure changed; `good` says what would be good news."""
    if now is None or before is None:
        return Compared("", "", "unknown", before)
    more, less = _SIZES[unit]
    if not before:
        words = "longer" if unit == "ms" else f"{now:,.0f} more"
        return _turned(UP, words, True, good, before) if now else _same(before)
    share = now / before
    if abs(share - 1) < SAME:
        return _same(before)
    if share >= MANY_TIMES:
        return _turned(UP, f"{share:.0f} times as {'long' if unit == 'ms' else 'many'}", True, good, before)
    percent = max(1, round(100 * abs(share - 1)))
    up = share > 1
    return _turned(UP if up else DOWN, f"{percent} % {more if up else less}", up, good, before)


def compared_share(now: float | None, before: float | None, good: Good = "neither") -> Compared:
    """Return how a share in percent changed, by its points."""
    if now is None or before is None:
        return Compared("", "", "unknown", before)
    points = round(now - before, 1)
    if abs(points) < SAME_POINTS:
        return _same(before)
    up = points > 0
    words = f"{abs(points):g} points {'higher' if up else 'lower'}"
    return _turned(UP if up else DOWN, words, up, good, before)


def _same(before: float) -> Compared:
    return Compared(LEVEL, "as before", "neutral", before)


def _turned(mark: str, words: str, up: bool, good: Good, before: float) -> Compared:
    if good == "neither":
        return Compared(mark, words, "neutral", before)
    return Compared(mark, words, "better" if up == (good == "more") else "worse", before)
