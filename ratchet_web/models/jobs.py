"""Jobs: the queue. Each attempt of a job is an execution."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Id, Instant, Number, RowId, Whole, Wire, Word
from ratchet_web.models.destinations import Destinations
from ratchet_web.models.narrowing import Exactly, Range, Sought, Yes, begun, between, parameters
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


class JobCounts(Wire):
    """How many jobs match, by status; None where nobody says, or counting them would take too long."""

    queued: int | None = None
    processing: int | None = None
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None
    retrying: int | None = None


WAITING = (JobStatus.QUEUED, JobStatus.RETRYING)
# Our clock and the server's may differ by so much, and a look takes its time.
_DUE_LEEWAY = timedelta(seconds=5)


def is_due(job: Job, now: datetime) -> bool:
    """Return whether a job waits for nothing but a worker."""
    return job.status in WAITING and (job.scheduled_for is None or job.scheduled_for <= now)


class JobQuery(Query):
    """Which jobs.

    `range`, `since` and `until` are of the times at which they were queued, as for executions; `due_since`
    and `due_until` of those for which they are scheduled, `scheduled`: whether there is one. `due`: whether
    they wait for nothing but a worker; `retries_left`: whether they would be tried again if they failed.
    """

    SORTS: ClassVar = ("queued_at", "scheduled_for", "priority", "status", "retry_count")
    PATH: ClassVar = "/jobs"

    sort: str = "-queued_at"
    status: JobStatus | None = None
    priority: JobPriority | None = None
    task: RowId | None = None
    schedule: RowId | None = None
    range: Range | None = None
    since: Exactly | None = None
    until: Exactly | None = None
    due: Yes | None = None
    scheduled: Yes | None = None
    due_since: Exactly | None = None
    due_until: Exactly | None = None
    retries_left: Yes | None = None
    min_retries: Annotated[int, Field(ge=0, le=1_000)] | None = None
    error: Yes | None = None
    text: Sought | None = None

    def as_of(self, now: datetime) -> Self:
        """Return the query with exact times: a range that ends now means others at each look."""
        if self.range is None:
            return self
        since = begun(self.range, self.since, self.until, now)
        return self.model_copy(update={"range": None, "since": since})

    def filters(self) -> dict[str, str]:
        """Every filter narrows; `schedule_id` is our addition. A range is none until it is exact."""
        return parameters(
            {
                "status": self.status,
                "priority": self.priority,
                "task_id": self.task,
                "schedule_id": self.schedule,
                "queued_after": self.since,
                "queued_before": self.until,
                "due_now": self.due,
                "is_scheduled": self.scheduled,
                "scheduled_after": self.due_since,
                "scheduled_before": self.due_until,
                "has_retries_remaining": self.retries_left,
                "retry_count_gte": self.min_retries,
                "has_error": self.error,
                "error_message_like": self.text,
            }
        )

    def _passed(self, row: Job) -> Iterable[tuple[str, bool]]:
        yield "status", self.status in (None, row.status)
        yield "priority", self.priority in (None, row.priority)
        yield "task", self.task in (None, row.task_id)
        yield "schedule", self.schedule in (None, row.schedule_id)
        yield "since", between(self.since, row.queued_at, None)
        yield "until", between(None, row.queued_at, self.until)
        yield "due", self.due is None or self.due in _due_about_now(row)
        yield "scheduled", self.scheduled in (None, row.scheduled_for is not None)
        yield "due_since", between(self.due_since, row.scheduled_for, None)
        yield "due_until", between(None, row.scheduled_for, self.due_until)
        yield "retries_left", self.retries_left is None or self.retries_left is _is_tried_again(row)
        yield "min_retries", between(self.min_retries, row.retry_count, None)
        yield "error", self.error in (None, row.error_message is not None)
        yield "text", self.text is None or self.text.lower() in (row.error_message or "").lower()


def _due_about_now(job: Job) -> set[bool]:
    now = datetime.now(UTC)
    return {is_due(job, now - _DUE_LEEWAY), is_due(job, now + _DUE_LEEWAY)}


def _is_tried_again(job: Job) -> bool | None:
    if job.retry_count is None or job.max_retries is None:
        return None
    return job.retry_count < job.max_retries
