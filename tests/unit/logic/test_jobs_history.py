"""What became of a job, in order."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ratchet_web.logic.jobs_history import history
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def job(**given: Any) -> Job:
    row = {
        "id": "7",
        "status": "QUEUED",
        "queued_at": at(-10),
        "max_retries": 2,
        "retry_count": 0,
        "attempts": 0,
    }
    return Job.model_validate(row | given)


def attempt(number: int | None, **given: Any) -> Execution:
    return Execution.model_validate({"id": f"9{number}", "attempt": number, "job_id": "7", **given})


def told(*steps: Any) -> list[tuple[str, str | None, bool]]:
    return [(each.words, each.at and each.at.isoformat(), each.to_come) for each in steps]


def test_a_job_waits_for_its_time_then_for_a_worker() -> None:
    later = history(job(scheduled_for=at(5)), [], NOON)
    assert told(*later) == [("Queued", at(-10), False), ("First attempt is due", at(5), True)]
    due = history(job(scheduled_for=at(-5), schedule_id="3"), [], NOON)
    assert told(*due)[1:] == [("Due", at(-5), False), ("First attempt waits for a worker", None, True)]
    assert due[0].reason == "By schedule 3"


def test_each_attempt_has_its_beginning_and_its_end_with_the_reason() -> None:
    failed = attempt(1, status="FAILED", started_at=at(-9), completed_at=at(-8), error_message="no")
    steps = history(job(status="RETRYING", retry_count=1, attempts=1, scheduled_for=at(2)), [failed], NOON)
    assert told(*steps) == [
        ("Queued", at(-10), False),
        ("Attempt 1 started", at(-9), False),
        ("Attempt 1 failed", at(-8), False),
        ("Next attempt is due", at(2), True),
    ]
    assert (steps[1].execution, steps[2].execution) == ("91", "")
    assert (steps[2].reason, steps[2].kind) == ("no", "bad")


def test_the_end_says_that_no_retry_is_left() -> None:
    ended = job(status="FAILED", retry_count=2, attempts=3, completed_at=at(-1))
    steps = history(ended, [attempt(3, status="FAILED", started_at=at(-2), completed_at=at(-1))], NOON)
    assert told(*steps)[1] == ("2 attempts", None, False)
    assert (steps[-1].words, steps[-1].reason) == ("Failed", "All 2 retries are used.")
    assert history(job(status="FAILED", max_retries=0), [], NOON)[-1].reason == "It has no retries."
    assert history(job(status="FAILED", retry_count=None), [], NOON)[-1].reason == ""


def test_what_is_not_told_is_not_made_up() -> None:
    silent = Job.model_validate({"id": "7", "status": "PAUSED"})
    assert told(*history(silent, [], NOON)) == [("Queued", None, False)]
    steps = history(
        job(status="PROCESSING", attempts=1), [attempt(None, started_at=at(-1), status="RUNNING")], NOON
    )
    assert [step.words for step in steps] == ["Queued", "An attempt started", "Runs"]
