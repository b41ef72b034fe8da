"""Making a server's words fit for a person: whatever it sends, this is one line of text."""

import unicodedata

MESSAGE_LIMIT = 600
FIELDS_LIMIT = 50
FIELD_LIMIT = 300
# Read and thrown away, where a word is much longer than anybody reads.
LOOKED_AT = 20_000
# Above this share of characters that nobody can read, a text is none.
_NOISE = 0.1
_UNREADABLE = ("Cc", "Cf", "Cs", "Co", "Cn")


def plain(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """Return a text on one line, without control characters and marks that turn its direction."""
    spaced = " ".join(text[:LOOKED_AT].split())
    read = "".join(c for c in spaced if unicodedata.category(c) not in _UNREADABLE)
    return read.strip()[:limit].rstrip()


def readable(text: str) -> bool:
    """Return whether this is text at all: bytes that are none decode to noise."""
    looked_at = text[:LOOKED_AT]
    return sum(map(_is_noise, looked_at)) <= _NOISE * len(looked_at)


def _is_noise(c: str) -> bool:
    return c == "\ufffd" or (unicodedata.category(c) in _UNREADABLE and not c.isspace())
