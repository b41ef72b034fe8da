"""Watching jobs."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import detail_row, list_row
from ratchet_web.live.topic import (
    Snapshot,
    Topic,
    as_range_moves,
    counted,
    counted_on,
    is_about,
    is_of,
    total_of,
)
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import Job, JobCounts, JobQuery, JobStatus
from ratchet_web.models.monitoring import Change

UNFINISHED = (JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.RETRYING)
MOST_ATTEMPTS = 100
DUE_LOOK_S = 10.0


@dataclass(frozen=True)
class JobList(Topic):
    """`jobs?…`: a page of the list; `about` has `total` and `counts` by status within its filters."""

    NOUN: ClassVar = "jobs"
    query: JobQuery

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Rows leave a range that ends now, and become due, without any change."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        if wait_s is None or failures or not announced:
            return wait_s
        return as_range_moves(wait_s if self.query.due is None else min(wait_s, DUE_LOOK_S), self.query.range)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page and the counts."""
        page, counts = await asyncio.gather(
            api.jobs.page(self.query),
            counted(lambda: api.jobs.counts(self.query), by_status),
        )
        whole = counted_on(page, counts, self.query.status, len(JobCounts.model_fields))
        about = {**total_of(whole), "counts": counts}
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


def by_status(counts: JobCounts) -> dict[str, int | None]:
    """Return the counts under their statuses."""
    return {name.upper(): n for name, n in counts}
