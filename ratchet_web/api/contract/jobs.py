"""`/jobs`: the queue."""

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.http import Http
from ratchet_web.api.jobs import Jobs
from ratchet_web.models.jobs import Job, JobQuery, JobStats, NewJob
from ratchet_web.models.pages import Page


class ContractJobs(Resource[Job], Jobs):
    """`/jobs` as the contract has it."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/jobs", Job)

    @override
    async def page(self, query: JobQuery) -> Page[Job]:
        return await self._page(query)

    @override
    async def create(self, draft: NewJob) -> Job:
        return await self._create(draft)

    @override
    async def cancel(self, id: str) -> Job:
        return await self._act(id, "cancel")

    @override
    async def retry(self, id: str) -> Job:
        return await self._act(id, "retry")

    @override
    async def stats(self) -> JobStats:
        return reading.stats(await self._http.get("/jobs/stats"), JobStats)
