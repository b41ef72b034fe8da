"""The part of the GraphQL language that clients need: operations, variables, arguments, aliases, selections.

Fragments and directives are no part of it: the double says so instead of guessing.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r"(?P<skip>[\s,\ufeff]+|\#[^\n\r]*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![A-Za-z_.0-9])"
    r'|(?P<string>"""(?:(?!""").)*"""|"(?:[^"\\\n\r]|\\.)*")'
    r"|(?P<mark>\.\.\.|[!$():=@\[\]{}])",
    re.DOTALL,
)
OPERATIONS = ("query", "mutation", "subscription")
# The parser of the server gives up at this many levels.
DEEPEST = 64


@dataclass(frozen=True, order=True)
class Place:
    """A line and a column, both counted from 1."""

    line: int
    column: int


class SyntaxFaultError(Exception):
    """The document cannot be read."""

    def __init__(self, message: str, place: Place | None) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Enum:
    """A name as a value."""

    name: str


@dataclass(frozen=True)
class Variable:
    """A value that comes with the request."""

    name: str


@dataclass(frozen=True)
class Argument:
    name: str
    value: Any
    place: Place
    value_place: Place


@dataclass(frozen=True)
class Field:
    name: str
    alias: str | None
    arguments: tuple[Argument, ...]
    selections: tuple["Field", ...]
    place: Place

    @property
    def key(self) -> str:
        """The name under which it is answered."""
        return self.alias or self.name


@dataclass(frozen=True)
class Definition:
    """A variable of an operation; `kind` is its type as it is written."""

    name: str
    kind: str
    place: Place
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True)
class Operation:
    kind: str
    name: str | None
    definitions: tuple[Definition, ...]
    selections: tuple[Field, ...]


@dataclass
class _Token:
    kind: str
    text: str
    at: int


