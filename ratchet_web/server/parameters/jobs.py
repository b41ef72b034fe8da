"""Which jobs."""

from pydantic import Field

from ratchet_web.models.base import Instant
from ratchet_web.models.jobs import JobPriority, JobStatus
from ratchet_web.server.parameters.base import (
    Count,
    FilterParameters,
    ListParameters,
    Many,
    Parameters,
    RowId,
    Text,
)
from ratchet_web.server.store.lists import jobs


class JobFilters(FilterParameters):
    """Which jobs; by these they are counted as well."""

    TIMED = frozenset({"due_now"})

    id_in: Many[RowId] | None = None
    status: JobStatus | None = None
    status_ne: JobStatus | None = None
    status_in: Many[JobStatus] | None = None
    priority: JobPriority | None = None
    priority_gte: JobPriority | None = None
    priority_in: Many[JobPriority] | None = None
    task_id: RowId | None = None
    task_id_in: Many[RowId] | None = None
    schedule_id: RowId | None = None
    has_error: bool | None = None
    error_message_like: Text | None = None
    retry_count_gte: Count | None = None
    retry_count_lte: Count | None = None
    max_retries_gte: Count | None = None
    max_retries_lte: Count | None = None
    has_retries_remaining: bool | None = None
    is_scheduled: bool | None = None
    due_now: bool | None = None
    queued_after: Instant | None = None
    queued_before: Instant | None = None
    scheduled_after: Instant | None = None
    scheduled_before: Instant | None = None


class JobQueueParameters(Parameters):
    """What of the queue."""

    task_id: RowId | None = Field(None, description="Only jobs of this task, beside all that runs")
    job_id: RowId | None = Field(None, description="Also tell how many go before this job")


class JobParameters(JobFilters, ListParameters):
    """The list of jobs."""

    SORTS = tuple(jobs.LISTING.sorts)
    SORT = "-queued_at"
