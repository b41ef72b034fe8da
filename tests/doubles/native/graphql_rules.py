"""The rules that a document must keep before it is run, and their messages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.native.graphql_language import (
    Argument,
    Definition,
    Enum,
    Field,
    Operation,
    Place,
    Variable,
)
from tests.doubles.native.graphql_schema import (
    ENUM_TYPES,
    INPUT_TYPES,
    NAMES,
    OBJECT_TYPES,
    FieldType,
    bare,
)
from tests.doubles.native.graphql_suggestions import suggestion

MOST_COMPLEX, DEEPEST = 1000, 15


class UndefinedError(Exception):
    """A variable that has no value: what holds it is not checked."""


@dataclass
class Fault:
    """One entry of `errors`."""

    message: str
    places: tuple[Place, ...] = ()
    path: tuple[str, ...] = ()
    extensions: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        told: dict[str, Any] = {"message": self.message}
        if self.places:
            told["locations"] = [{"line": place.line, "column": place.column} for place in self.places]
        if self.path:
            told["path"] = list(self.path)
        return told


@dataclass(frozen=True)
class Use:
    """A variable that stands where a type is expected."""

    name: str
    kind: str
    place: Place
    argument: Place


def check(operation: Operation, variables: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with an operation; the limits come first and hide all else."""
    counted = [counted_fields(each) for each in operation.selections if each.name != "__typename"]
    if sum(counted) > MOST_COMPLEX:
        return [Fault("Query is too complex.")]
    if depth(operation.selections) > DEEPEST:
        return [Fault("Query is nested too deep.")]
    root = "Mutation" if operation.kind == "mutation" else "Query"
    uses: list[Use] = []
    faults = [fault for each in operation.definitions for fault in _definition(each)]
    for each in operation.selections:
        faults += _field(each, root, variables, uses)
    faults += _conflicts(operation.selections)
    return faults + list(_variables(operation, uses))


def counted_fields(selected: Field) -> int:
    """Return the complexity of a field: itself and all below it, without `__typename`."""
    return 1 + sum(counted_fields(each) for each in selected.selections if each.name != "__typename")


def depth(selections: tuple[Field, ...]) -> int:
    return max((1 + depth(each.selections) for each in selections if each.name != "__typename"), default=0)


def _definition(definition: Definition) -> Iterator[Fault]:
    name = bare(definition.kind)
    if name not in NAMES:
        # Two rules notice the same.
        yield from [Fault(f'Unknown type "{name}"', (definition.place,))] * 2
    elif name in OBJECT_TYPES:
        told = f'Variable "{definition.name}" cannot be of non-input type "{name}"'
        yield Fault(told, (definition.place,))


def _field(selected: Field, parent: str, variables: dict[str, Any], uses: list[Use]) -> list[Fault]:
    if selected.name == "__typename":
        return []
    known = OBJECT_TYPES[parent].get(selected.name)
    if known is None:
        similar = suggestion(OBJECT_TYPES[parent], selected.name)
        return [Fault(f'Unknown field "{selected.name}" on type "{parent}".{similar}', (selected.place,))]
    faults = list(_arguments(selected, known, parent, variables, uses))
    name = bare(known.kind)
    if name not in OBJECT_TYPES:
        if selected.selections:
            told = f'Field "{selected.name}" must not have a selection since type "{name}" has no subfields'
            faults.append(Fault(told, (selected.place,)))
        return faults
    if not selected.selections:
        told = f'Field "{selected.name}" of type "{name}" must have a selection of subfields'
        return [*faults, Fault(told, (selected.place,))]
    for each in selected.selections:
        faults += _field(each, name, variables, uses)
    return faults + list(_conflicts(selected.selections))


def _arguments(
    selected: Field, known: FieldType, parent: str, variables: dict[str, Any], uses: list[Use]
) -> Iterator[Fault]:
    for argument in selected.arguments:
        kind = known.arguments.get(argument.name)
        if kind is None:
            similar = suggestion(known.arguments, argument.name)
            told = (
                f'Unknown argument "{argument.name}" on field "{selected.name}" of type "{parent}".{similar}'
            )
            yield Fault(told, (argument.place,))
            continue
        uses += _uses(argument.value, kind, argument)
        reason = _misfit(argument, kind, variables)
        if reason:
            yield Fault(f"Invalid value for argument {reason}", (argument.place,))
    given = {argument.name for argument in selected.arguments}
    for name, kind in known.arguments.items():
        if kind.endswith("!") and name not in given:
            told = (
                f'Field "{selected.name}" argument "{name}" of type "{parent}" is required but not provided'
            )
            yield Fault(told, (selected.place,))


def _misfit(argument: Argument, kind: str, variables: dict[str, Any]) -> str:
    try:
        return misfit(kind, filled(argument.value, variables), argument.name)
    except UndefinedError:
        return ""


