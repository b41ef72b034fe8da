"""What the native server refuses without saying where: checked here, so that a person learns the field."""

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from ratchet_web.api.errors import Refused

BODY_LIMIT = 2 * 1024 * 1024
TEXT_LIMIT = 10_000
MOST_KEYS, MOST_ITEMS, MOST_DEPTH = 100, 1_000, 20
_WORDS = "union|select|insert|update|delete|drop|create|alter|exec|execute|rm|cat|ls|ps|kill|sudo|su"
_FORBIDDEN = re.compile(
    rf"\b(?:{_WORDS})\b|\b(?:or|and)\s+\w+\s*=\s*\w+|on\w+\s*=|<(?:script|iframe)[^>]*>|javascript:"
    r"|[|;&`#]|--|/\*|\*/|\.\.[/\\]|\$[({]",
    re.I,
)


def forbidden(text: str) -> str | None:
    """Return the first part of a text that the server takes for an attack, None if there is none."""
    found = _FORBIDDEN.search(text)
    return found[0] if found else None


def check(**fields: JsonValue) -> None:
    """Check fields, named as the request has them, that the server's filter reads.

    Raises:
        Refused: `.fields` says what to change, and where.
    """
    wrong = {path: told for name, value in fields.items() for path, told in _faults(name, value, 0)}
    if wrong:
        raise Refused("This server refuses some of what was written", fields=wrong)


def check_size(body: Mapping[str, JsonValue]) -> None:
    """Check a whole request.

    Raises:
        Refused: it is larger than the server reads.
    """
    size = len(json.dumps(body, ensure_ascii=False).encode())
    if size > BODY_LIMIT:
        raise Refused(f"This is {size / 2**20:.1f} MiB; the server takes 2 MiB at most")


def _faults(path: str, value: JsonValue, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MOST_DEPTH:
        yield path, f"is nested deeper than {MOST_DEPTH} levels, which this server refuses"
    elif isinstance(value, str):
        yield from _of_text(path, value)
    elif isinstance(value, dict):
        if len(value) > MOST_KEYS:
            yield path, f"has more than {MOST_KEYS} keys, which this server refuses"
        for key, inner in value.items():
            yield from _of_text(f"{path}.{key}", key)
            yield from _faults(f"{path}.{key}", inner, depth + 1)
    elif isinstance(value, list):
        if len(value) > MOST_ITEMS:
            yield path, f"has more than {MOST_ITEMS} items, which this server refuses"
        for place, inner in enumerate(value):
            yield from _faults(f"{path}[{place}]", inner, depth + 1)


def _of_text(path: str, text: str) -> Iterator[tuple[str, str]]:
    if len(text.encode()) > TEXT_LIMIT:
        yield path, f"is longer than {TEXT_LIMIT:,} bytes, which this server refuses"
    elif (part := forbidden(text)) is not None:
        yield path, f"holds {part!r}, which this server takes for an attack and refuses"
