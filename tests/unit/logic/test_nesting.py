"""How deeply JSON is nested."""

import json

import pytest

from ratchet_web.logic.nesting import DEPTH_LIMIT, too_deep


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
