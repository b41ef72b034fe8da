"""Texts with `{{output.name}}` in them: what stands there is written as JSON."""

import json
import re
from collections.abc import Mapping

from pydantic import JsonValue

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def unknown_places(template: str, names: list[str]) -> list[str]:
    """Return the places of a template whose first name is none of these."""
    return [place for place in _PLACE.findall(template) if place.split(".")[0] not in names]


def rendered(template: str, values: Mapping[str, JsonValue]) -> str:
    """Return the template with each place filled in; what is not there is `null`."""
    return _PLACE.sub(lambda found: json.dumps(_at(values, found[1]), ensure_ascii=False), template)


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
