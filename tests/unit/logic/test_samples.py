"""A sample fits its schema: judged by jsonschema, as the server judges inputs."""

import json
import re
import tracemalloc
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ratchet_web.logic.patterns import LONGEST, matching
from ratchet_web.logic.samples import PARTS_LIMIT, TEXT_LIMIT, TEXTS, sample
from ratchet_web.state.tasks_edit import INPUT_TEMPLATE, OUTPUT_TEMPLATE

TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name"],
        }
    },
    "$ref": "#/$defs/node",
}
ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "customer": {"$ref": "#/$defs/person"},
        "items": {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "object",
                "properties": {
                    "sku": {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
                    "count": {"type": "integer"},
                },
                "required": ["sku", "count"],
                "additionalProperties": False,
            },
        },
        "note": {"type": ["string", "null"], "maxLength": 3},
    },
    "required": ["id", "customer", "items"],
    "$defs": {
        "person": {
            "type": "object",
            "properties": {
                "mail": {"type": "string", "format": "email"},
                "age": {"type": "integer", "minimum": 18},
            },
            "required": ["mail", "age"],
        }
    },
}
FITTING: list[Any] = [
    True,
    {},
    {"type": "string"},
    {"type": "string", "minLength": 12},
    {"type": "string", "maxLength": 2},
    {"type": "string", "title": "Name of it", "maxLength": 6},
    {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    {"type": "string", "pattern": "^(?:EUR|USD) \\d+\\.\\d{2}$"},
    {"type": "string", "pattern": "^[^/]+/[^/]+$", "minLength": 9},
    {"type": "string", "pattern": "\\d{4}-\\d{2}", "maxLength": 7},
    *({"type": "string", "format": name} for name in TEXTS),
    {"type": "integer"},
    {"type": "integer", "minimum": 18},
    {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
    {"type": "integer", "maximum": -5},
    {"type": "integer", "minimum": 7, "multipleOf": 5},
    {"type": "integer", "multipleOf": 0.5, "minimum": 3},
    {"type": "integer", "minimum": 2.5},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "number", "minimum": 0.25, "maximum": 0.5},
    {"type": "number", "exclusiveMaximum": 0},
    {"type": "number", "minimum": -3, "multipleOf": 0.25},
    {"type": "boolean"},
    {"type": "null"},
    {"type": ["null", "integer"]},
    {"type": ["null"]},
    {"const": None},
    {"const": {"a": 1}},
    {"enum": ["red", "green"]},
    {"type": "string", "default": "here"},
    {"type": "string", "examples": ["one", "two"]},
    {"type": "array"},
    {"type": "array", "items": {"type": "integer"}, "minItems": 3},
    {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"enum": ["a", "b", "c"]}, "minItems": 3, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": {"type": "string"}, "maxItems": 0},
    {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    {"type": "array", "contains": {"const": 7}},
    {"type": "array", "items": False},
    {"type": "object"},
    {"type": "object", "required": ["a", "b"]},
    {"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}},
    {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["c"], "maxProperties": 1},
    {"type": "object", "properties": {"a": False, "b": {"type": "string"}}},
    {"properties": {"a": {"type": "integer"}}, "required": ["a"]},
    {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 3}]},
    {"anyOf": [False, {"type": "integer"}]},
    {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"type": "integer"}}}]},
    {"allOf": [{"type": "integer", "minimum": 3}, {"minimum": 8}], "maximum": 9},
    {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "oneOf": [
            {
                "properties": {"kind": {"const": "card"}, "number": {"type": "string"}},
                "required": ["kind", "number"],
            },
            {"properties": {"kind": {"const": "cash"}}, "required": ["kind"]},
        ],
    },
    {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}},
    {"$ref": "#there", "$defs": {"x": {"$anchor": "there", "type": "boolean"}}},
    {"type": "array", "items": {"$ref": "#"}, "maxItems": 1},
    TREE,
    ORDER,
    INPUT_TEMPLATE,
    OUTPUT_TEMPLATE,
]


