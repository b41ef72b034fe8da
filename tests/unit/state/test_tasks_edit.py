"""What is said of a task that is being written."""

import pytest

from ratchet_web.state.tasks_edit import EMPTY, TaskEdit, _schema_error, _snake


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        ('{"type": "object"}', ""),
        ("{", "This is not JSON"),
        ('{"type": "objekt"}', "schema.type"),
        ("7", "must be a JSON Schema"),
    ],
)
def test_a_schema_is_judged_as_text(text: str, part: str) -> None:
    error = _schema_error(text)
    assert (part in error) if part else not error


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("inputSchema.properties.a", "input_schema"),
        ("sourceCode", "source_code"),
        ("name", "name"),
        ("", "form"),
    ],
)
def test_fields_of_the_server_find_their_place_in_the_form(given: str, ours: str) -> None:
    assert _snake(given) == ours


def test_a_broken_schema_is_told_at_its_field_and_nothing_is_sent() -> None:
    state = TaskEdit()
    assert state._fields({"name": "a", "version": "1.0.0", "input_schema": "{", "output_schema": ""}) is None
    assert set(state.errors) == {"input_schema"}


def test_empty_schemas_are_no_schemas() -> None:
    fields = TaskEdit()._fields({"name": " a ", "version": "1.0.0", "source_code": "x", "description": ""})
    assert fields == {
        "name": "a",
        "version": "1.0.0",
        "description": None,
        "source_code": "x",
        "input_schema": None,
        "output_schema": None,
    }


def test_the_page_fills_with_what_is_there() -> None:
    state = TaskEdit()
    state._fill("", "new", EMPTY)
    assert (state.doc_key, state.draft_key) == ("new", "task.new")
    assert "async function main(input)" in state.source
    assert '"required": [' in state.input_schema
