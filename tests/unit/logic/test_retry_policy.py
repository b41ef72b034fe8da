"""How long retries are waited for: what the server does lies within what is told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ratchet_web.cli.places import ROOT
from ratchet_web.logic.retry_policy import MOST_SHOWN, coming, in_words, read_policy, wait_s
from ratchet_web.models.jobs import RetryPolicy
from ratchet_web.server.retries import retry_delay_ms

TABLE = json.loads((ROOT / "tests" / "data" / "retry_waits.json").read_text())
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def policy(**given: Any) -> RetryPolicy:
    return RetryPolicy.model_validate(given)


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_the_server_waits_within_what_is_told(case: dict[str, Any]) -> None:
    asked = RetryPolicy.model_validate(case["policy"])
    assert wait_s(asked, case["retries"]) == pytest.approx((case["least"], case["most"]))
    waits = [retry_delay_ms(case["retries"], asked, chance) for chance in (0, 0.5, 1)]
    assert case["least"] * 1000 - 1 <= min(waits) <= max(waits) <= case["most"] * 1000
    assert waits[0] == pytest.approx(case["least"] * 1000, abs=1)


def test_the_instants_to_come_follow_each_other() -> None:
    found = coming(policy(delay_seconds=10, jitter=0.1), 1, 3, NOON)
    assert [(each.number, each.least_s, each.most_s) for each in found] == [(2, 18, 22), (3, 36, 44)]
    assert found[1].earliest == NOON + timedelta(seconds=54)
    assert found[1].latest == NOON + timedelta(seconds=66)


def test_without_a_beginning_only_the_waits_are_known() -> None:
    (only,) = coming(policy(), 0, 1)
    assert (only.earliest, only.latest) == (None, None)


@pytest.mark.parametrize(("used", "most", "many"), [(3, 3, 0), (5, 3, 0), (0, 100, MOST_SHOWN)])
def test_no_more_than_are_left_and_can_be_looked_at(used: int, most: int, many: int) -> None:
    assert len(coming(policy(), used, most, NOON)) == many


def test_no_calendar_is_too_short() -> None:
    late = coming(
        policy(delay_seconds=86_400, max_delay_seconds=604_800), 0, 2, datetime.max.replace(tzinfo=UTC)
    )
    assert [each.earliest for each in late] == [None, None]


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ({"backoff": "FIXED", "delaySeconds": 3}, True),
        ({"backoff": "fixed"}, True),
        ({"backoff": "LINEAR"}, False),
        ({"delaySeconds": "soon"}, False),
        ({"else": 1}, False),
        (None, False),
        ([1], False),
    ],
)
def test_a_policy_that_is_not_understood_is_not_guessed(told: Any, known: bool) -> None:
    assert (read_policy(told) is not None) is known


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {},
            "Waits 2 s before the first retry, then twice as long each time, 5 m at most; each wait",
        ),
        ({"backoff": "FIXED", "delay_seconds": 90, "jitter": 0}, "Waits 1 m 30 s before each retry."),
        (
            {"backoff": "FIXED", "delay_seconds": 90, "max_delay_seconds": 1.5},
            "Waits 1 s 500 ms before each retry;",
        ),
    ],
)
def test_a_policy_in_words(given: dict[str, Any], words: str) -> None:
    assert in_words(policy(**given)).startswith(words)
