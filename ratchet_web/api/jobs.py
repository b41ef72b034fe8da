"""`/jobs`: the queue."""

from ratchet_web.api import reading
from ratchet_web.api.http import Http
from ratchet_web.api.resource import Resource
from ratchet_web.models.jobs import Job, JobQuery, JobStats, NewJob
from ratchet_web.models.pages import Page


class Jobs(Resource[Job]):
    """`/jobs`. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/jobs", Job)

    async def page(self, query: JobQuery) -> Page[Job]:
        """Return one page of jobs.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """
        return await self._page(query)

    async def create(self, draft: NewJob) -> Job:
        """Queue a run; return the job.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            NotFound: there is no such task.
        """
        return await self._create(draft)

    async def cancel(self, id: str) -> Job:
        """Take it out of the queue, or stop its attempt; return it.

        Raises:
            Conflict: it is over.
        """
        return await self._act(id, "cancel")

    async def retry(self, id: str) -> Job:
        """Queue a failed or cancelled one again; return it.

        Raises:
            Conflict: it is neither.
        """
        return await self._act(id, "retry")

    async def stats(self) -> JobStats:
        """Return how many there are in each status."""
        return reading.stats(await self._http.get("/jobs/stats"), JobStats)
