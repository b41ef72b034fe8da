"""The order of semantic versions (semver.org, 11)."""

import re
from collections.abc import Iterable

_PARTS = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?")

_Identifier = tuple[bool, int, str]
_Key = tuple[tuple[int, ...], bool, list[_Identifier]]


def newest_first(versions: Iterable[str]) -> list[str]:
    """Return versions in falling precedence; texts that are no versions come last."""
    return sorted(sorted(versions), key=_precedence, reverse=True)


def _precedence(version: str) -> _Key:
    found = _PARTS.match(version)
    if found is None:
        return (), False, []
    *numbers, early = found.groups()
    identifiers = [_identifier(part) for part in early.split(".")] if early is not None else []
    return tuple(int(number) for number in numbers), early is None, identifiers


def _identifier(part: str) -> _Identifier:
    # Numbers come before words, and are compared as numbers.
    number = part.isascii() and part.isdecimal()
    return not number, int(part) if number else 0, part
