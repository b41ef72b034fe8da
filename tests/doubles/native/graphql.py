"""`/graphql`: the same lists and rows as REST has, several in one request, and outside the limiter."""

import json
from typing import Any

from starlette.responses import Response

from tests.doubles.native import answers, lists
from tests.doubles.native.call import Call
from tests.doubles.native.graphql_language import Enum, Field, Operation, SyntaxFaultError, parse
from tests.doubles.native.graphql_resolvers import RESOLVERS, Values
from tests.doubles.native.graphql_rules import Fault, UndefinedError, check, filled
from tests.doubles.native.graphql_schema import INPUT_TYPES, OBJECT_TYPES, bare
from tests.doubles.native.instants import relaxed
from tests.doubles.native.json_text import any_value
from tests.doubles.native.shapes import struct, text_value

REQUEST = struct("Request", {}, {"query": text_value, "operationName": text_value, "variables": any_value})


def handle(call: Call) -> Response:
    """Answer 200 whatever is wrong, once the body is JSON."""
    sent = call.read(REQUEST)
    try:
        return answers.value({"data": _executed(call, sent)})
    except RefusedError as faults:
        return answers.value({"data": None, "errors": [fault.shown() for fault in faults.faults]})
    except NotImplementedError as missing:
        return answers.text(501, str(missing))


class RefusedError(Exception):
    """One error, wherever it is, leaves nothing of the answer."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def _executed(call: Call, sent: Values) -> Values:
    variables = sent["variables"] if isinstance(sent["variables"], dict) else {}
    try:
        operations = parse(sent["query"] or "")
    except SyntaxFaultError as fault:
        raise RefusedError(Fault(str(fault), (fault.place,) if fault.place else ())) from fault
    faults = [fault for each in operations for fault in check(each, variables)]
    if faults:
        raise RefusedError(*faults)
    operation = _chosen(operations, sent["operationName"])
    if operation.kind == "subscription":
        raise RefusedError(Fault("Subscriptions are not supported on this transport."))
    return _resolved(call, operation, variables)


def _chosen(operations: list[Operation], name: str | None) -> Operation:
    if name is not None:
        named = [each for each in operations if each.name == name]
        if not named:
            raise RefusedError(Fault(f'Unknown operation named "{name}"'))
        return named[0]
    if len(operations) > 1:
        raise RefusedError(Fault("Operation name required in request."))
    return operations[0]


def _resolved(call: Call, operation: Operation, variables: Values) -> Values:
    defaults = {each.name: each.default for each in operation.definitions if each.has_default}
    declared = {each.name for each in operation.definitions}
    known = {**defaults, **{name: value for name, value in variables.items() if name in declared}}
    root = "Mutation" if operation.kind == "mutation" else "Query"
    answer: Values = {}
    for field in operation.selections:
        if field.name == "__typename":
            answer[field.key] = root
            continue
        kind = OBJECT_TYPES[root][field.name].kind
        try:
            found = RESOLVERS[field.name](call, _given(field, root, known))
        except lists.BannedSearchError:
            told = "Validation error: SQL injection attempt detected"
            raise RefusedError(Fault(told, (field.place,), (field.key,))) from None
        except ValueError as error:
            raise RefusedError(Fault(str(error), (field.place,), (field.key,))) from error
        answer[field.key] = _shown(found, kind, field)
    return answer


def _given(field: Field, root: str, variables: Values) -> Values:
    """Return the arguments of a field, read as their types say."""
    kinds = OBJECT_TYPES[root][field.name].arguments
    given: Values = {}
    for argument in field.arguments:
        try:
            value = filled(argument.value, variables)
            given[argument.name] = _read(value, kinds[argument.name])
        except UndefinedError as missing:
            told = f"Variable {missing} is not defined."
            raise RefusedError(Fault(told, (argument.value_place,), (field.key,))) from missing
        except ValueError as error:
            raise RefusedError(Fault(str(error), (argument.value_place,), (field.key,))) from error
    return given


def _read(value: Any, kind: str) -> Any:
    kind = kind.removesuffix("!")
    if value is None:
        return None
    if kind.startswith("["):
        return [_read(each, kind[1:-1]) for each in (value if isinstance(value, list) else [value])]
    if kind in INPUT_TYPES:
        return _read_input(value, kind)
    if kind == "GraphQLApiId" and not isinstance(value, str):
        raise ValueError(f'Expected input type "{kind}", found {_literal(value)}.')
    if kind == "DateTime":
        return _read_moment(value)
    if kind == "Int" and not -(2**31) <= value < 2**31:
        raise ValueError(f'Failed to parse "Int": Only integers from {-(2**31)} to {2**31 - 1} are accepted.')
    return value.name if isinstance(value, Enum) else value


def _read_input(value: Any, kind: str) -> Values:
    if not isinstance(value, dict):
        raise ValueError(f'Expected input type "{kind}", found {_literal(value)}.')
    try:
        return {name: _read(each, INPUT_TYPES[kind][name]) for name, each in value.items()}
    except ValueError as error:
        raise ValueError(f'{error} (occurred while parsing "{kind}")') from error


def _read_moment(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f'Expected input type "DateTime", found {_literal(value)}.')
    ns = relaxed(value)
    if ns is None:
        early = relaxed(f"{value}Z") is not None
        told = "premature end of input" if early else "input contains invalid characters"
        raise ValueError(f'Failed to parse "DateTime": {told}')
    return ns


def _literal(value: Any) -> str:
    return value.name if isinstance(value, Enum) else json.dumps(value)


def _shown(value: Any, kind: str, field: Field) -> Any:
    """Return the selected fields of a value, in lists as well."""
    name = bare(kind)
    if value is None or name not in OBJECT_TYPES:
        return value
    if isinstance(value, list):
        return [_shown(each, name, field) for each in value]
    shown: Values = {}
    for each in field.selections:
        if each.name == "__typename":
            shown[each.key] = name
        else:
            shown[each.key] = _shown(value[each.name], OBJECT_TYPES[name][each.name].kind, each)
    return shown
