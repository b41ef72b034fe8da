"""What statistics are made of."""

from datetime import datetime

from pydantic import Field

from ratchet_web.models.base import Id, Wire


class Times(Wire):
    """How long something took, in ms; None where nothing is known of it."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    mean: float | None = None


class TaskRuns(Wire):
    """How the executions of one task ended, and how long they took."""

    task_id: Id = ""
    task_name: str | None = None
    runs: int | None = None
    completed: int | None = None
    failed: int | None = None
    cancelled: int | None = None
    failure_rate: float | None = None
    duration_ms: Times = Field(default_factory=Times)
    wait_ms: Times = Field(default_factory=Times)


class TopTasks(Wire):
    """The tasks that come first. Percentiles are off by at most this share; `since`: what is looked at."""

    tasks: tuple[TaskRuns, ...] = ()
    since: datetime | None = Field(None, alias="from")
    percentile_error_percent: float | None = None
