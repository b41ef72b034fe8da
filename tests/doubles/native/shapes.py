"""The types of bodies: each reads one value and says what it expected instead."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.doubles.native.instants import relaxed
from tests.doubles.native.json_text import MisreadError, Text, any_value, within

Read = Callable[[Text, str], Any]


def mismatch(text: Text, expected: str) -> MisreadError:
    """Read what stands there and return the error that it is no `expected`."""
    first = text.peek()
    if first == ord("["):
        found = "sequence"
    elif first == ord("{"):
        found = "map"
    else:
        found = _named(any_value(text))
    return MisreadError(f"invalid type: {found}, expected {expected}", text.at, is_data=True)


def _named(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, str):
        return f'string "{value}"'
    return f"{'integer' if isinstance(value, int) else 'floating point'} `{value}`"


def text_value(text: Text, path: str) -> str:
    if text.peek() != ord('"'):
        raise mismatch(text, "a string")
    return text.string()


def flag(text: Text, path: str) -> bool:
    if text.peek() not in b"tf":
        raise mismatch(text, "a boolean")
    return bool(text.word())


def int32(text: Text, path: str) -> int:
    if text.peek() not in b"-0123456789":
        raise mismatch(text, "i32")
    value = text.number()
    if isinstance(value, float):
        raise MisreadError(f"invalid type: floating point `{value}`, expected i32", text.at, is_data=True)
    if not -(2**31) <= value < 2**31:
        raise MisreadError(f"invalid value: integer `{value}`, expected i32", text.at, is_data=True)
    return value


def number32(text: Text, path: str) -> float:
    return _number(text, "f32")


def number64(text: Text, path: str) -> float:
    return _number(text, "f64")


def _number(text: Text, expected: str) -> float:
    if text.peek() not in b"-0123456789":
        raise mismatch(text, expected)
    return float(text.number())


def moment(text: Text, path: str) -> int:
    """Read a time, in nanoseconds."""
    if text.peek() != ord('"'):
        raise mismatch(text, "an RFC 3339 formatted date and time string")
    written = text.string()
    ns = relaxed(written)
    if ns is None:
        short = relaxed(f"{written}Z") is not None or len(written) < len("2025-01-01T00:00:00Z")
        told = "premature end of input" if short else "input contains invalid characters"
        raise MisreadError(told, text.at, is_data=True)
    return ns


def one_of(*variants: str) -> Read:
    def read(text: Text, path: str) -> str:
        if text.peek() != ord('"'):
            raise text.unexpected()
        value = text.string()
        if value not in variants:
            expected = ", ".join(f"`{variant}`" for variant in variants)
            told = f"unknown variant `{value}`, expected one of {expected}"
            raise MisreadError(told, text.at, is_data=True)
        return value

    return read


def optional(inner: Read) -> Read:
    def read(text: Text, path: str) -> Any:
        if text.peek() == ord("n"):
            return text.word()
        return inner(text, path)

    return read


def list_of(inner: Read) -> Read:
    def read(text: Text, path: str) -> list[Any]:
        if text.peek() != ord("["):
            raise mismatch(text, "a sequence")
        values: list[Any] = []
        text.down()
        while text.more(not values):
            values.append(within(text, f"{path}[{len(values)}]", inner))
        text.up()
        return values

    return read


def struct(name: str, needed: Mapping[str, Read], free: Mapping[str, Read]) -> Read:
    """Return what reads an object: `needed` keys, and `free` ones that are None when absent."""
    readers = {**needed, **{key: optional(inner) for key, inner in free.items()}}

    def read(text: Text, path: str) -> dict[str, Any]:
        first = text.peek()
        if first == ord("["):
            told = f"invalid length 0, expected struct {name} with {len(readers)} elements"
            raise MisreadError(told, text.at + 2, is_data=True)
        if first != ord("{"):
            raise mismatch(text, f"struct {name}")
        values = _members(text, path, readers)
        missing = [key for key in needed if key not in values]
        if missing:
            raise MisreadError(f"missing field `{missing[0]}`", text.at, is_data=True, path=path)
        return {key: values.get(key) for key in readers}

    return read


def _members(text: Text, path: str, readers: Mapping[str, Read]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    first = True
    text.down()
    while (key := text.key(first)) is not None:
        first = False
        if key in values:
            raise MisreadError(f"duplicate field `{key}`", text.at, is_data=True, path=path)
        text.colon()
        value = within(text, f"{path}.{key}" if path else key, readers.get(key, any_value))
        if key in readers:
            values[key] = value
    text.up()
    return values
