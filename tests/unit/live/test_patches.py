import random
from typing import Any

import pytest

from ratchet_web.live.patches import State, patch, snapshot
from tests.doubles.rooms import Browser

ONE = {"id": "1", "a": 1, "b": 2}
TWO = {"id": "2", "a": 1, "b": 2}


def state(*rows: dict[str, Any], version: int = 1, about: dict[str, Any] | None = None) -> State:
    return State(version, 1000 + version, {row["id"]: row for row in rows}, about or {})


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (state(ONE), state({**ONE, "a": 9}), {"set": {"1": {"a": 9}}}),
        (state(ONE), state(TWO, ONE), {"set": {}, "new": [TWO], "order": ["2", "1"]}),
        (state(ONE), state(ONE, TWO), {"set": {}, "new": [TWO], "order": ["1", "2"]}),
        (state(ONE, TWO), state(TWO), {"set": {}, "gone": ["1"], "order": ["2"]}),
        (state(ONE, TWO), state(TWO, ONE), {"set": {}, "order": ["2", "1"]}),
        (state(ONE), state(ONE, about={"total": 1}), {"set": {}, "about": {"total": 1}}),
        (state(ONE), state({"id": "1", "a": 1}), {"set": {"1": {"b": None}}}),
        (state(ONE), state({**ONE, "c": 3}), {"set": {"1": {"c": 3}}}),
    ],
)
def test_a_patch_says_what_changed_and_nothing_else(old: State, new: State, changes: dict[str, Any]) -> None:
    assert patch("t", old, new) == {"topic": "t", "version": 1, "at": 1001, **changes}


def test_no_change_no_patch() -> None:
    assert patch("t", state(ONE, about={"x": [1]}), state(dict(ONE), version=2, about={"x": [1]})) is None


def test_a_snapshot_has_everything() -> None:
    told = snapshot("t", state(TWO, ONE, about={"total": 2}))
    assert told == {"topic": "t", "version": 1, "at": 1001, "rows": [TWO, ONE], "about": {"total": 2}}


@pytest.mark.parametrize("seed", range(50))
def test_a_browser_that_applies_patches_sees_what_the_server_has(seed: int) -> None:
    dice, browser = random.Random(seed), Browser()
    known = state(ONE)
    browser.receive(snapshot("t", known))
    for _ in range(30):
        ids = dice.sample("123456789", dice.randint(0, 9))
        rows = ({"id": id, "a": dice.randint(0, 2), "b": dice.randint(0, 2)} for id in ids)
        new = state(*rows, version=known.version + 1, about={"total": dice.randint(0, 1)})
        if message := patch("t", known, new):
            browser.receive(message)
            known = new
        assert list(browser.rows["t"].values()) == list(new.rows.values())
        assert browser.about["t"] == new.about
