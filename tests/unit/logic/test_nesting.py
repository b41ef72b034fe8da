"""How deeply JSON is nested."""

import json

import pytest

from ratchet_web.logic.nesting import DEPTH_LIMIT, TooDeepError, too_deep, written


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("1", False),
        ("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT, False),
        ("[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1), True),
        ('{"a":' * (DEPTH_LIMIT + 1) + "1" + "}" * (DEPTH_LIMIT + 1), True),
        (json.dumps([{}] * 1_000), False),
        (json.dumps("[" * 1_000 + '"\\'), False),
        (json.dumps({'\\"[{': "[" * 1_000}), False),
    ],
)
def test_only_nesting_counts(text, deep):
    assert too_deep(text) is deep


@pytest.mark.parametrize("value", [None, "[", {"a": [1, {}], "é": '"\\'}, []])
def test_what_is_written_reads_the_same(value):
    assert json.loads(written(value)) == value


@pytest.mark.parametrize(("begin", "wrap"), [("", list), ({}, lambda inner: {"a": inner})])
def test_what_is_written_is_nested_up_to_the_limit(begin, wrap):
    value = begin
    while text := json.dumps(value):
        if too_deep(text):
            break
        assert written(value) == json.dumps(value, separators=(",", ":"))
        value = [value] if wrap is list else wrap(value)
    with pytest.raises(TooDeepError):
        written(value)


def test_depth_is_counted_on_over_a_long_text():
    wide = ",".join(["{}"] * 50_000)
    assert not too_deep(f"[{wide},{'[' * (DEPTH_LIMIT - 1)}{']' * (DEPTH_LIMIT - 1)},{wide}]")
    assert too_deep(f"[{wide},{'[' * DEPTH_LIMIT}{']' * DEPTH_LIMIT},{wide}]")
