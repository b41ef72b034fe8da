"""What tasks did lately and will do next, beside their definitions."""

from datetime import datetime

from pydantic import Field

from ratchet_web.models.base import Id, Wire
from ratchet_web.models.executions import ExecutionStatus
from ratchet_web.models.series import Counts
from ratchet_web.models.stats import Times


class LastRun(Wire):
    """The newest execution of a task, in short."""

    id: Id
    status: ExecutionStatus = ExecutionStatus("unknown")
    queued_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    duration_ms: int | None = None


class HourColumns(Wire):
    """What ended in each of the last 24 hours, the oldest first."""

    completed: Counts = ()
    failed: Counts = ()


class TaskActivity(Wire):
    """A task's newest run, its last 24 hours, and what its schedules bring next; `id` is the task's.

    What ended since `since` is counted; None where nothing is known of it (yet).
    """

    id: Id
    last_run: LastRun | None = None
    since: datetime | None = Field(None, alias="from")
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None
    success_rate: float | None = None
    duration_ms: Times = Field(default_factory=Times)
    percentile_error_percent: float | None = None
    hours: HourColumns = Field(default_factory=HourColumns)
    next_run: datetime | None = None
    next_schedule_id: Id | None = None
    next_schedule_name: str | None = None
