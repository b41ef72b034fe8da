"""How deeply JSON is nested: readers give up at some depth, and one value must not spoil a whole page."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from pydantic import JsonValue

DEPTH_LIMIT: Final = 100

# What is nested more deeply, orjson refuses to write.
_WRITTEN_DEPTH: Final = 254
_STEPS: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_OTHERS: Final = bytes(code for code in range(256) if code not in _STEPS)
_PART_BYTES: Final = 1 << 15


class TooDeepError(ValueError):
    """It is nested more deeply than `DEPTH_LIMIT`."""


def written(value: JsonValue) -> str:
    """Return a value as JSON text; at no more cost than writing it, however large it is.

    Raises:
        TooDeepError: it is nested too deeply.
    """
    wraps = _WRITTEN_DEPTH - DEPTH_LIMIT
    for _ in range(wraps):
        value = [value]
    try:
        return orjson.dumps(value)[wraps:-wraps].decode()
    except orjson.JSONEncodeError:
        raise TooDeepError from None


def too_deep(text: str) -> bool:
    """Return whether valid JSON is nested more deeply than `DEPTH_LIMIT`.

    A large text may be looked at in a thread: others get their turn in between.
    """
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return False
    unescaped = text.replace("\\\\", "").replace('\\"', "")
    brackets = "".join(unescaped.split('"')[::2]).encode().translate(None, _OTHERS)
    depth = 0
    for start in range(0, len(brackets), _PART_BYTES):
        part = brackets[start : start + _PART_BYTES]
        depths = list(accumulate(map(_STEPS.__getitem__, part), initial=depth))
        if max(depths) > DEPTH_LIMIT:
            return True
        depth = depths[-1]
    return False