@dataclass
class _Reader:
    source: str
    tokens: list[_Token] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    def place(self, at: int | None = None) -> Place:
        index = self.next.at if at is None else at
        before = self.source[:index]
        return Place(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def is_next(self, *texts: str) -> bool:
        return self.next.kind != "string" and self.next.text in texts

    def take(self, expected: str) -> None:
        if not self.is_next(expected):
            raise self.fault(f'expected "{expected}"')
        self.at += 1

    def name(self) -> str:
        if self.next.kind != "name":
            raise self.fault("expected name")
        self.at += 1
        return self.tokens[self.at - 1].text

    def fault(self, expected: str) -> SyntaxFaultError:
        place = self.place()
        line = self.source.split("\n")[place.line - 1]
        width = len(str(place.line))
        bar = f"{' ' * width} |"
        pointed = f"{bar} {' ' * (place.column - 1)}^---"
        told = f"{' ' * width}--> {place.line}:{place.column}\n{bar}\n{place.line} | {line}\n{pointed}"
        return SyntaxFaultError(f"{told}\n{bar}\n{' ' * width} = {expected}", place)


def parse(source: str) -> list[Operation]:
    """Return the operations of a document.

    Raises:
        SyntaxFaultError: it is no document.
        NotImplementedError: it has fragments or directives.
    """
    reader = _Reader(source)
    reader.tokens = _tokens(reader)
    operations = [_operation(reader)]
    while reader.next.kind != "end":
        operations.append(_operation(reader))
    return operations


def _tokens(reader: _Reader) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(reader.source):
        found = TOKEN.match(reader.source, at)
        if found is None:
            reader.tokens = [*tokens, _Token("wrong", "", at)]
            reader.at = len(tokens)
            raise reader.fault("expected a token")
        if found.lastgroup != "skip":
            tokens.append(_Token(str(found.lastgroup), found[0], at))
        at = found.end()
    return [*tokens, _Token("end", "", len(reader.source))]


def _operation(reader: _Reader) -> Operation:
    if reader.is_next("{"):
        return Operation("query", None, (), _selections(reader))
    if reader.is_next("fragment"):
        raise NotImplementedError("the double knows no fragments")
    if not reader.is_next(*OPERATIONS):
        raise reader.fault("expected executable_definition")
    kind = reader.name()
    name = reader.name() if reader.next.kind == "name" else None
    definitions: list[Definition] = []
    if reader.is_next("("):
        reader.take("(")
        while not reader.is_next(")"):
            definitions.append(_definition(reader))
        reader.take(")")
    _refuse_directives(reader)
    return Operation(kind, name, tuple(definitions), _selections(reader))


def _definition(reader: _Reader) -> Definition:
    place = reader.place()
    reader.take("$")
    name = reader.name()
    reader.take(":")
    kind = _type(reader)
    if not reader.is_next("="):
        return Definition(name, kind, place)
    reader.take("=")
    return Definition(name, kind, place, True, _value(reader))


def _type(reader: _Reader) -> str:
    if reader.is_next("["):
        reader.take("[")
        text = f"[{_type(reader)}]"
        reader.take("]")
    else:
        text = reader.name()
    if reader.is_next("!"):
        reader.take("!")
        return f"{text}!"
    return text


def _selections(reader: _Reader) -> tuple[Field, ...]:
    reader.take("{")
    reader.depth += 1
    if reader.depth > DEEPEST:
        raise SyntaxFaultError("recursion limit exceeded.", None)
    fields = [_field(reader)]
    while not reader.is_next("}"):
        fields.append(_field(reader))
    reader.take("}")
    reader.depth -= 1
    return tuple(fields)


def _field(reader: _Reader) -> Field:
    if reader.is_next("..."):
        raise NotImplementedError("the double knows no fragments")
    place = reader.place()
    name, alias = reader.name(), None
    if reader.is_next(":"):
        reader.take(":")
        name, alias = reader.name(), name
    arguments = _arguments(reader) if reader.is_next("(") else ()
    _refuse_directives(reader)
    selections = _selections(reader) if reader.is_next("{") else ()
    return Field(name, alias, arguments, selections, place)


def _arguments(reader: _Reader) -> tuple[Argument, ...]:
    reader.take("(")
    arguments = [_argument(reader)]
    while not reader.is_next(")"):
        arguments.append(_argument(reader))
    reader.take(")")
    return tuple(arguments)


def _argument(reader: _Reader) -> Argument:
    place = reader.place()
    name = reader.name()
    reader.take(":")
    value_place = reader.place()
    return Argument(name, _value(reader), place, value_place)


def _value(reader: _Reader) -> Any:
    token = reader.next
    if token.kind == "number":
        reader.at += 1
        return json.loads(token.text)
    if token.kind == "string":
        reader.at += 1
        return _string(token.text)
    if token.kind == "name":
        return _named(reader.name())
    if reader.is_next("$"):
        reader.take("$")
        return Variable(reader.name())
    if reader.is_next("["):
        return _list(reader)
    if reader.is_next("{"):
        return _object(reader)
    raise reader.fault("expected value")


def _string(text: str) -> str:
    if text.startswith('"""'):
        return text[3:-3].strip()
    return str(json.loads(text, strict=False))


def _named(name: str) -> Any:
    constants: dict[str, Any] = {"true": True, "false": False, "null": None}
    return constants[name] if name in constants else Enum(name)


def _list(reader: _Reader) -> list[Any]:
    reader.take("[")
    values = []
    while not reader.is_next("]"):
        values.append(_value(reader))
    reader.take("]")
    return values


def _object(reader: _Reader) -> dict[str, Any]:
    reader.take("{")
    values = {}
    while not reader.is_next("}"):
        name = reader.name()
        reader.take(":")
        values[name] = _value(reader)
    reader.take("}")
    return values


def _refuse_directives(reader: _Reader) -> None:
    if reader.is_next("@"):
        raise NotImplementedError("the double knows no directives")
