"""JSON Schema: faults are named by dotted paths, and nothing is fetched."""

import pytest

from ratchet_web.logic.schemas import FAULT_LIMIT, schema_faults, value_faults

ORDER = {
    "type": "object",
    "properties": {
        "amount": {"type": "number", "minimum": 3},
        "items": {"type": "array", "items": {"type": "object", "required": ["sku"]}},
    },
    "required": ["amount"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ({"amount": 3}, []),
        ({}, ["input.amount"]),
        ({"amount": "3"}, ["input.amount"]),
        ({"amount": 1}, ["input.amount"]),
        ({"amount": 3, "items": [{"sku": 1}, {}]}, ["input.items.1.sku"]),
        ({"amount": 3, "extra": 1}, ["input"]),
        ([], ["input"]),
    ],
)
def test_a_value_is_faulted_where_it_breaks_the_schema(value, paths):
    assert [fault.path for fault in value_faults(ORDER, value, "input")] == paths


def test_messages_are_plain_and_short():
    (missing,) = value_faults(ORDER, {}, "input")
    (wrong,) = value_faults(ORDER, {"amount": "x" * 5_000}, "input")
    (long,) = value_faults({"const": 1}, "x" * 5_000, "input")
    assert missing.message == "is required"
    assert wrong.message == "must be of type number, not a text"
    assert len(long.message) < 100


def test_the_number_of_faults_is_bounded():
    assert len(value_faults({"items": {"type": "null"}}, list(range(1_000)), "input")) == FAULT_LIMIT


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("text", "inputSchema"),
        ([], "inputSchema"),
        ({"type": "strng"}, "inputSchema.type"),
        ({"properties": {"a": {"pattern": "("}}}, "inputSchema.properties.a.pattern"),
        ({"properties": {"a": {"minimum": "1"}}}, "inputSchema.properties.a.minimum"),
        ({"items": {"$ref": "http://192.0.2.1/x.json"}}, "inputSchema.items.$ref"),
        ({"items": {"$ref": "#/$defs/none"}}, "inputSchema.items.$ref"),
    ],
)
def test_a_schema_is_faulted_at_its_field(schema, path):
    assert [fault.path for fault in schema_faults(schema, "inputSchema")] == [path]


@pytest.mark.parametrize(
    "schema",
    [None, True, {}, ORDER, {"$defs": {"a": {}}, "$ref": "#/$defs/a"}, {"const": {"$ref": "nowhere"}}],
)
def test_a_good_schema_has_no_faults(schema):
    assert schema_faults(schema, "inputSchema") == []


@pytest.mark.parametrize("schema", [{"$ref": "http://192.0.2.1/x"}, {"$ref": "#/none"}, {"$ref": "#"}])
def test_a_reference_that_leads_nowhere_is_a_fault_not_a_crash(schema):
    (fault,) = value_faults(schema, {}, "input")
    assert fault.path == "input"


def test_boolean_schemas_allow_all_or_nothing():
    assert value_faults(True, 1, "input") == []
    assert len(value_faults(False, 1, "input")) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"default": 5, "$ref": "#/default/x"},
        {"$ref": "#/allOf/x", "allOf": [{}]},
        {"title": "abc", "$ref": "#/title"},
        {"pattern": "a{99999999999999999999}"},
    ],
)
def test_a_schema_that_cannot_be_used_is_faulted_and_never_raises(schema):
    assert schema_faults(schema, "inputSchema")


def test_a_value_against_an_unusable_schema_is_faulted_and_never_raises():
    assert value_faults({"title": "abc", "$ref": "#/title"}, "x", "input")
