"""Watching jobs."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.listed import Listed
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import as_range_moves, counted
from ratchet_web.models.jobs import Job, JobCounts, JobQuery, JobStatus
from ratchet_web.models.pages import Page

UNFINISHED = (JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.RETRYING)
DUE_LOOK_S = 10.0


@dataclass(frozen=True)
class JobList(Listed):
    """`jobs?…`: a page of the list; `about` has `total` and `counts` by status within its filters."""

    NOUN: ClassVar = "jobs"
    STATUSES: ClassVar = len(JobCounts.model_fields)
    UNFINISHED: ClassVar = UNFINISHED
    query: JobQuery

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Rows leave a range that ends now, and become due, without any change."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        if wait_s is None or failures or not announced:
            return wait_s
        return as_range_moves(wait_s if self.query.due is None else min(wait_s, DUE_LOOK_S), self.query.range)

    async def read(self, api: Ratchet) -> tuple[Page[Job], Row]:
        """Return the page, and the counts by status as far as the server tells."""
        return await asyncio.gather(
            api.jobs.page(self.query),
            counted(lambda: api.jobs.counts(self.query), by_status),
        )


def are_unfinished(jobs: Iterable[Job]) -> bool:
    """Return whether one of them will still change."""
    return any(job.status in UNFINISHED for job in jobs)


def by_status(counts: JobCounts) -> dict[str, int | None]:
    """Return the counts under their statuses."""
    return {name.upper(): n for name, n in counts}
