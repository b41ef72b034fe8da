"""JSON that a task wrote, as every reader takes it."""

import re

import orjson

# JSON has ends of lines between its parts only.
_SPACED = str.maketrans("\r\n", "  ")


def valid_fields(text: str | None) -> str | None:
    """Return a JSON object as one line that every reader takes, None where the text is something else.

    It is copied into streams of events and lines of JSON as it is.
    """
    if text is None:
        return None
    whole = only_whole_characters(text)
    try:
        value = orjson.loads(whole)
    except orjson.JSONDecodeError:
        return None
    return whole.translate(_SPACED) if isinstance(value, dict) else None


def only_whole_characters(json_text: str) -> str:
    """Replace halves of surrogate pairs, which JSON may hold but no UTF-8 and no database does."""
    if "\\ud" not in json_text:
        return json_text
    escape = re.compile(r"\\(?:u(d[89a-f][0-9a-f]{2})|.)")
    return escape.sub(lambda found: "\ufffd" if found[1] else found[0], json_text)
