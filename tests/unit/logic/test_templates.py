"""Templates of deliveries."""

import pytest

from ratchet_web.logic.templates import rendered, unknown_places

VALUES = {"output": {"name": "Ann", "list": [1, {"deep": None}], "yes": True}, "jobId": "7"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain { text }", "plain { text }"),
        ("{{jobId}}", '"7"'),
        ("{{ output.name }}!", '"Ann"!'),
        ("{{output.list}}", '[1, {"deep": null}]'),
        ("{{output.list.0}} {{output.list.1.deep}} {{output.list.2}}", "1 null null"),
        ("{{output.yes}} {{output.none.more}}", "true null"),
        ('{"a": {{output.name}}}', '{"a": "Ann"}'),
    ],
)
def test_each_place_is_filled_in_with_json(template, text):
    assert rendered(template, VALUES) == text


def test_what_is_filled_in_is_not_a_template_again():
    assert rendered("{{output}}", {"output": "{{jobId}}", "jobId": "7"}) == '"{{jobId}}"'


def test_places_that_nothing_fills_are_known_beforehand():
    assert unknown_places("{{output.a}} {{ secret.b }} {{}}", ["output"]) == ["secret.b", ""]
