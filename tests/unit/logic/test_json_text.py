"""JSON that a person typed."""

import pytest

from ratchet_web.logic.json_text import parsed


@pytest.mark.parametrize(("text", "value"), [("", None), (" ", None), ('{"a": 1}', {"a": 1}), ("null", None)])
def test_a_text_has_a_value(text, value):
    assert parsed(text) == value


@pytest.mark.parametrize("text", ["{", "NaN", "[1e999]", "[" * 200_000, "-Infinity"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
