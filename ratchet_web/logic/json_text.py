"""JSON that people type or hand over, read strictly: whatever is taken can be sent on as JSON in UTF-8."""

import json
import math
from typing import Final

from pydantic import JsonValue

NO_NUMBER: Final = "it holds NaN, Infinity, or a number beyond 1.8e308"
HALF: Final = "it holds half of a character, such as \\ud800"
TOO_DEEP: Final = "it is nested too deeply"
# A whole number with fewer digits is surely no larger than a double can be.
_DIGITS = 300


def parsed(text: str) -> JsonValue:
    """Return the value of a JSON text; an empty one is null.

    Raises:
        ValueError: it is not JSON, cannot be sent on (see `check`), or is nested too deeply.
    """
    try:
        value = strict(text) if text.strip() else None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    return value


def strict(text: str) -> JsonValue:
    """Return the value of a JSON text.

    Raises:
        ValueError: it is not JSON, or cannot be sent on.
        RecursionError: it is nested too deeply.
    """
    value = loose(text)
    check(value)
    return value


def loose(text: str) -> JsonValue:
    """Return the value of a JSON text of which parts may be what `check` refuses.

    Raises:
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    value: JsonValue = json.loads(text, parse_int=_whole)
    return value


def check(value: JsonValue) -> None:
    """Let pass what can be sent on.

    Raises:
        ValueError: it holds a number that JSON (RFC 8259) cannot say or a browser cannot hold, or half of a
            surrogate pair, for which UTF-8 has no bytes.
        RecursionError: it is nested too deeply.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError(NO_NUMBER) from None
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(HALF) from None


def sendable(text: str) -> str:
    """Return a text with `?` for each half of a character: one that is sent breaks whoever reads UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < _DIGITS or math.isfinite(float(digits)) else math.inf
