"""Watching jobs."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import list_row
from ratchet_web.live.topic import (
    Snapshot,
    Topic,
    as_range_moves,
    counted,
    counted_on,
    total_of,
)
from ratchet_web.models.jobs import Job, JobCounts, JobQuery, JobStatus

UNFINISHED = (JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.RETRYING)
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


def are_unfinished(jobs: Iterable[Job]) -> bool:
    """Return whether one of them will still change."""
    return any(job.status in UNFINISHED for job in jobs)


def by_status(counts: JobCounts) -> dict[str, int | None]:
    """Return the counts under their statuses."""
    return {name.upper(): n for name, n in counts}
