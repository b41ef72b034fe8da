"""JSON that a person typed."""

import pytest

from ratchet_web.logic.json_text import parsed


@pytest.mark.parametrize(("text", "value"), [("", None), (" ", None), ('{"a": 1}', {"a": 1}), ("null", None)])
def test_a_text_has_a_value(text, value):
    assert parsed(text) == value


def test_whole_numbers_stay_whole_as_far_as_a_browser_can_hold_them():
    assert parsed("1" + "0" * 308) == 10**308


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1e999}', "1.8e308"),
        ("[-1e400]", "1.8e308"),
        ("[NaN]", "NaN"),
        ("1" + "0" * 400, "1.8e308"),
        ("9" * 5_000, "1.8e308"),
        ('"\\ud800"', "half of a character"),
        ('{"\\uDFFF": 1}', "half of a character"),
        ('"\ud800"', "half of a character"),
    ],
)
def test_what_could_not_be_sent_on_is_refused_in_words(text, said):
    with pytest.raises(ValueError, match=said):
        parsed(text)


@pytest.mark.parametrize("text", ["{", "NaN", "[1e999]", "[" * 200_000, "-Infinity"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