def filled(value: Any, variables: dict[str, Any]) -> Any:
    """Return a value with its variables replaced.

    Raises:
        UndefinedError: one of them has no value.
    """
    if isinstance(value, Variable):
        if value.name not in variables:
            raise UndefinedError(value.name)
        return variables[value.name]
    if isinstance(value, list):
        return [filled(each, variables) for each in value]
    if isinstance(value, dict):
        return {name: filled(each, variables) for name, each in value.items()}
    return value


def misfit(kind: str, value: Any, path: str) -> str:
    """Return why a value does not fit a type; empty when it does, or when only running will tell."""
    if kind.endswith("!"):
        return f'"{path}", expected type "{kind[:-1]}"' if value is None else misfit(kind[:-1], value, path)
    if value is None:
        return ""
    if kind.startswith("["):
        each = value if isinstance(value, list) else None
        if each is None:
            return misfit(kind[1:-1], value, path)
        reasons = (misfit(kind[1:-1], item, f"{path}.{index}") for index, item in enumerate(each))
        return next((reason for reason in reasons if reason), "")
    if kind in ENUM_TYPES:
        return _enum_misfit(kind, value, path)
    if kind in INPUT_TYPES:
        return _input_misfit(kind, value, path) if isinstance(value, dict) else ""
    return "" if SCALAR_FITS.get(kind, _anything)(value) else f'"{path}", expected type "{kind}"'


def _anything(value: Any) -> bool:
    return True


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


SCALAR_FITS = {
    "Int": _is_int,
    "Float": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "ID": lambda value: isinstance(value, str) or _is_int(value),
}


def _enum_misfit(kind: str, value: Any, path: str) -> str:
    name = value.name if isinstance(value, Enum) else value
    if not isinstance(name, str):
        return f'"{path}", expected type "{kind}"'
    if name not in ENUM_TYPES[kind]:
        return f'"{path}", enumeration type "{kind}" does not contain the value "{name}"'
    return ""


def _input_misfit(kind: str, value: dict[str, Any], path: str) -> str:
    fields = INPUT_TYPES[kind]
    for name, wanted in fields.items():
        if name in value:
            reason = misfit(wanted, value[name], f"{path}.{name}")
            if reason:
                return reason
        elif wanted.endswith("!"):
            return f'"{path}", field "{name}" of type "{wanted}" is required but not provided'
    unknown = [name for name in value if name not in fields]
    return f'"{path}", unknown field "{unknown[0]}" of type "{kind}"' if unknown else ""


def _uses(value: Any, kind: str, argument: Argument) -> list[Use]:
    """Return the variables in a value, with the type that is expected where each stands."""
    if isinstance(value, Variable):
        return [Use(value.name, kind, argument.value_place, argument.place)]
    if isinstance(value, list):
        inner = kind.rstrip("!")[1:-1] if kind.startswith("[") else kind
        return [use for each in value for use in _uses(each, inner, argument)]
    if isinstance(value, dict):
        fields = INPUT_TYPES.get(bare(kind), {})
        return [use for name, each in value.items() for use in _uses(each, fields.get(name, ""), argument)]
    return []


def _variables(operation: Operation, uses: list[Use]) -> Iterator[Fault]:
    defined = {each.name: each for each in operation.definitions}
    used = {use.name for use in uses}
    for use in uses:
        definition = defined.get(use.name)
        if definition is None:
            yield Fault(f'Variable "${use.name}" is not defined', (use.argument,))
        elif use.kind and not _may_stand(use.kind, _effective(definition)):
            told = (
                f'Variable "{use.name}" of type "{use.kind}" used in position expecting type '
                f'"{_effective(definition)}"'
            )
            yield Fault(told, (definition.place, use.place))
    for name, definition in defined.items():
        if name not in used:
            of = f' by operation "{operation.name}"' if operation.name else ""
            yield Fault(f'Variable "${name}" is not used{of}', (definition.place,))


def _effective(definition: Definition) -> str:
    nullable = not definition.kind.endswith("!")
    return f"{definition.kind}!" if nullable and definition.has_default else definition.kind


def _may_stand(expected: str, given: str) -> bool:
    """Return whether a variable of a type may stand where another is expected."""
    if expected.endswith("!"):
        return given.endswith("!") and _may_stand(expected[:-1], given[:-1])
    if expected.startswith("["):
        return given.startswith("[") and given.endswith("]") and _may_stand(expected[1:-1], given[1:-1])
    return expected == given.removesuffix("!")


def _conflicts(selections: tuple[Field, ...]) -> Iterator[Fault]:
    first: dict[str, Field] = {}
    advice = "Use different aliases on the fields to fetch both if this was intentional."
    for each in selections:
        other = first.setdefault(each.key, each)
        places = (other.place, each.place)
        if other.name != each.name:
            why = f'because "{other.name}" and "{each.name}" are different fields'
            yield Fault(f'Fields "{each.key}" conflict {why}. {advice}', places)
        elif _given(other) != _given(each):
            why = "because they have differing arguments"
            yield Fault(f'Fields "{each.key}" conflict {why}. {advice}', places)


def _given(selected: Field) -> dict[str, Any]:
    return {argument.name: argument.value for argument in selected.arguments}
