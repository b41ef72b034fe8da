"""Texts with `{{output.name}}` in them: what stands there is written as JSON."""

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

# Spaces are stripped later: a pattern that names them too takes cubic time where the braces do not close.
_PLACE = re.compile(r"\{\{([^{}]*)\}\}")


class TooLongError(ValueError):
    """A template with everything filled in would be longer than wanted."""


def unknown_places(template: str, names: list[str]) -> list[str]:
    """Return the places of a template whose first name is none of these."""
    places = (place.strip() for place in _PLACE.findall(template))
    return [place for place in places if place.split(".")[0] not in names]


def rendered(template: str, values: Mapping[str, JsonValue], most_chars: int) -> str:
    """Return the template with each place filled in; what is not there is `null`.

    Raises:
        TooLongError: it would have more characters than `most_chars`.
    """
    parts, length = [], 0
    for index, part in enumerate(_PLACE.split(template)):
        # Text and places take turns.
        parts.append(json.dumps(_at(values, part.strip()), ensure_ascii=False) if index % 2 else part)
        length += len(parts[-1])
        if length > most_chars:
            raise TooLongError(f"is longer than {most_chars} characters when it is filled in")
    return "".join(parts)


def _at(values: Mapping[str, JsonValue], path: str) -> JsonValue:
    value: JsonValue = dict(values)
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and len(name) < 10:
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value
