"""Which judgements are cheap is decided without judging."""

import pytest
from jsonschema import Draft202012Validator

from ratchet_web.logic.judging import COSTLY, STEPS_LIMIT, is_cheap_schema, is_cheap_value
from ratchet_web.server.examples.examples import EXAMPLES

BOUNDED = {
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
}


def test_every_word_of_the_judge_is_bounded_or_costly():
    assert set(Draft202012Validator.VALIDATORS) <= BOUNDED | COSTLY


def test_the_schemas_of_the_examples_are_cheap():
    assert all(is_cheap_schema(task.output_schema) for task in EXAMPLES)
    assert all(
        is_cheap_value(task.input_schema, {"a": 1}) for task in EXAMPLES if task.name != "fetch-status"
    )


@pytest.mark.parametrize("word", sorted(COSTLY))
def test_a_costly_word_anywhere_is_not_cheap(word):
    schema = {"allOf": [{"properties": {"a": {word: "b"}}}]}
    assert not is_cheap_schema(schema)
    assert not is_cheap_value(schema, {})


@pytest.mark.parametrize("dialect", ["http://json-schema.org/draft-04/schema#", 4, None])
def test_another_dialect_is_not_cheap(dialect):
    assert not is_cheap_value({"properties": {"a": {"$schema": dialect}}}, {})


def test_the_product_of_the_sizes_decides():
    assert is_cheap_value({"items": {"type": "integer"}}, [1] * (STEPS_LIMIT // 3 - 1))
    assert not is_cheap_value({"items": {"type": "integer"}}, [1] * (STEPS_LIMIT // 3))
    assert not is_cheap_schema({"enum": [1] * 60})


def test_a_value_may_hold_any_words():
    assert is_cheap_value({"type": "object"}, {"$ref": "#", "pattern": "(a+)+$"})
