"""`/jobs`: the queue."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.errors import NotApplied
from ratchet_web.api.http import Http
from ratchet_web.api.jobs import Jobs, counts_in, unchanged
from ratchet_web.logic.jobs_estimate import QueueAhead
from ratchet_web.models.destinations import Delivery, DeliveryTest, DeliveryTrial
from ratchet_web.models.jobs import Job, JobChange, JobCounts, JobQuery, JobStats, NewJob
from ratchet_web.models.jobs_queue import Queue, lane_of
from ratchet_web.models.narrowing import parameters
from ratchet_web.models.pages import Page


class ContractJobs(Resource[Job], Jobs):
    """`/jobs` as the contract has it.

    `counts`: whether it counts what matches; `deliveries`: whether it tells what became of outputs; `queue`:
    whether it tells how the queue is.
    """

    def __init__(
        self, http: Http, *, counts: bool = False, deliveries: bool = False, queue: bool = False
    ) -> None:
        super().__init__(http, "/jobs", Job)
        self._has_queue = queue
        self._has_counts, self._has_deliveries = counts, deliveries

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Job]:
        return await self._several(ids)

    @override
    async def page(self, query: JobQuery) -> Page[Job]:
        return await self._page(query.as_of(datetime.now(UTC)))

    @override
    async def create(self, draft: NewJob) -> Job:
        return await self._create(draft)

    @override
    async def change(self, id: str, draft: JobChange) -> Job:
        job = await self._change(id, draft)
        if missed := unchanged(draft, job):
            raise NotApplied(f"The server said yes, and did not change {' and '.join(missed)}")
        return job

    @override
    async def deliveries(self, id: str) -> tuple[Delivery, ...]:
        if not self._has_deliveries:
            return ()
        return reading.every(await self._http.get(self._at(id, "deliveries")), Delivery)

    @override
    async def redeliver(self, id: str, position: int) -> None:
        await self._http.send("POST", self._at(id, f"deliveries/{position}/redeliver"))

    @override
    async def test_delivery(self, wanted: DeliveryTest) -> DeliveryTrial:
        return reading.one(await self._http.send("POST", "/deliveries/test", wanted.wire()), DeliveryTrial)

    @override
    async def cancel(self, id: str) -> Job:
        return await self._act(id, "cancel")

    @override
    async def retry(self, id: str) -> Job:
        return await self._act(id, "retry")

    @override
    async def stats(self) -> JobStats:
        return reading.stats(await self._http.get("/jobs/stats"), JobStats)

    @override
    async def counts(self, query: JobQuery) -> JobCounts:
        asked = query.as_of(datetime.now(UTC)).model_copy(update={"status": None})
        if self._has_counts:
            return reading.one(await self._http.get("/jobs/counts", asked.filters()), JobCounts)
        return JobCounts() if asked.narrows else counts_in(await self.stats())

    @override
    async def queue(self, task: str | None = None, job: str | None = None) -> Queue:
        if self._has_queue:
            asked = parameters({"task_id": task, "job_id": job})
            return reading.one(await self._http.get("/jobs/queue", asked), Queue)
        # Without the lanes, all that wait stand in one whose priority nobody knows.
        counts = await self.counts(JobQuery(task=task))
        return Queue(lanes=(lane_of(counts.queued, counts.retrying),), running=counts.processing)

    @override
    async def ahead(self, job: Job) -> QueueAhead:
        if not self._has_counts or job.queued_at is None or not job.priority.known:
            return QueueAhead()
        before = JobQuery(until=job.queued_at, due=True).filters()
        asked = {**before, "priority_gte": job.priority.value}
        waiting, told = await asyncio.gather(
            self._http.get("/jobs/counts", asked), self._http.get("/jobs/stats", {"period": "1h"})
        )
        counts, stats = reading.one(waiting, JobCounts), reading.stats(told, JobStats)
        ended = (stats.completed_jobs, stats.failed_jobs, stats.cancelled_jobs)
        if counts.queued is None or counts.retrying is None or None in ended:
            return QueueAhead()
        # It is due itself, and among those that were queued until then.
        return QueueAhead(max(0, counts.queued + counts.retrying - 1), sum(n or 0 for n in ended))
