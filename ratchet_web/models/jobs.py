"""Jobs: the queue. Each attempt of a job is an execution."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Id, Instant, Number, RowId, Whole, Wire, Word
from ratchet_web.models.destinations import Destinations
from ratchet_web.models.pages import Query
from ratchet_web.models.stats import Times

# Outside of these a moment in UTC may have no year of four digits.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class JobStatus(Word):
    """QUEUED and RETRYING wait, PROCESSING has a worker, the other three are final."""

    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    RETRYING = "RETRYING"


class JobPriority(Word):
    """What goes first: CRITICAL, then HIGH, NORMAL, LOW. The contract's `urgent` reads as CRITICAL."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @classmethod
    def _missing_(cls, value: object) -> "JobPriority | None":
        return cls.CRITICAL if str(value).upper() == "URGENT" else super()._missing_(value)


class Backoff(Word):
    """How the waits between attempts grow."""

    FIXED = "FIXED"
    EXPONENTIAL = "EXPONENTIAL"


class RetryPolicy(Draft):
    """How long a failed job waits; `jitter` is the share by which a wait may be shorter or longer."""

    backoff: Backoff = Backoff.EXPONENTIAL
    delay_seconds: Number = Field(2.0, gt=0, le=86_400)
    max_delay_seconds: Number = Field(300.0, gt=0, le=7 * 86_400)
    jitter: Number = Field(0.2, ge=0, le=1)


class Job(Wire):
    """A piece of queued work. Fields after `output_destinations` are the embedded server's additions."""

    id: Id
    task_id: Id = ""
    priority: JobPriority = JobPriority("unknown")
    status: JobStatus = JobStatus("unknown")
    retry_count: int | None = None
    max_retries: int | None = None
    queued_at: datetime | None = None
    scheduled_for: datetime | None = None
    error_message: str | None = None
    output_destinations: JsonValue = None
    input: JsonValue = None
    task_name: str | None = None
    schedule_id: Id | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    execution_id: Id | None = None
    attempts: int | None = None
    retry_policy: JsonValue = None


Moment = Annotated[Instant, Field(ge=EARLIEST, lt=LATEST)]


class NewJob(Draft):
    """`POST /jobs`: queue a run with priority, time and retries; null is what is meant without the field."""

    task_id: Id
    input: JsonValue
    priority: JobPriority | None = JobPriority.NORMAL
    max_retries: Annotated[Whole, Field(ge=0, le=100)] | None = 3
    scheduled_for: Moment | None = None
    retry_policy: RetryPolicy | None = None
    output_destinations: Destinations | None = None


class JobChange(Draft):
    """`PATCH /jobs/{id}`: what is absent stays as it is.

    Null for `scheduled_for` is now, for `retry_policy` the server's own, for `output_destinations` none.
    """

    status: JobStatus | None = None
    priority: JobPriority | None = None
    max_retries: Annotated[Whole, Field(ge=0, le=100)] | None = None
    scheduled_for: Moment | None = None
    retry_policy: RetryPolicy | None = None
    output_destinations: Destinations | None = None
    error_message: str | None = None


class JobStats(Wire):
    """How many jobs there are in each status; None where the server does not say."""

    total_jobs: int | None = None
    queued_jobs: int | None = None
    processing_jobs: int | None = None
    completed_jobs: int | None = None
    failed_jobs: int | None = None
    cancelled_jobs: int | None = None
    retrying_jobs: int | None = None
    average_wait_time_ms: float | None = None
    jobs_last24h: int | None = Field(None, alias="jobsLast24h")
    success_rate: float | None = None
    duration_ms: Times = Field(default_factory=Times)
    wait_ms: Times = Field(default_factory=Times)
    since: datetime | None = Field(None, alias="from")
    percentile_error_percent: float | None = None


class JobQuery(Query):
    """Which jobs."""

    SORTS: ClassVar = ("queued_at", "scheduled_for", "priority", "status", "retry_count")
    PATH: ClassVar = "/jobs"

    sort: str = "-queued_at"
    status: JobStatus | None = None
    priority: JobPriority | None = None
    task: RowId | None = None
    schedule: RowId | None = None

    def filters(self) -> dict[str, str]:
        """Every filter narrows; `schedule_id` is an addition of the embedded server."""
        given = {
            "status": self.status,
            "priority": self.priority,
            "task_id": self.task,
            "schedule_id": self.schedule,
        }
        return {name: str(value) for name, value in given.items() if value is not None}

    def _passed(self, row: Job) -> Iterable[tuple[str, bool]]:
        yield "status", self.status in (None, row.status)
        yield "priority", self.priority in (None, row.priority)
        yield "task", self.task in (None, row.task_id)
        yield "schedule", self.schedule in (None, row.schedule_id)
