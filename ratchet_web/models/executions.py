"""Executions: one attempt at running a task."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Id, Number, RowId, Wire, Word
from ratchet_web.models.failures import Print
from ratchet_web.models.jobs import JobPriority, Moment
from ratchet_web.models.narrowing import Exactly, Range, Sought, Yes, begun, between, parameters
from ratchet_web.models.pages import Query
from ratchet_web.models.stats import Times


class ExecutionStatus(Word):
    """PENDING waits for a worker, RUNNING has one, the other three are final."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Execution(Wire):
    """One attempt. `progress` runs from 0 to 1; fields after it are the embedded server's additions."""

    id: Id
    uuid: str = ""
    task_id: Id = ""
    input: JsonValue = None
    output: JsonValue = None
    status: ExecutionStatus = ExecutionStatus("unknown")
    error_message: str | None = None
    error_details: JsonValue = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    duration_ms: int | None = None
    http_requests: JsonValue = None
    recording_path: str | None = None
    can_retry: bool = False
    can_cancel: bool = False
    progress: float | None = None
    progress_note: str | None = None
    task_name: str | None = None
    task_version: str | None = None
    task_revision: int | None = None
    task_deleted: bool = False
    job_id: Id | None = None
    schedule_id: Id | None = None
    retry_of: Id | None = None
    attempt: int | None = None
    worker: str | None = None
    log_lines: int | None = None
    wait_ms: int | None = None
    retried_by: Id | None = None
    priority: JobPriority | None = None
    scheduled_for: datetime | None = None
    # Of its failure, where the server keeps failures.
    fingerprint: str | None = None
    # Payloads that are too long for this answer and None in it, by their names in JSON: their characters.
    left_out: dict[str, int] = {}


class Attempt(Wire):
    """An execution of a job in short."""

    id: Id
    attempt: int | None = None
    retry_of: Id | None = None
    status: ExecutionStatus = ExecutionStatus("unknown")
    error_message: str | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    duration_ms: int | None = None
    wait_ms: int | None = None
    worker: str | None = None


class NewExecution(Draft):
    """`POST /executions`: run once, when its time has come and a worker is free."""

    task_id: Id
    input: JsonValue
    priority: JobPriority | None = None
    scheduled_for: Moment | None = None


