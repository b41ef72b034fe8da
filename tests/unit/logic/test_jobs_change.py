"""What a form changes of a job, and what somebody else did meanwhile."""

from typing import Any

import pytest

from ratchet_web.logic.jobs_change import PLAIN, base_of, came_between, read_change
from ratchet_web.models.jobs import Job

AT = "2026-12-01T08:00:00Z"


def job(**given: Any) -> Job:
    row = {"id": "7", "status": "QUEUED", "priority": "NORMAL", "max_retries": 3, "scheduled_for": AT}
    return Job.model_validate(row | given)


def test_only_what_is_named_is_changed_and_no_time_is_now() -> None:
    assert read_change({"priority": "HIGH"})[0].wire() == {"priority": "HIGH"}
    assert read_change({"scheduled_for": "", "max_retries": "0"})[0].wire() == {
        "scheduledFor": None,
        "maxRetries": 0,
    }
    assert read_change({"scheduled_for": AT})[0].wire() == {"scheduledFor": AT}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"priority": "SOON"}, "priority"),
        ({"priority": ""}, "priority"),
        ({"max_retries": ""}, "maxRetries"),
        ({"max_retries": "101"}, "maxRetries"),
        ({"scheduled_for": "tomorrow"}, "scheduledFor"),
        ({"status": "COMPLETED"}, ""),
        ({"attempt": "x"}, ""),
        ("priority", "options"),
    ],
)
def test_what_makes_no_sense_is_said_of_its_field(given: Any, field: str) -> None:
    _, wrong = read_change(given)
    assert [each["field"] for each in wrong] == [field]


def test_nothing_came_between() -> None:
    assert came_between(base_of(job()), job()) == ""
    assert base_of(job(scheduled_for=None, max_retries=None)) == {
        "priority": "NORMAL",
        "scheduled_for": "",
        "max_retries": "",
        "retry_policy": "",
        "output_destinations": "",
    }
    # A form of a server that changes nothing of these two does not know them.
    plain = {name: base_of(job())[name] for name in PLAIN}
    assert came_between(plain, job(retry_policy={"delaySeconds": 5})) == ""


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"priority": "HIGH", "max_retries": 5}, "its priority became high and its retries became 5"),
        ({"scheduled_for": "2026-12-01T09:30:00Z"}, "it was put to 2026-12-01 09:30:00 UTC"),
        ({"scheduled_for": None}, "it was put to as soon as a worker is free"),
        ({"status": "PROCESSING"}, "Nothing was changed: job 7 runs by now."),
        ({"status": "CANCELLED"}, "job 7 was cancelled meanwhile"),
        ({"status": "PAUSED"}, "job 7 is paused"),
    ],
)
def test_what_came_between_is_said_with_the_new_state(now: dict[str, Any], words: str) -> None:
    assert words in came_between(base_of(job()), job(**now))


def test_a_base_that_is_none_hides_no_change() -> None:
    assert "its priority became normal" in came_between("nonsense", job())
