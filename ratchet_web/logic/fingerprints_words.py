"""Words with digits in them: which are ids, made anew each time, and which are names with a number."""

import re
from typing import Final

_PART = re.compile(r"[A-Za-z]+|[0-9]+")
_LETTERS_THEN_DIGITS = re.compile(r"([A-Za-z]{1,60})(\d{1,60})")
_HEX = re.compile(r"[0-9a-f]{6,}|[0-9A-F]{6,}")
_VOWEL = re.compile(r"[aeiouyAEIOUY]")
# As `7d4b9c6f5d-x2kqp`: what follows an id and can be no word belongs to it.
SHORTEST_TAIL: Final = 4
SHORTEST_RANDOM: Final = 10


def folded_word(word: str) -> str:
    """Return a word with its numbers as `<n>` and its ids as `<id>`; one without digits as it is."""
    if not any(map(str.isdigit, word)) and "_" not in word:
        return word
    parts = re.split(r"([_$-])", word)
    kept: list[str] = []
    for at, part in enumerate(parts):
        after_id = len(kept) > 1 and kept[-2] == "<id>"
        tail = after_id and len(part) >= SHORTEST_TAIL and not _VOWEL.search(part)
        kept.append("<id>" if tail or (at and _is_random(part)) else _folded(part))
    return re.sub(r"<(?:id|n)>(?:[_-]<(?:id|n)>)*[_-]<id>(?:[_-]<(?:id|n)>)*", "<id>", "".join(kept))


def _is_random(part: str) -> bool:
    """Return whether a part has large and small letters as no name has them: `PMGhrSUNkyfYca`."""
    large = sum(map(str.isupper, part))
    return len(part) >= SHORTEST_RANDOM and len(part) / 3 <= large <= len(part) * 3 / 4


def _folded(part: str) -> str:
    if not any(map(str.isdigit, part)):
        return part
    if part.isdigit():
        return "<n>"
    if _HEX.fullmatch(part):
        return "<id>"
    if named := _LETTERS_THEN_DIGITS.fullmatch(part):
        return f"{named[1]}<n>"
    pieces = _PART.findall(part)
    # `2nd`, `3rd`, `v2beta`: a number in a word. More turns than that make an id.
    return "".join("<n>" if piece.isdigit() else piece for piece in pieces) if len(pieces) <= 2 else "<id>"
