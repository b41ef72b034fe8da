"""Which jobs."""

from typing import Any

from pydantic import field_validator

from ratchet_web.models.jobs import JobPriority, JobStatus
from ratchet_web.server.parameters.base import ListParameters, RowId
from ratchet_web.server.store.lists import jobs


class JobParameters(ListParameters):
    """The list of jobs."""

    SORTS = tuple(jobs.LISTING.sorts)
    SORT = "-queued_at"

    status: JobStatus | None = None
    status_ne: JobStatus | None = None
    status_in: tuple[JobStatus, ...] | None = None
    priority: JobPriority | None = None
    task_id: RowId | None = None
    schedule_id: RowId | None = None

    @field_validator("status_in", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(",".join(value).split(",")) if isinstance(value, list) else value
