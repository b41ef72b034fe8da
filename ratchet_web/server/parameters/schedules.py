"""Which schedules."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ratchet_web.models.base import Instant
from ratchet_web.server.parameters.base import PAGE_LIMIT, Int, ListParameters, Many, Parameters, RowId, Text
from ratchet_web.server.store.lists import schedules


class ScheduleParameters(ListParameters):
    """The list of schedules."""

    SORTS = tuple(schedules.LISTING.sorts)
    SORT = "id"
    TIMED = frozenset({"is_due", "overdue"})

    id_in: Many[RowId] | None = None
    task_id: RowId | None = None
    name: Text | None = None
    name_like: Text | None = None
    cron_expression: Text | None = None
    cron_expression_like: Text | None = None
    enabled: bool | None = None
    is_due: bool | None = None
    overdue: bool | None = None
    has_next_run: bool | None = None
    has_last_run: bool | None = None
    next_run_after: Instant | None = None
    next_run_before: Instant | None = None
    last_run_after: Instant | None = None
    last_run_before: Instant | None = None
    created_after: Instant | None = None
    created_before: Instant | None = None
    updated_after: Instant | None = None
    updated_before: Instant | None = None


class ScheduleRunsParameters(Parameters):
    """Past runs from when on, until when, and in buckets of how many seconds."""

    queued_after: Annotated[Instant, Field(description="When the first bucket begins, to the second")]
    queued_before: Annotated[Instant, Field(description="Before when the last bucket begins")]
    step_s: Int = Field(ge=1, le=366 * 86_400, description="Length of a bucket, in seconds")


class ScheduleChangeParameters(Parameters):
    """Which changes of one schedule."""

    before: Int | None = Field(None, ge=1, lt=1 << 53, description="Changes whose id is below")
    limit: Int = Field(25, ge=1, le=PAGE_LIMIT, description="At most so many changes")


# Rules of zones say nothing about times much further away.
_AFTER = Field(
    ge=datetime(1970, 1, 1, tzinfo=UTC),
    lt=datetime(2200, 1, 1, tzinfo=UTC),
    description="Runs after this instant; left out: now",
)


class SchedulePreviewParameters(Parameters):
    """When an expression fires."""

    cron_expression: str = Field(alias="cronExpression", min_length=1, max_length=200)
    time_zone: str = Field("UTC", alias="timeZone", min_length=1, max_length=100)
    count: Int = Field(5, ge=1, le=100)
    after: Annotated[Instant, _AFTER] | None = None
