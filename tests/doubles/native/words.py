"""What the server thinks an attack, and other rules for texts."""

import json
import re
from typing import Any

LONGEST = 10_000
MOST_ITEMS, MOST_KEYS, DEEPEST = 1000, 100, 20
NAME = re.compile(r"[a-zA-Z0-9_-]+")
IDENTIFIER = r"(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)"
VERSION = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    rf"(-{IDENTIFIER}(\.{IDENTIFIER})*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?"
)
ATTACKS = re.compile(
    "|".join(
        (
            r"\b(union|select|insert|update|delete|drop|create|alter|exec|execute)\b",
            r"--|#|/\*|\*/",
            r"\b(or|and)\s+\w+\s*=\s*\w+",
            r"<script[^>]*>|<iframe[^>]*>|javascript:|on\w+\s*=",
            r"\||;|&|`|\$\(|\$\{",
            r"\b(rm|cat|ls|ps|kill|sudo|su)\b",
            r"\.\./|\.\.\\",
        )
    ),
    re.IGNORECASE,
)
# In a search for tasks, anywhere inside a word.
BANNED = [
    "--;",
    "/*",
    "*/",
    "xp_",
    "sp_",
    "0x",
    "@@",
    "char(",
    "alter",
    "begin",
    "cast",
    "create",
    "cursor",
    "declare",
    "delete",
    "drop",
    "exec",
    "fetch",
    "insert",
    "kill",
    "select",
    "sys",
    "table",
    "update",
    "union",
    "script",
    "onload=",
    "<frame",
    "<iframe",
    "<embed",
    "<object",
    " or ",
    " and ",
    "=",
    "'",
    '"',
]
ENCODED = ("&#", "\\x", "\\u")

ATTACK = "Potential injection attack detected"
# All that the cleaning of messages leaves of most reasons.
INVALID = "Input validation failed"


class InvalidError(Exception):
    """A text or value that is refused; the message is what the caller is told."""


def check_text(text: str) -> None:
    """Check a description, a name of a schedule, an id, or a text within JSON.

    Raises:
        InvalidError: it is too long, holds control characters, or looks like an attack.
    """
    size = len(text.encode("utf-8", "replace"))
    if size > LONGEST:
        raise InvalidError(f"String too long: {size} characters exceeds maximum {LONGEST} characters")
    if any(_is_control(letter) for letter in text):
        raise InvalidError(INVALID)
    if ATTACKS.search(text):
        raise InvalidError(ATTACK)


def _is_control(letter: str) -> bool:
    return (letter < " " and letter not in "\n\r\t") or "\x7f" <= letter <= "\x9f"


def check_json(value: Any) -> None:
    """Check an input, an output or a schema: as text, then value by value.

    Raises:
        InvalidError: it is too large or too deep, or looks like an attack.
    """
    if ATTACKS.search(json.dumps(value, ensure_ascii=False, separators=(",", ":"))):
        raise InvalidError(ATTACK)
    _check_value(value, 0)


def _check_value(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise InvalidError(f"Object nesting too deep: {depth} levels exceeds maximum {DEEPEST} levels")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, list):
        if len(value) > MOST_ITEMS:
            raise InvalidError(
                f"Array too large: {len(value)} elements exceeds maximum {MOST_ITEMS} elements"
            )
        for item in value:
            _check_value(item, depth + 1)
    elif isinstance(value, dict):
        if len(value) > MOST_KEYS:
            raise InvalidError(f"Too many object keys: {len(value)} keys exceeds maximum {MOST_KEYS} keys")
        for key, item in value.items():
            check_text(key)
            _check_value(item, depth + 1)


def check_task_name(name: str) -> None:
    """Raise `InvalidError` unless it is 1 to 100 plain letters, digits, `-` and `_`."""
    if len(name.encode()) > 100:
        raise InvalidError(f"String too long: {len(name.encode())} characters exceeds maximum 100 characters")
    if not NAME.fullmatch(name):
        raise InvalidError(INVALID)


def check_version(version: str) -> None:
    """Raise `InvalidError` unless it is a strict semantic version."""
    if not VERSION.fullmatch(version):
        raise InvalidError(INVALID)


def is_banned_search(text: str) -> bool:
    """Return whether a search for tasks fails with a database error."""
    lowered = text.lower()
    return any(part in lowered for part in BANNED) or any(part in text for part in ENCODED)


def search_finds(text: str, name: str) -> bool:
    """Return whether a search finds a task: the escapes before `_` and `%` are taken literally."""
    if any(letter in text for letter in "_%\\"):
        return False
    return _folded(text) in _folded(name)


def _folded(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
