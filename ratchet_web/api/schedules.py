"""`/schedules`: cron expressions that queue jobs."""

from ratchet_web.api import reading
from ratchet_web.api.http import Http
from ratchet_web.api.resource import Resource
from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import NewSchedule, Schedule, ScheduleChange, ScheduleQuery, ScheduleStats


class Schedules(Resource[Schedule]):
    """`/schedules`. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/schedules", Schedule)

    async def page(self, query: ScheduleQuery) -> Page[Schedule]:
        """Return one page of schedules.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """
        return await self._page(query)

    async def create(self, draft: NewSchedule) -> Schedule:
        """Return the new schedule.

        Raises:
            Refused: a field is wrong; `.fields` names it (`cronExpression`).
            NotFound: there is no such task.
        """
        return await self._create(draft)

    async def change(self, id: str, draft: ScheduleChange) -> Schedule:
        """Return the changed schedule; what the draft leaves out stays.

        Raises:
            Refused: a field is wrong; `.fields` names it.
        """
        return await self._change(id, draft)

    async def delete(self, id: str) -> None:
        """Delete it; jobs that it queued stay."""
        await self._http.send("DELETE", self._at(id))

    async def enable(self, id: str) -> Schedule:
        """Let it fire; return it."""
        return await self._act(id, "enable")

    async def disable(self, id: str) -> Schedule:
        """Keep it from firing; return it."""
        return await self._act(id, "disable")

    async def trigger(self, id: str) -> Job:
        """Queue its job now; return the job.

        Raises:
            Refused: the server does not trigger disabled ones.
            Broken: the server does not say which job it queued.
        """
        answer = await self._http.send("POST", self._at(id, "trigger"))
        job = reading.after_act(answer, Job, key="job")
        if job is None:
            raise answer.broken("The schedule was triggered, but the server does not say which job it queued")
        return job

    async def stats(self) -> ScheduleStats:
        """Return how many there are."""
        return reading.stats(await self._http.get("/schedules/stats"), ScheduleStats)
