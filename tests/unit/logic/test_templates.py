"""Templates of deliveries."""

import pytest

from ratchet_web.logic.templates import TooLongError, rendered, unknown_places

MOST = 1_000
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
    assert rendered(template, VALUES, MOST) == text


def test_what_is_filled_in_is_not_a_template_again():
    assert rendered("{{output}}", {"output": "{{jobId}}", "jobId": "7"}, MOST) == '"{{jobId}}"'


def test_places_that_nothing_fills_are_known_beforehand():
    assert unknown_places("{{output.a}} {{ secret.b }} {{}}", ["output"]) == ["secret.b", ""]


def test_spaces_that_nothing_closes_take_no_time():
    # With a pattern that can split them in three ways, a thousand take seconds and these would take years.
    assert unknown_places("{{" + " " * 65_000, ["output"]) == []


def test_an_output_that_is_named_often_fills_no_memory():
    with pytest.raises(TooLongError, match="1000 characters"):
        rendered("{{output}}" * 6_000, {"output": "x" * 10_000}, MOST)
