"""JSON Schema 2020-12: is a schema valid, and does a value fit it. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema_specifications import REGISTRY
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    # The process that judges starts faster without.
    from pydantic import JsonValue

FAULT_LIMIT = 20
_MESSAGE_LIMIT = 300
# What the validator raises for a schema whose parts are of the wrong kind, or of absurd size.
_UNUSABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
_KINDS = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a text"}
# A schema of other words may name members elsewhere.
_PLAIN = frozenset({"$schema", "$id", "title", "description", "type", "properties", "required", "examples"})
_TYPES = "array, boolean, integer, null, number, object, string"


class Fault(NamedTuple):
    """What is wrong at one place. `path` is dotted, from the name of the whole: `input.items.0.price`.

    `code` is the word of the schema that was broken, for programs: `REQUIRED`, `MIN_LENGTH`.
    """

    path: str
    message: str
    code: str = ""


def schema_faults(schema: JsonValue, root: str) -> list[Fault]:
    """Return why this is no usable JSON Schema, at most `FAULT_LIMIT` faults; None is no schema, and fine."""
    if schema is None or isinstance(schema, bool):
        return []
    if not isinstance(schema, dict):
        return [Fault(root, f"must be a JSON Schema: an object, not {_kind(schema)}")]
    meta = Draft202012Validator(
        Draft202012Validator.META_SCHEMA,
        registry=REGISTRY,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
    return _collect(meta, schema, root) or list(islice(_lost_references(schema, root), FAULT_LIMIT))


def value_faults(schema: JsonValue, value: JsonValue, root: str) -> list[Fault]:
    """Return where `value` breaks a valid `schema`, at most `FAULT_LIMIT` faults; None allows everything."""
    return judge_of(schema, root)(value)


def judge_of(schema: JsonValue, root: str) -> Callable[[JsonValue], list[Fault]]:
    """Return what finds faults as `value_faults` does, for many values of one schema."""
    if schema is None:
        return lambda value: []
    if isinstance(schema, bool):
        return lambda value: [] if schema else [Fault(root, "is not allowed by the schema")]
    if not isinstance(schema, dict):
        return lambda value: [Fault(root, "has a schema that is no JSON Schema")]
    validator = Draft202012Validator(schema, registry=REGISTRY)
    return lambda value: _collect(validator, value, root)


def unnamed_properties(schema: JsonValue, value: JsonValue) -> list[str]:
    """Return the members of an object that a plain schema allows, but does not name."""
    if not isinstance(schema, dict) or not isinstance(value, dict) or not _PLAIN.issuperset(schema):
        return []
    named = schema.get("properties")
    return [name for name in value if name not in named] if isinstance(named, dict) else []


def _collect(validator: Draft202012Validator, value: JsonValue, root: str) -> list[Fault]:
    try:
        found = [_fault(error, root) for error in islice(validator.iter_errors(value), FAULT_LIMIT)]
    except Unresolvable as error:
        return [
            Fault(root, f"has a schema with a reference that leads nowhere: {str(error)[:_MESSAGE_LIMIT]}")
        ]
    except RecursionError:
        return [Fault(root, "is nested too deeply to be checked")]
    except _UNUSABLE as error:
        return [Fault(root, f"has a schema that cannot be used: {str(error)[:_MESSAGE_LIMIT]}")]
    return list(dict.fromkeys(found))


def _fault(error: ValidationError, root: str) -> Fault:
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(error.validator or "false")).upper().lstrip("$")
    return _named(error, root)._replace(code=code)


def _named(error: ValidationError, root: str) -> Fault:
    path = ".".join([root, *(str(part) for part in error.absolute_path)])
    value: object = error.instance
    wanted: Any = error.validator_value
    match error.validator:
        case "required" if isinstance(value, dict):
            # One error per missing name; only its message says which.
            name = next((n for n in wanted if error.message.startswith(repr(n))), "")
            return Fault(f"{path}.{name}", "is required")
        case "additionalProperties" | "unevaluatedProperties" if wanted is False:
            return Fault(path, error.message[:_MESSAGE_LIMIT])
        case "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            return Fault(path, f"must be of type {' or '.join(names)}, not {_kind(value)}")
        case "anyOf" if error.absolute_path and error.absolute_path[-1] == "type":
            return Fault(path, f"must be one of {_TYPES}, or a list of them")
        case "format" if wanted == "regex":
            return Fault(path, f"“{value}” is no regular expression"[:_MESSAGE_LIMIT])
    text = error.message
    return Fault(path, text if len(text) <= _MESSAGE_LIMIT else f"breaks “{error.validator}” of the schema")


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "an array" if isinstance(value, list) else "an object")


def _lost_references(schema: dict[str, JsonValue], root: str) -> Iterator[Fault]:
    """Find each `$ref` that does not lead to a place inside the schema or to a published meta schema."""
    resolver = REGISTRY.resolver_with_root(DRAFT202012.create_resource(schema))
    for path, reference in _references(schema, root):
        quoted = f"“{reference[:_MESSAGE_LIMIT]}”"
        try:
            found = resolver.lookup(reference).contents
        except (Unresolvable, *_UNUSABLE):
            yield Fault(path, f"{quoted} is not in this schema; references are never fetched")
        else:
            if not isinstance(found, dict | bool):
                yield Fault(path, f"{quoted} leads to something that is no schema")


def _references(node: JsonValue, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, child in node.items():
            if key in ("$ref", "$dynamicRef") and isinstance(child, str):
                yield f"{path}.{key}", child
            elif key not in ("const", "enum", "default", "examples"):
                yield from _references(child, f"{path}.{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _references(child, f"{path}.{index}")
