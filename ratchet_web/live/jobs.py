"""Watching jobs."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import detail_row, list_row
from ratchet_web.live.topic import Snapshot, Topic, counted, is_about, is_of, total_of
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import Job, JobQuery, JobStats, JobStatus
from ratchet_web.models.monitoring import Change

UNFINISHED = (JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.RETRYING)
MOST_ATTEMPTS = 100


@dataclass(frozen=True)
class JobList(Topic):
    """`jobs?…`: a page of the list; `about` has `total` and `counts` by status of all jobs."""

    NOUN: ClassVar = "jobs"
    query: JobQuery

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page and the counts."""
        page, counts = await asyncio.gather(api.jobs.page(self.query), counted(api.jobs.stats, by_status))
        about = {**total_of(page), "counts": counts}
        return Snapshot(tuple(map(list_row, page.rows)), about, are_unfinished(page.rows))


@dataclass(frozen=True)
class JobDetail(Topic):
    """`jobs/12`: one job with everything; `about.attempts` are its executions, the first attempt first."""

    NOUN: ClassVar = "jobs"
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By its own changes and by those of its attempts."""
        if is_about(change, "executions"):
            return any(attempt["id"] == change.id for attempt in last.about.get("attempts", ()))
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the job and its attempts."""
        query = ExecutionQuery(job=self.id, sort="queued_at", limit=MOST_ATTEMPTS)
        job, page = await asyncio.gather(api.jobs.get(self.id), api.executions.page(query))
        # A server that does not know the filter answers with every execution.
        attempts = [list_row(execution) for execution in page.rows if execution.job_id == self.id]
        return Snapshot((detail_row(job),), {"attempts": attempts}, are_unfinished((job,)))


def are_unfinished(jobs: Iterable[Job]) -> bool:
    """Return whether one of them will still change."""
    return any(job.status in UNFINISHED for job in jobs)


def by_status(stats: JobStats) -> dict[str, int | None]:
    """Return the counts under their statuses, and `total`."""
    return {
        "total": stats.total_jobs,
        "QUEUED": stats.queued_jobs,
        "PROCESSING": stats.processing_jobs,
        "COMPLETED": stats.completed_jobs,
        "FAILED": stats.failed_jobs,
        "CANCELLED": stats.cancelled_jobs,
        "RETRYING": stats.retrying_jobs,
    }
