"""Executions: one attempt at running a task."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Id, Number, RowId, Wire, Word
from ratchet_web.models.jobs import JobPriority, Moment
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

    `task_revision` is the version of the task that runs; without it, the newest.
    """

    input: JsonValue = None
    task_revision: Annotated[int, Field(ge=1, lt=1 << 53, strict=True)] | None = None


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


class ExecutionQuery(Query):
    """Which executions."""

    SORTS: ClassVar = ("queued_at", "started_at", "completed_at", "duration_ms", "status")
    PATH: ClassVar = "/executions"

    sort: str = "-queued_at"
    status: ExecutionStatus | None = None
    task: RowId | None = None
    job: RowId | None = None

    def filters(self) -> dict[str, str]:
        """Every filter narrows; `job_id` is this server's addition."""
        given = {"status": self.status, "task_id": self.task, "job_id": self.job}
        return {name: str(value) for name, value in given.items() if value is not None}

    def _passed(self, row: Execution) -> Iterable[tuple[str, bool]]:
        yield "status", self.status in (None, row.status)
        yield "task", self.task in (None, row.task_id)
        yield "job", self.job in (None, row.job_id)
