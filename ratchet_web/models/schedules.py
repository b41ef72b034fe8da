"""Schedules: cron expressions that queue a job of a task."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from pydantic import Field, JsonValue

from ratchet_web.models.base import Draft, Flag, Id, RowId, Whole, Wire, Word
from ratchet_web.models.destinations import Destinations
from ratchet_web.models.jobs import JobPriority, JobStatus, RetryPolicy
from ratchet_web.models.narrowing import Sought
from ratchet_web.models.pages import Query


class MisfirePolicy(Word):
    """What happens to due times that passed while no server ran: nothing, or one run for all of them."""

    SKIP = "SKIP"
    RUN_ONCE = "RUN_ONCE"


class Schedule(Wire):
    """A schedule. `cron_expression` has six fields, seconds first, in `time_zone`.

    `next_runs` are the next five where one schedule is answered, None in lists. `failed_runs` were due,
    but nothing could be queued; `skipped_runs` were missed, or due while an earlier job was open. Fields
    after `output_destinations` are the embedded server's additions.
    """

    id: Id
    task_id: Id = ""
    name: str = ""
    description: str | None = None
    cron_expression: str = ""
    enabled: bool = True
    next_run: datetime | None = None
    last_run: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    output_destinations: JsonValue = None
    input: JsonValue = None
    task_name: str | None = None
    last_job_id: Id | None = None
    cron_words: str | None = None
    time_zone: str = "UTC"
    misfire_policy: MisfirePolicy = MisfirePolicy.SKIP
    allow_overlap: bool | None = None
    priority: JobPriority = JobPriority.NORMAL
    max_retries: int | None = None
    next_runs: tuple[datetime, ...] | None = None
    last_status: JobStatus | None = None
    fired_runs: int | None = None
    failed_runs: int | None = None
    skipped_runs: int | None = None
    last_skipped_at: datetime | None = None
    last_skip_reason: str | None = None
    retry_policy: JsonValue = None


class NewSchedule(Draft):
    """`POST /schedules`. Five fields are accepted and get seconds 0."""

    task_id: Id
    name: str = Field(min_length=1, max_length=100)
    cron_expression: str = Field(min_length=1, max_length=200)
    description: str | None = Field(None, max_length=10_000)
    enabled: Flag = True
    input: JsonValue = None
    time_zone: str = Field("UTC", min_length=1, max_length=100)
    misfire_policy: MisfirePolicy = MisfirePolicy.SKIP
    allow_overlap: Flag = False
    priority: JobPriority = JobPriority.NORMAL
    max_retries: Whole = Field(3, ge=0, le=100)
    retry_policy: RetryPolicy | None = None
    output_destinations: Destinations | None = None


class ScheduleChange(Draft):
    """`PATCH /schedules/{id}`: what is absent stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=100)
    cron_expression: str | None = Field(None, min_length=1, max_length=200)
    description: str | None = Field(None, max_length=10_000)
    enabled: Flag | None = None
    input: JsonValue = None
    time_zone: str | None = Field(None, min_length=1, max_length=100)
    misfire_policy: MisfirePolicy | None = None
    allow_overlap: Flag | None = None
    priority: JobPriority | None = None
    max_retries: Whole | None = Field(None, ge=0, le=100)
    retry_policy: RetryPolicy | None = None
    output_destinations: Destinations | None = None


class ScheduleTrigger(Draft):
    """`POST /schedules/{id}/trigger`: what is absent is as the schedule has it."""

    input: JsonValue = None
    priority: JobPriority | None = None


class ScheduleRun(Wire):
    """A coming run: `local` is what the zone's clock shows, with its offset.

    `note` is "shifted" where the time that was meant does not exist on that day, "repeated" where the clock
    shows it a second time.
    """

    at: datetime | None = None
    local: str = ""
    note: str | None = None


class SchedulePreview(Wire):
    """`GET /schedules/preview`: what an expression means and when it fires next."""

    cron_expression: str = ""
    cron_words: str | None = None
    time_zone: str = "UTC"
    runs: tuple[ScheduleRun, ...] = ()


class ScheduleLane(Wire):
    """The past runs of one schedule, a cell for each bucket that has any; columns of the same length.

    `buckets` are their numbers, -1 where a run was queued before the first one and lasts into it. `job_ids`,
    `begins_ms` and `ends_ms` are known where a cell holds one run: the job, when it began (until then: when
    it was queued), and when it ended (None: it has not), in ms since 1970, because there are many thousands.
    """

    schedule_id: Id
    name: str = ""
    buckets: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    open: tuple[int, ...] = ()
    job_ids: tuple[Id | None, ...] = ()
    begins_ms: tuple[int | None, ...] = ()
    ends_ms: tuple[int | None, ...] = ()

    def _plausible(self) -> Self:
        # No times are among its columns, and there are hundreds of thousands of numbers.
        return self


class ScheduleRuns(Wire):
    """`GET /schedules/runs`: past runs by schedule, in buckets of `step_s` seconds from `start` on.

    `lanes` are the first 200 schedules by name, of `total`; None where counting would take too long, or
    nobody says.
    """

    start: datetime | None = None
    step_s: int = 0
    total: int | None = None
    lanes: tuple[ScheduleLane, ...] | None = None


class ScheduleStats(Wire):
    """How many schedules there are; None where the server does not say."""

    total_schedules: int | None = None
    enabled_schedules: int | None = None
    disabled_schedules: int | None = None
    schedules_ready_to_run: int | None = None
    next_execution: datetime | None = None
    last_execution: datetime | None = None
    average_execution_interval_minutes: float | None = None


class ScheduleQuery(Query):
    """Which schedules."""

    SORTS: ClassVar = ("id", "name", "next_run", "last_run", "enabled", "created_at", "updated_at")
    PATH: ClassVar = "/schedules"

    sort: str = "name"
    q: Sought | None = None
    enabled: bool | None = None
    task: RowId | None = None

    def filters(self) -> dict[str, str]:
        """`name_like` finds the text anywhere in the name."""
        enabled = None if self.enabled is None else str(self.enabled).lower()
        given = {"name_like": self.q or None, "enabled": enabled, "task_id": self.task}
        return {name: value for name, value in given.items() if value is not None}

    def _passed(self, row: Schedule) -> Iterable[tuple[str, bool]]:
        yield "q", (self.q or "").lower() in row.name.lower()
        yield "enabled", self.enabled in (None, row.enabled)
        yield "task", self.task in (None, row.task_id)
