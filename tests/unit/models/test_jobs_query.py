"""What an address asks of the list of jobs, and what that means now."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ratchet_web.models.jobs import Job, JobQuery, is_due

NOW = datetime.now(UTC)
SOON, AGO = (NOW + timedelta(hours=1)).isoformat(), (NOW - timedelta(hours=1)).isoformat()
NOON = "2026-01-31T12:00:00.000Z"


def query(**given: str) -> JobQuery:
    parsed, bad = JobQuery.parse(given)
    assert not bad
    return parsed


def test_each_filter_goes_to_the_server_by_the_name_of_the_contract() -> None:
    given = {
        "status": "FAILED",
        "priority": "HIGH",
        "task": "3",
        "schedule": "4",
        "due": "0",
        "scheduled": "1",
        "retries_left": "1",
        "min_retries": "2",
        "error": "1",
        "text": "a b",
    }
    asked = query(**given, since=NOON, until=NOON, due_since=NOON, due_until=NOON)
    assert asked.filters() == {
        "status": "FAILED",
        "priority": "HIGH",
        "task_id": "3",
        "schedule_id": "4",
        "queued_after": NOON,
        "queued_before": NOON,
        "due_now": "false",
        "is_scheduled": "true",
        "scheduled_after": NOON,
        "scheduled_before": NOON,
        "has_retries_remaining": "true",
        "retry_count_gte": "2",
        "has_error": "true",
        "error_message_like": "a b",
    }
    assert query(**dict(parse_qsl(asked.address().partition("?")[2]))) == asked


def test_a_range_becomes_exact_at_each_look() -> None:
    asked = query(range="24h", status="FAILED")
    assert asked.address() == "/jobs?status=FAILED&range=24h"
    assert asked.as_of(datetime(2026, 2, 1, 12, tzinfo=UTC)).filters()["queued_after"] == NOON
    assert query(range="1h", until=NOON).as_of(NOW).filters() == {"queued_before": NOON}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due", "maybe"),
        ("min_retries", "-1"),
        ("due_since", "soon"),
        ("schedule", "x"),
        ("retries_left", "2"),
    ],
)
def test_nonsense_is_named_and_the_rest_stands(name: str, value: str) -> None:
    parsed, bad = JobQuery.parse({"status": "FAILED", name: value})
    assert (bad, parsed) == ((name,), query(status="FAILED"))


@pytest.mark.parametrize(
    ("given", "row", "missed"),
    [
        ({"due": "1"}, {"status": "QUEUED"}, ()),
        ({"due": "1"}, {"status": "RETRYING", "scheduled_for": SOON}, ("due",)),
        ({"due": "1"}, {"status": "PROCESSING"}, ("due",)),
        ({"due": "0"}, {"status": "QUEUED", "scheduled_for": SOON}, ()),
        ({"due": "0"}, {"status": "QUEUED", "scheduled_for": AGO}, ("due",)),
        ({"due": "0"}, {"status": "COMPLETED"}, ()),
        ({"scheduled": "1"}, {"scheduled_for": None}, ("scheduled",)),
        ({"due_since": NOON}, {"scheduled_for": None}, ("due_since",)),
        ({"retries_left": "1"}, {"retry_count": 1, "max_retries": 2}, ()),
        ({"retries_left": "0"}, {"retry_count": 1, "max_retries": 2}, ("retries_left",)),
        ({"retries_left": "0"}, {"retry_count": None, "max_retries": 2}, ("retries_left",)),
        ({"min_retries": "2"}, {"retry_count": 1}, ("min_retries",)),
        ({"error": "0"}, {"error_message": "x"}, ("error",)),
        ({"text": "TIME"}, {"error_message": "Timeout"}, ()),
        ({"schedule": "4"}, {"schedule_id": "5"}, ("schedule",)),
    ],
)
def test_a_row_that_a_server_should_not_have_sent_is_known(
    given: dict[str, str], row: dict[str, Any], missed: tuple[str, ...]
) -> None:
    assert query(**given).misses(Job.model_validate({"id": "1", **row})) == missed


def test_a_moment_at_which_a_job_becomes_due_counts_as_both() -> None:
    """The server's clock is not ours, and a look takes its time."""
    job = Job.model_validate({"id": "1", "status": "QUEUED", "scheduled_for": datetime.now(UTC).isoformat()})
    assert query(due="1").misses(job) == query(due="0").misses(job) == ()
    assert is_due(job, datetime.now(UTC))
