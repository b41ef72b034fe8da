"""Semantic versions are put in their order of precedence."""

from ratchet_web.logic.versions import newest_first

RISING = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0",
    "1.2.0",
    "1.10.0",
    "2.0.0",
]


def test_the_newest_comes_first():
    assert newest_first(reversed(RISING)) == newest_first(RISING) == RISING[::-1]


def test_what_is_no_version_comes_last():
    assert newest_first(["one", "0.0.1", ""]) == ["0.0.1", "", "one"]
