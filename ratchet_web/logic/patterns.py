"""A text that matches a simple regular expression, as JSON Schemas have them for codes and names."""

from __future__ import annotations

import re

MOST_REPEATS = 100
# As long as the texts of `samples` may be: repetitions inside of others multiply.
LONGEST = 1_000
_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_QUANTIFIER = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}|[*+?]")
# What a reader expects first; a class that holds none of these gives its first character.
_LIKELY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. "


def matching(pattern: str, shortest: int = 0) -> str | None:
    """Return a text that matches, with at least `shortest` characters where its repetitions allow it.

    None for all but sequences of characters, classes and groups with repetitions, and for what is or would
    come out longer than `LONGEST`: the rest is not tried.
    """
    if len(pattern) > LONGEST:
        return None
    try:
        text = _Reader(pattern, shortest).sequence(0)
    except (_GiveUp, IndexError, RecursionError):
        return None
    return text


class _GiveUp(Exception):  # noqa: N818  # it is no error: it says "not this one"
    """The pattern is more than this module knows."""


class _Reader:
    """Reads a pattern from left to right and writes the text that it stands for."""

    def __init__(self, pattern: str, shortest: int) -> None:
        self._pattern, self._at, self._wanting = pattern, 0, shortest

    def sequence(self, depth: int) -> str:
        """Return the text of a sequence, up to its end or the `)` of its group; of alternatives the first."""
        said: list[str] = []
        length = 0
        first: str | None = None
        while self._at < len(self._pattern):
            character = self._pattern[self._at]
            if character == ")" and depth:
                break
            self._at += 1
            if character == "|":
                first, said, length = first if first is not None else "".join(said), [], 0
            elif character not in "^$":
                unit = self._unit(character, depth)
                times = self._times(length, len(unit))
                length += len(unit) * times
                if length > LONGEST:
                    raise _GiveUp
                said.append(unit * times)
        return "".join(said) if first is None else first

    def _unit(self, character: str, depth: int) -> str:
        if character == "\\":
            return self._escape()
        if character == "[":
            return self._class()
        if character == "(":
            return self._group(depth)
        if character in "*+?{)":
            raise _GiveUp
        return "a" if character == "." else character

    def _group(self, depth: int) -> str:
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._pattern[self._at] == "?":
            raise _GiveUp
        inner = self.sequence(depth + 1)
        if self._pattern[self._at] != ")":
            raise _GiveUp
        self._at += 1
        return inner

    def _escape(self) -> str:
        character = self._pattern[self._at]
        self._at += 1
        if character in _CLASSES:
            return _CLASSES[character]
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character.isalnum():
            raise _GiveUp
        return character

    def _class(self) -> str:
        end = self._at
        while self._pattern[end] != "]" or end == self._at:
            end += 2 if self._pattern[end] == "\\" else 1
        body, self._at = self._pattern[self._at : end], end + 1
        try:
            among = re.compile(f"[{body}]")
        except re.error:
            raise _GiveUp from None
        order = body + _LIKELY if body[0] != "^" and body[0] != "\\" else _LIKELY
        return next((each for each in order if among.fullmatch(each)), None) or self._give_up()

    def _times(self, so_far: int, unit: int) -> int:
        found = _QUANTIFIER.match(self._pattern, self._at)
        if found is None:
            return 1
        self._at = found.end()
        if self._pattern[self._at : self._at + 1] in ("?", "+"):
            self._at += 1
        least = int(found[1]) if found[1] else int(found[0] == "+")
        most = {"+": MOST_REPEATS, "*": MOST_REPEATS, "?": 1}.get(found[0])
        if most is None:
            most = least if found[2] is None else int(found[2] or MOST_REPEATS)
        if most < least or least > MOST_REPEATS:
            raise _GiveUp
        missing = -((so_far - self._wanting) // max(unit, 1))
        return min(max(least, missing), most)

    def _give_up(self) -> str:
        raise _GiveUp
