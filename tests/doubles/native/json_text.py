"""JSON as the server's reader takes it: value by value, so that an error knows its line and column."""

import json
import re
from dataclasses import dataclass
from typing import Any

NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
SPACE = re.compile(rb"[ \t\r\n]*")
WORDS: dict[int, tuple[bytes, Any]] = {
    ord("n"): (b"null", None),
    ord("t"): (b"true", True),
    ord("f"): (b"false", False),
}
DEEPEST = 127


@dataclass
class MisreadError(Exception):
    """The body cannot be read. `is_data` tells JSON of a wrong shape from text that is no JSON."""

    message: str
    at: int
    is_data: bool = False
    path: str = ""

    def told(self, body: bytes) -> str:
        """Return the sentence, with the path to the value, its line and its column."""
        before = body[: self.at]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1)
        place = f"{self.message} at line {line} column {column}"
        return f"{self.path}: {place}" if self.path else place


class Text:
    """A body that is read from its start; `at` is the next byte."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0
        self._depth = 0

    def peek(self, ended: str = "EOF while parsing a value") -> int:
        """Return the next byte after spaces.

        Raises:
            MisreadError: there is none.
        """
        found = SPACE.match(self.body, self.at)
        assert found is not None
        self.at = found.end()
        if self.at >= len(self.body):
            raise MisreadError(ended, len(self.body))
        return self.body[self.at]

    def unexpected(self, message: str = "expected value") -> MisreadError:
        """Return the error for a byte that was looked at but cannot stand here."""
        return MisreadError(message, min(self.at + 1, len(self.body)))

    def word(self) -> Any:
        """Read `null`, `true` or `false`."""
        word, value = WORDS[self.body[self.at]]
        for index, letter in enumerate(word):
            if self.at + index >= len(self.body):
                raise MisreadError("EOF while parsing a value", len(self.body))
            if self.body[self.at + index] != letter:
                raise MisreadError("expected ident", self.at + index + 1)
        self.at += len(word)
        return value

    def number(self) -> int | float:
        found = NUMBER.match(self.body, self.at)
        if found is None:
            self.at += 1
            raise self.unexpected("invalid number")
        self.at = found.end()
        return float(found[0]) if found[1] or found[2] else int(found[0])

    def string(self) -> str:
        found = STRING.match(self.body, self.at)
        if found is None:
            raise self._unfinished()
        self.at = found.end()
        try:
            return str(json.loads(found[0]))
        except ValueError:
            raise MisreadError("invalid escape", self.at) from None

    def _unfinished(self) -> MisreadError:
        for index in range(self.at + 1, len(self.body)):
            if self.body[index] < 0x20:
                told = "control character (\\u0000-\\u001F) found while parsing a string"
                return MisreadError(told, index + 1)
        return MisreadError("EOF while parsing a string", len(self.body))

    def key(self, first: bool) -> str | None:
        """Read the next key and its colon; None at the end of the object, which stays unread."""
        next_byte = self.peek("EOF while parsing an object")
        if next_byte == ord("}"):
            return None
        if not first:
            if next_byte != ord(","):
                raise self.unexpected("expected `,` or `}`")
            self.at += 1
            if self.peek() == ord("}"):
                raise self.unexpected("trailing comma")
        if self.body[self.at] != ord('"'):
            raise self.unexpected("key must be a string")
        return self.string()

    def colon(self) -> None:
        if self.peek("EOF while parsing an object") != ord(":"):
            raise self.unexpected("expected `:`")
        self.at += 1

    def more(self, first: bool) -> bool:
        """Return whether an array goes on."""
        next_byte = self.peek("EOF while parsing a list")
        if next_byte == ord("]"):
            return False
        if not first:
            if next_byte != ord(","):
                raise self.unexpected("expected `,` or `]`")
            self.at += 1
            if self.peek() == ord("]"):
                raise self.unexpected("trailing comma")
        return True

    def down(self) -> None:
        """Step into an object or array."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.unexpected("recursion limit exceeded")
        self.at += 1

    def up(self) -> None:
        self._depth -= 1
        self.at += 1


def any_value(text: Text, path: str = "") -> Any:
    """Read whatever comes."""
    first = text.peek()
    if first in WORDS:
        return text.word()
    if first == ord('"'):
        return text.string()
    if first == ord("["):
        return _array(text, path)
    if first == ord("{"):
        return _object(text, path)
    if first == ord("-") or chr(first).isdigit():
        return text.number()
    raise text.unexpected()


def _array(text: Text, path: str) -> list[Any]:
    values: list[Any] = []
    text.down()
    while text.more(not values):
        values.append(within(text, f"{path}[{len(values)}]", any_value))
    text.up()
    return values


def _object(text: Text, path: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    first = True
    text.down()
    while (key := text.key(first)) is not None:
        first = False
        text.colon()
        values[key] = within(text, f"{path}.{key}" if path else key, any_value)
    text.up()
    return values


def within(text: Text, path: str, read: Any) -> Any:
    """Read a value; what goes wrong there is told with its path."""
    try:
        return read(text, path)
    except MisreadError as error:
        error.path = error.path or path
        raise
