"""What schedules did, and how they came to be what they are, beside their definitions."""

from datetime import datetime

from pydantic import Field, JsonValue

from ratchet_web.models.base import Id, Wire
from ratchet_web.models.jobs import JobStatus
from ratchet_web.models.stats import Times


class PastRun(Wire):
    """A job that a schedule queued, in short; `id` is the job's.

    `due_at` is the time of the schedule for which it was queued, None where somebody triggered it.
    """

    id: Id
    status: JobStatus = JobStatus("unknown")
    due_at: datetime | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error_message: str | None = None


class ScheduleActivity(Wire):
    """The last runs of a schedule, at most 20, the oldest first; `id` is the schedule's."""

    id: Id
    runs: tuple[PastRun, ...] = ()


class Outcomes(Wire):
    """How many runs were queued in the last `days`, and how they ended; of `failure_rate`, percent."""

    days: int
    runs: int | None = None
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None
    open: int | None = None
    failure_rate: float | None = None


class Lag(Wire):
    """How many ms after its due time a schedule's jobs were queued, and when they began.

    Measured at the last `runs` that were due, 1,000 at most, of 30 days. `on_time` of `judged` began at most
    `on_time_ms` after their time.
    """

    runs: int | None = None
    queued_ms: Times = Field(default_factory=Times)
    begun_ms: Times = Field(default_factory=Times)
    on_time: int | None = None
    judged: int | None = None
    on_time_ms: int | None = None


class ScheduleStatistics(ScheduleActivity):
    """`GET /schedules/{id}/activity`: also how the runs of 7 and of 30 days ended, and how late they were."""

    outcomes: tuple[Outcomes, ...] = ()
    lag: Lag = Field(default_factory=Lag)


class FieldChange(Wire):
    """A field of a schedule, named as the schedule names it, before and after a change.

    `before_size` and `after_size` are the characters of a value that was too long to be kept; `hidden`: it
    may hold secrets, and only that it changed is told.
    """

    field: str
    before: JsonValue = None
    after: JsonValue = None
    before_size: int | None = None
    after_size: int | None = None
    hidden: bool = False


class ScheduleRevision(Wire):
    """A change of a schedule: what, when, and by whom, where the server knows; `created`: the first one."""

    id: Id
    changed_at: datetime | None = None
    changed_by: str | None = None
    created: bool = False
    fields: tuple[FieldChange, ...] = ()
