"""What became of a job, in the order in which it happened, as far as its row and its attempts tell. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ratchet_web.models.executions import Execution, ExecutionStatus
from ratchet_web.models.jobs import WAITING, Job, JobStatus


class Step(NamedTuple):
    """One thing that happened, or is to come.

    `kind` is `wait`, `run`, `ok` or `bad`, `execution` the attempt that it is of.
    """

    words: str
    at: datetime | None = None
    reason: str = ""
    kind: str = "wait"
    execution: str = ""
    to_come: bool = False


_ENDS = {
    JobStatus.COMPLETED: ("Completed", "ok"),
    JobStatus.FAILED: ("Failed", "bad"),
    JobStatus.CANCELLED: ("Cancelled", "wait"),
}
_ATTEMPT_ENDS = {
    ExecutionStatus.COMPLETED: ("completed", "ok"),
    ExecutionStatus.FAILED: ("failed", "bad"),
    ExecutionStatus.CANCELLED: ("was cancelled", "wait"),
}


def history(job: Job, attempts: Sequence[Execution], now: datetime) -> tuple[Step, ...]:
    """Return the steps, from the queueing to the end, or to what the job waits for."""
    by = f"By schedule {job.schedule_id}" if job.schedule_id else ""
    steps = [Step("Queued", job.queued_at, by)]
    first_due = job.scheduled_for if not attempts and not job.retry_count else None
    if first_due and first_due <= now:
        steps.append(Step("Due", first_due))
    known = [each.attempt for each in attempts if each.attempt is not None]
    missing = max([job.attempts or 0, *known]) - len(attempts)
    if missing > 0:
        many = f"{missing} attempts" if missing > 1 else "One attempt"
        steps.append(Step(many, None, "No execution of it is kept, or shown here."))
    for attempt in attempts:
        steps.extend(_of_attempt(attempt))
    steps.extend(_now(job, now))
    return tuple(steps)


def _of_attempt(attempt: Execution) -> Iterator[Step]:
    name = f"Attempt {attempt.attempt}" if attempt.attempt is not None else "An attempt"
    if attempt.started_at is not None:
        yield Step(f"{name} started", attempt.started_at, kind="run", execution=attempt.id)
    if end := _ATTEMPT_ENDS.get(attempt.status):
        words, kind = end
        link = attempt.id if attempt.started_at is None else ""  # its beginning has it
        yield Step(f"{name} {words}", attempt.completed_at, attempt.error_message or "", kind, link)


def _now(job: Job, now: datetime) -> Iterator[Step]:
    """Yield what the job waits for, or how it ended."""
    if job.status in WAITING:
        what = "Next attempt" if job.status is JobStatus.RETRYING else "First attempt"
        if job.scheduled_for is not None and job.scheduled_for > now:
            yield Step(f"{what} is due", job.scheduled_for, to_come=True)
        else:
            yield Step(f"{what} waits for a worker", to_come=True)
    elif end := _ENDS.get(job.status):
        words, kind = end
        yield Step(words, job.completed_at, _why(job), kind)
    elif job.status is JobStatus.PROCESSING:
        yield Step("Runs", kind="run", to_come=True)


def _why(job: Job) -> str:
    if job.status is not JobStatus.FAILED or job.max_retries is None or job.retry_count is None:
        return ""
    if not job.max_retries:
        return "It has no retries."
    used = job.retry_count >= job.max_retries
    return f"All {job.max_retries} retries are used." if used else ""
