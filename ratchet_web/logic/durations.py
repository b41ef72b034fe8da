"""Durations as people read them."""

from itertools import pairwise

NOTHING = "–"
UNITS_S = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def humanised(duration_ms: float | None) -> str:
    """Return `412 ms`, `1.8 s`, `1 m 32 s`, `5 h 16 m` or `3 d 4 h`; `–` where there is none.

    The two largest units are shown, rounded to the smaller of them.
    """
    if duration_ms is None:
        return NOTHING
    whole_ms = round(max(0.0, duration_ms))
    if whole_ms < 1_000:
        return f"{whole_ms} ms"
    if whole_ms < 9_950:
        return f"{whole_ms / 1_000:.1f} s"
    return _in_units(round(whole_ms / 1_000))


def _in_units(seconds: int) -> str:
    _, _, _, step = _fitting(seconds)
    rounded = round(seconds / step) * step
    # Rounding may have carried into a larger unit: 23 h 59 m 40 s is one day.
    unit, size, smaller, step = _fitting(rounded)
    rest = rounded % size // step
    return f"{rounded // size} {unit} {rest} {smaller}" if rest else f"{rounded // size} {unit}"


def _fitting(seconds: int) -> tuple[str, int, str, int]:
    """Return the largest unit that fits and its seconds, and the next smaller one and its seconds."""
    for (unit, size), (smaller, step) in pairwise(UNITS_S):
        if seconds >= size:
            return unit, size, smaller, step
    return "s", 1, "s", 1
