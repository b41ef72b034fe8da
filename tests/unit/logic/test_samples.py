"""A sample fits its schema: judged by jsonschema, as the server judges inputs."""

import itertools
import json
import math
import re
import sys
import tracemalloc
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ratchet_web.logic.patterns import LONGEST, matching
from ratchet_web.logic.samples import PARTS_LIMIT, TEXT_LIMIT, TEXTS, WORK_LIMIT, sample
from ratchet_web.state.tasks_edit import INPUT_TEMPLATE

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
    {"type": "object", "properties": {"greeting": {"type": "string"}}, "required": ["greeting"]},
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
MANY_ANCHORS = {
    "$defs": {f"d{n}": {"$anchor": f"a{n}", "type": "integer"} for n in range(5)},
    "type": "object",
    "properties": {f"p{n}": {"allOf": [{"$ref": f"#a{m}"} for m in range(5)]} for n in range(400)},
}
DEEP: Any = {"type": "integer"}
for _ in range(200):
    DEEP = {"type": "object", "properties": {"a": DEEP}, "required": ["a"]}
WIDE = {
    "type": "array",
    "minItems": 1000,
    "items": {"type": "array", "minItems": 1000, "items": {"type": "array", "minItems": 1000, "items": {}}},
}
BIG_NAMES = {f"p{n}": True for n in range(3_000)}
# Each of these is small, and says more and more where its parts are put into one another.
HOSTILE = {
    "five members that are needed": {
        "type": "object",
        "properties": {f"p{n}": {"$ref": "#"} for n in range(5)},
        "required": [f"p{n}" for n in range(5)],
    },
    "ten members that are needed": {
        "type": "object",
        "properties": {f"p{n}": {"$ref": "#"} for n in range(10)},
        "required": [f"p{n}" for n in range(10)],
    },
    "items that are needed": {"type": "array", "items": {"$ref": "#"}, "minItems": 20},
    "items that are contained": {"type": "array", "contains": {"$ref": "#"}, "minItems": 2},
    "a member of any name": {
        "type": "object",
        "additionalProperties": {"$ref": "#"},
        "minProperties": 1,
    },
    "members of any name": {
        "type": "object",
        "additionalProperties": {"$ref": "#"},
        "minProperties": 20,
    },
    "anchors": MANY_ANCHORS,
    "names put together again and again": {
        "$defs": {"big": {"properties": BIG_NAMES}},
        "type": "object",
        "properties": {f"p{n}": {"allOf": [{"$ref": "#/$defs/big"}] * 30} for n in range(500)},
    },
    "names that are needed again and again": {
        "$defs": {"big": {"properties": BIG_NAMES, "required": list(BIG_NAMES)}},
        "type": "array",
        "items": {"$ref": "#/$defs/big"},
        "minItems": 20,
    },
    "a large value again and again": {
        "$defs": {"big": {"default": ["x" * 1_000] * 100}},
        "type": "object",
        "properties": {f"p{n}": {"$ref": "#/$defs/big"} for n in range(500)},
    },
}


class Counted(dict[str, Any]):
    """An object of a schema that counts how many members were looked at, of it and of all others."""

    seen = 0

    def items(self) -> Any:
        Counted.seen += len(self) + sum(
            len(part) for part in map(self.get, ("properties", "required")) if part
        )
        return super().items()

    def values(self) -> Any:
        Counted.seen += len(self)
        return super().values()


@pytest.mark.parametrize("schema", HOSTILE.values(), ids=HOSTILE)
def test_the_work_for_a_hostile_schema_is_counted(schema: Any) -> None:
    counted = json.loads(json.dumps(schema), object_pairs_hook=Counted)
    Counted.seen = 0
    made = json.dumps(sample(counted))
    assert Counted.seen <= WORK_LIMIT + 2 * len(json.dumps(schema))
    assert len(made) <= 2 * WORK_LIMIT


@pytest.mark.parametrize("wanted", [5, 10])
def test_members_that_are_needed_use_no_more_than_there_are_parts(wanted: int) -> None:
    names = [f"p{n}" for n in range(wanted)]
    schema: Any = {"type": "object", "properties": {name: {"$ref": "#"} for name in names}, "required": names}
    assert json.dumps(sample(schema)).count("{") <= PARTS_LIMIT


def test_what_is_needed_is_there_also_after_very_much_that_is_not() -> None:
    names = [f"p{n}" for n in range(2 * PARTS_LIMIT)]
    schema: Any = {
        "type": "object",
        "properties": {**{name: {"type": "boolean"} for name in names}, "last": {"type": "integer"}},
        "required": ["last"],
    }
    made = sample(schema)
    assert isinstance(made, dict)
    assert made["last"] == 1
    assert PARTS_LIMIT / 4 < len(made) <= PARTS_LIMIT
    assert list(made) == [*names[: len(made) - 1], "last"]


EDGES = [
    0,
    1,
    -3,
    5e-324,
    0.1,
    1e-10,
    2.5,
    1e300,
    1e308,
    -1e308,
    10**308,
    1.7e308,
    10**400,
    -(10**400),
    sys.float_info.max,
    float("inf"),
]
ENDS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]


@pytest.mark.parametrize("step", [None, *EDGES], ids=lambda step: f"{step}"[:9])
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_numbers_of_any_size_give_a_number(kind: str, step: float | None) -> None:
    for first, second in itertools.combinations(ENDS, 2):
        for one, other in itertools.product(EDGES, EDGES):
            number: Any = {"type": kind, first: one, second: other, "multipleOf": step}
            found: Any = sample({"type": "array", "items": number, "minItems": 3})
            for made in found:
                assert isinstance(made, int | float)
                assert math.isfinite(made)


@pytest.mark.parametrize(
    ("schema", "nearest"),
    [
        ({"minimum": 1e308, "multipleOf": 1e-10}, 1e308),
        ({"maximum": -1e308, "multipleOf": 1e-10}, -1e308),
        ({"type": "integer", "minimum": 2.5, "multipleOf": 5e-324}, 3),
        ({"minimum": 1.7e308, "exclusiveMinimum": 1.7e308, "multipleOf": 1.7e308}, 1.7e308),
        ({"minimum": 1.7e308, "maximum": 1.6e308}, 1.65e308),
    ],
)
def test_where_no_number_fits_the_nearest_is_taken(schema: Any, nearest: float) -> None:
    assert sample(schema) == pytest.approx(nearest)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"$ref": "https://elsewhere.example/x"},
        {"$ref": "#/nowhere"},
        {"$ref": "#/allOf/" + "9" * 5_000, "allOf": [{}]},
        {"type": "string", "pattern": "^" + "(" * 9 + "a" + "{100})" * 9 + "$"},
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


TOO_LONG = ["(((a{99}){99}){99})", "a" * 1_001]


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)b", "\\bword", "[z-a]", "(", "a{5000}", "*", "[", "\\", *TOO_LONG],
    ids=lambda text: text[:20],
)
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
