"""A retry policy and destinations as texts of a form: read, written, and without their secrets."""

import json
from typing import Any

import pytest

from ratchet_web.logic.work_texts import (
    ANOTHER,
    destinations_of,
    destinations_text,
    faults,
    policy_of,
    policy_text,
)
from ratchet_web.models.jobs import RetryPolicy

POLICY = {"backoff": "FIXED", "delaySeconds": 60.0, "maxDelaySeconds": 300.0, "jitter": 0.2}


def hook(**more: Any) -> dict[str, Any]:
    return {"destinationType": "WEBHOOK", "webhook": {"url": "https://hooks.test/in", **more}}


def test_a_policy_is_written_as_it_is_read() -> None:
    assert json.loads(policy_text(POLICY)) == POLICY
    assert policy_text(policy_of(policy_text(POLICY))) == policy_text(POLICY)
    # What is not said is meant all the same.
    assert policy_text({"backoff": "FIXED", "delaySeconds": 60}) == policy_text(POLICY)
    assert (policy_text(None), policy_of(" ")) == ("", None)
    assert json.loads(policy_text({"steps": [1, 2]})) == {"steps": [1, 2]}


def test_no_secret_stands_in_a_text() -> None:
    basic = {"authType": "BASIC", "basic": {"username": "me", "password": "pa55"}}
    given = [hook(authentication=basic, headers={"X-Team": "blue", "X-Token": "t0k"})]
    read = destinations_of(json.dumps(given))
    assert read is not None
    for value in (given, read):
        (row,) = json.loads(destinations_text(value))
        assert row["webhook"]["authentication"]["basic"] == {"username": "me", "password": "***"}
        assert row["webhook"]["headers"] == {"X-Team": "blue", "X-Token": "***"}
    assert ANOTHER in destinations_text(read, ANOTHER)
    # A mask is no other secret, and what is no destination of ours stays as it is.
    assert ANOTHER not in destinations_text([hook(headers={"X-Token": "***"})], ANOTHER)
    assert json.loads(destinations_text([{"destinationType": "PIGEON"}])) == [{"destinationType": "PIGEON"}]
    assert (destinations_text(None), destinations_text([]), destinations_of("[]")) == ("", "", None)


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        (
            "retry_policy",
            '{"jitter": 2, "delaySeconds": "soon"}',
            ["retryPolicy.delaySeconds", "retryPolicy.jitter"],
        ),
        ("retry_policy", "{", ["retryPolicy"]),
        ("output_destinations", json.dumps([hook(url="x")]), ["outputDestinations.0.webhook.url"]),
    ],
)
def test_what_is_wrong_is_placed_without_what_was_typed(name: str, text: str, places: list[str]) -> None:
    read = policy_of if name == "retry_policy" else destinations_of
    with pytest.raises(ValueError, match=r".") as caught:
        read(text)
    assert list(faults(name, caught.value)) == places


def test_the_defaults_are_those_of_the_model() -> None:
    assert policy_text(RetryPolicy()) == policy_text({"backoff": "EXPONENTIAL"})
