"""How deeply JSON is nested: readers give up at some depth, and one value must not spoil a whole page."""

import re
from itertools import accumulate

DEPTH_LIMIT = 100

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_OTHERS = re.compile(r"[^\[\]{}]+")


def too_deep(text: str) -> bool:
    """Return whether valid JSON is nested more deeply than `DEPTH_LIMIT`."""
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return False
    brackets = _OTHERS.sub("", _STRING.sub("", text))
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > DEPTH_LIMIT