@pytest.mark.parametrize("schema", FITTING, ids=lambda schema: json.dumps(schema)[:80])
def test_a_sample_fits_its_schema(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)
    made = sample(schema)
    checker = Draft202012Validator.FORMAT_CHECKER
    found = list(Draft202012Validator(schema, format_checker=checker).iter_errors(made))
    assert not found, made
    assert sample(schema) == made


def test_what_the_author_wrote_goes_first() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "default": "mine", "examples": ["other"]},
            "b": {"enum": ["red", "green"]},
            "c": {"type": "boolean"},
        },
    }
    assert sample(schema) == {"a": "mine", "b": "red", "c": False}


DOUBLING = {
    "$defs": {
        f"d{n}": {"type": "object", "properties": {key: {"$ref": f"#/$defs/d{n + 1}"} for key in "ab"}}
        for n in range(40)
    },
    "$ref": "#/$defs/d0",
}
DEEP: Any = {"type": "integer"}
for _ in range(200):
    DEEP = {"type": "object", "properties": {"a": DEEP}, "required": ["a"]}
WIDE = {
    "type": "array",
    "minItems": 1000,
    "items": {"type": "array", "minItems": 1000, "items": {"type": "array", "minItems": 1000, "items": {}}},
}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"$ref": "https://elsewhere.example/x"},
        {"$ref": "#/nowhere"},
        {"type": "string", "minLength": 10**9},
        {"type": "string", "pattern": "^(a+)+$(?=x)", "minLength": 5},
        {"type": "object", "properties": [1], "required": "a"},
        {"type": 7, "enum": 3},
        {"type": "number", "minimum": 5, "maximum": 1, "multipleOf": -2},
        {"type": "integer", "minimum": 1e300},
        {"required": ["a"], "properties": {"a": {"$ref": "#"}}},
        DOUBLING,
        DEEP,
        WIDE,
        None,
        7,
        "x",
    ],
    ids=lambda schema: json.dumps(schema)[:60],
)
def test_whatever_the_schema_a_small_value_comes_out_soon(schema: Any) -> None:
    assert len(json.dumps(sample(schema))) < 100 * PARTS_LIMIT


@pytest.mark.parametrize(
    ("pattern", "shortest"),
    [
        ("^[A-Z]{3}$", 0),
        ("^\\d{3,5}$", 5),
        ("^[\\w.-]+@[\\w-]+\\.[a-z]{2,}$", 0),
        ("^#[0-9a-fA-F]{6}$", 0),
        ("^(yes|no)$", 0),
        ("^v\\d+(\\.\\d+){2}$", 0),
        ("^[^\\s]*$", 4),
        ("a?b*c+", 0),
        ("^[]x]$", 0),
    ],
)
def test_simple_patterns_are_solved(pattern: str, shortest: int) -> None:
    text = matching(pattern, shortest)
    assert text is not None
    assert re.search(pattern, text)
    assert len(text) >= shortest


@pytest.mark.parametrize("pattern", ["(?=a)b", "\\bword", "[z-a]", "(", "a{5000}", "*", "[", "\\"])
def test_other_patterns_are_not_tried(pattern: str) -> None:
    assert matching(pattern) is None


@pytest.mark.parametrize(
    "pattern", ["((((a{100}){100}){100}){50})", "(((a+b)+)+c)+", "(a{100}|b){100}", "x{100}" * 5_000]
)
def test_repetitions_inside_of_others_take_no_more_than_a_text_may_have(pattern: str) -> None:
    tracemalloc.start()
    try:
        assert matching(pattern, LONGEST) is None
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most_bytes < 100 * LONGEST


def test_a_pattern_is_solved_as_long_as_its_text_may_be_one_of_a_sample() -> None:
    assert LONGEST == TEXT_LIMIT
    assert matching("(a{100}){10}") == "a" * LONGEST
    assert matching("(a{100}){10}b") is None
    assert matching("(((a+)+)+)+", LONGEST) == "a" * LONGEST
