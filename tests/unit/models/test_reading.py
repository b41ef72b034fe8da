"""Reading is lenient, writing is strict."""

import pytest
from pydantic import ValidationError

from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus, NewExecution
from ratchet_web.models.jobs import Job, JobPriority, JobStatus, NewJob
from ratchet_web.models.monitoring import Capabilities, Change, Health
from ratchet_web.models.tasks import NewTask, Task


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "1"},
        {"id": 1},
        {"id": "1", "status": None, "queuedAt": "yesterday", "durationMs": "long", "progress": []},
        {"id": "1", "status": 5, "progress": float("inf"), "canRetry": "perhaps", "unknown": {}},
    ],
)
def test_odd_fields_cost_only_themselves(odd: dict[str, object]) -> None:
    execution = Execution.model_validate(odd)
    assert (execution.id, execution.queued_at, execution.progress, execution.can_retry) == (
        "1",
        None,
        None,
        False,
    )
    assert not execution.status.known


def test_without_an_id_there_is_nothing() -> None:
    with pytest.raises(ValidationError):
        Execution.model_validate({"status": "FAILED"})


@pytest.mark.parametrize("key", ["taskId", "task_id"])
def test_both_styles_of_keys_are_read(key: str) -> None:
    assert Execution.model_validate({"id": "1", key: "7"}).task_id == "7"


@pytest.mark.parametrize("fraction", ["", ".1", ".123", ".123456", ".123456789"])
def test_times_of_any_precision_are_read(fraction: str) -> None:
    execution = Execution.model_validate({"id": "1", "queuedAt": f"2026-01-02T03:04:05{fraction}Z"})
    assert execution.queued_at is not None
    assert execution.queued_at.utcoffset() is not None


def test_words_are_read_in_either_case_and_strangers_keep_their_text() -> None:
    assert Job.model_validate({"id": "1", "status": "queued"}).status is JobStatus.QUEUED
    assert Job.model_validate({"id": "1", "priority": "urgent"}).priority is JobPriority.CRITICAL
    stranger = Execution.model_validate({"id": "1", "status": "Sleeping"})
    assert stranger.status == "Sleeping"
    assert stranger.model_dump(mode="json")["status"] == "Sleeping"


def test_what_is_missing_is_not_there() -> None:
    assert Capabilities.model_validate({}) == Capabilities()
    assert Health.model_validate({"checks": None}).checks == ()
    assert Task.model_validate({"id": "1"}).enabled


def test_the_id_of_an_event_is_no_part_of_its_body() -> None:
    change = Change(resource="jobs", id="1", event_id="e-1")
    assert "eventId" not in change.model_dump(by_alias=True)


def test_drafts_are_strict() -> None:
    with pytest.raises(ValidationError):
        NewTask(name="no spaces")
    with pytest.raises(ValidationError):
        NewExecution.model_validate({"taskId": "1", "input": {}, "extra": 1})
    with pytest.raises(ValidationError):
        NewJob(task_id="1", input={}, max_retries=-1)


def test_drafts_send_what_was_set_in_the_contracts_words() -> None:
    draft = NewJob(task_id="1", input=None, priority=JobPriority.HIGH)
    assert draft.wire() == {"taskId": "1", "input": None, "priority": "HIGH"}


@pytest.mark.parametrize(
    ("params", "bad"),
    [
        ({}, ()),
        ({"status": "failed", "other": "x"}, ()),
        ({"page": "0"}, ("page",)),
        ({"page": "x", "limit": "500"}, ("page", "limit")),
        ({"sort": "password"}, ("sort",)),
        ({"task": "1 or 1"}, ("task",)),
    ],
)
def test_an_address_is_read_as_far_as_it_makes_sense(params: dict[str, str], bad: tuple[str, ...]) -> None:
    query, found = ExecutionQuery.parse(params)
    assert found == bad
    assert query.page == 1
    assert query.status in (None, ExecutionStatus.FAILED)


def test_an_address_is_rendered_back() -> None:
    query, _ = ExecutionQuery.parse({"status": "FAILED", "page": "3"})
    assert query.address() == "/executions?page=3&status=FAILED"
    assert query.address(status=None) == "/executions"
    assert query.address(page=4) == "/executions?page=4&status=FAILED"