class ExecutionChange(Draft):
    """`PATCH /executions/{id}`: the engine owns a run, so little of it can be changed from outside."""

    status: ExecutionStatus | None = None
    progress: Annotated[Number, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    output: JsonValue = None
    error_message: str | None = None
    error_details: JsonValue = None


class RetryInput(Draft):
    """`POST /executions/{id}/retry`: with the original input unless another is given.

    `task_revision` is the version of the task that runs; without it, the newest. `if_retried_by` is the
    `retried_by` that was seen, null for none: where there is a later retry, nothing is done.
    """

    input: JsonValue = None
    task_revision: Annotated[int, Field(ge=1, lt=1 << 53, strict=True)] | None = None
    if_retried_by: RowId | None = None


class ExecutionStats(Wire):
    """How many executions there are in each status; None where the server does not say."""

    total_executions: int | None = None
    pending_executions: int | None = None
    running_executions: int | None = None
    completed_executions: int | None = None
    failed_executions: int | None = None
    cancelled_executions: int | None = None
    average_duration_ms: float | None = None
    success_rate: float | None = None
    executions_last24h: int | None = Field(None, alias="executionsLast24h")
    duration_ms: Times = Field(default_factory=Times)
    wait_ms: Times = Field(default_factory=Times)
    since: datetime | None = Field(None, alias="from")
    percentile_error_percent: float | None = None


class ExecutionCounts(Wire):
    """How many executions match, by status; None where nobody says, or counting them would take too long."""

    pending: int | None = None
    running: int | None = None
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None


class ExecutionDensity(Wire):
    """How many executions match, by the time at which they were queued.

    A column for each status, with a value for each bucket of `step_s` seconds from `start` on; None where
    counting them would take too long.
    """

    start: datetime | None = None
    step_s: int = 0
    pending: tuple[int, ...] | None = None
    running: tuple[int, ...] | None = None
    completed: tuple[int, ...] | None = None
    failed: tuple[int, ...] | None = None
    cancelled: tuple[int, ...] | None = None


Milliseconds = Annotated[int, Field(ge=0, le=2**53)]
Percent = Annotated[int, Field(ge=0, le=100)]


class ExecutionQuery(Query):
    """Which executions.

    `range` is that of the times at which they were queued, up to now; `since` and `until` say them exactly,
    and go before it; `ended`, `ended_since` and `ended_until` are of the times at which they ended. `min_ms`
    and `max_ms` are of the run time; `error`: whether they have one; `text` stands in its message, `input`
    and `output` in the JSON of those; progress in percent. `fingerprint` is of the failure that they are of;
    `retried`: whether they were retried.
    """

    SORTS: ClassVar = ("queued_at", "started_at", "completed_at", "duration_ms", "status")
    PATH: ClassVar = "/executions"

    sort: str = "-queued_at"
    status: ExecutionStatus | None = None
    task: RowId | None = None
    job: RowId | None = None
    schedule: RowId | None = None
    range: Range | None = None
    since: Exactly | None = None
    until: Exactly | None = None
    ended: Range | None = None
    ended_since: Exactly | None = None
    ended_until: Exactly | None = None
    min_ms: Milliseconds | None = None
    max_ms: Milliseconds | None = None
    error: Yes | None = None
    fingerprint: Print | None = None
    retried: Yes | None = None
    text: Sought | None = None
    input: Sought | None = None
    output: Sought | None = None
    min_progress: Percent | None = None
    max_progress: Percent | None = None

    def as_of(self, now: datetime) -> Self:
        """Return the query with exact times: a range that ends now means others at each look."""
        exact: dict[str, datetime | None] = {}
        if self.range is not None:
            exact |= {"range": None, "since": begun(self.range, self.since, self.until, now)}
        if self.ended is not None:
            since = begun(self.ended, self.ended_since, self.ended_until, now)
            exact |= {"ended": None, "ended_since": since}
        return self.model_copy(update=exact) if exact else self

    def filters(self) -> dict[str, str]:
        """Every filter narrows; `job_id` and `schedule_id` are ours. A range is none until it is exact."""
        given = {
            "status": self.status,
            "task_id": self.task,
            "job_id": self.job,
            "schedule_id": self.schedule,
            "queued_after": self.since,
            "queued_before": self.until,
            "completed_after": self.ended_since,
            "completed_before": self.ended_until,
            "duration_gte": self.min_ms,
            "duration_lte": self.max_ms,
            "has_error": self.error,
            "fingerprint": self.fingerprint,
            "retried": self.retried,
            "error_message_like": self.text,
            "input_like": self.input,
            "output_like": self.output,
            "progress_gte": _share(self.min_progress),
            "progress_lte": _share(self.max_progress),
        }
        return parameters(given)

    def without_payloads(self) -> tuple[Self, tuple[str, ...]]:
        """Return the query without what it seeks in payloads, and the names of that."""
        sought = tuple(name for name in ("input", "output") if getattr(self, name) is not None)
        return self.model_copy(update=dict.fromkeys(sought)), sought

    def _passed(self, row: Execution) -> Iterable[tuple[str, bool]]:
        yield "status", self.status in (None, row.status)
        yield "task", self.task in (None, row.task_id)
        yield "job", self.job in (None, row.job_id)
        yield "schedule", self.schedule in (None, row.schedule_id)
        yield "since", between(self.since, row.queued_at, None)
        yield "until", between(None, row.queued_at, self.until)
        yield "ended_since", between(self.ended_since, row.completed_at, None)
        yield "ended_until", between(None, row.completed_at, self.ended_until)
        yield "min_ms", between(self.min_ms, row.duration_ms, None)
        yield "max_ms", between(None, row.duration_ms, self.max_ms)
        yield "error", self.error in (None, row.error_message is not None)
        yield "fingerprint", self.fingerprint in (None, row.fingerprint)
        yield "retried", self.retried is None or self.retried == (row.retried_by is not None)
        yield "text", self.text is None or self.text.lower() in (row.error_message or "").lower()
        yield "min_progress", between(_share(self.min_progress), row.progress, None)
        yield "max_progress", between(None, row.progress, _share(self.max_progress))


def _share(percent: int | None) -> float | None:
    return None if percent is None else percent / 100
