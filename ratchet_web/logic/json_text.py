"""JSON that a person typed."""

import json

from pydantic import JsonValue


def parsed(text: str) -> JsonValue:
    """Return the value of a JSON text; an empty one is null.

    Raises:
        ValueError: it is not JSON (RFC 8259 knows neither NaN nor Infinity), or nested too deeply.
    """
    try:
        value: JsonValue = json.loads(text) if text.strip() else None
        json.dumps(value, allow_nan=False)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return value
