"""`/schedules`: cron expressions that queue jobs."""

from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.http import Http
from ratchet_web.api.schedules import CHANGES, Schedules
from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import (
    NewSchedule,
    Schedule,
    ScheduleChange,
    ScheduleQuery,
    ScheduleRuns,
    ScheduleStats,
    ScheduleTrigger,
)
from ratchet_web.models.schedules_activity import (
    ScheduleActivity,
    ScheduleRevision,
    ScheduleStatistics,
)


class ContractSchedules(Resource[Schedule], Schedules):
    """`/schedules` as the contract has it."""

    def __init__(self, http: Http, *, runs: bool = False) -> None:
        super().__init__(http, "/schedules", Schedule)
        self._has_runs = runs

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Schedule]:
        return await self._several(ids)

    @override
    async def page(self, query: ScheduleQuery) -> Page[Schedule]:
        return await self._page(query)

    @override
    async def create(self, draft: NewSchedule) -> Schedule:
        return await self._create(draft)

    @override
    async def change(self, id: str, draft: ScheduleChange) -> Schedule:
        return await self._change(id, draft)

    @override
    async def delete(self, id: str) -> None:
        await self._http.send("DELETE", self._at(id))

    @override
    async def enable(self, id: str) -> Schedule:
        return await self._act(id, "enable")

    @override
    async def disable(self, id: str) -> Schedule:
        return await self._act(id, "disable")

    @override
    async def trigger(self, id: str, draft: ScheduleTrigger | None = None) -> Job:
        answer = await self._http.send("POST", self._at(id, "trigger"), draft.wire() if draft else None)
        job = reading.after_act(answer, Job, key="job")
        if job is None:
            raise answer.broken("The schedule was triggered, but the server does not say which job it queued")
        return job

    @override
    async def runs(self, since: datetime, until: datetime, step_s: int) -> ScheduleRuns:
        if not self._has_runs:
            return ScheduleRuns()
        times = {"queued_after": since.isoformat(), "queued_before": until.isoformat()}
        answer = await self._http.get("/schedules/runs", {**times, "step_s": str(step_s)})
        return reading.one(answer, ScheduleRuns)

    @override
    async def activity(self, query: ScheduleQuery) -> Page[ScheduleActivity]:
        told = await self._http.get("/schedules/activity", query.params())
        return reading.page(told, ScheduleActivity, query.limit)

    @override
    async def activity_of(self, ids: Sequence[str]) -> Sequence[ScheduleActivity]:
        return await self._those(ids, "/schedules/activity", ScheduleActivity)

    @override
    async def statistics(self, id: str) -> ScheduleStatistics:
        return reading.one(await self._http.get(self._at(id, "activity")), ScheduleStatistics)

    @override
    async def changes(self, id: str, *, before: str | None = None) -> tuple[ScheduleRevision, ...]:
        wanted = {"limit": str(CHANGES)} | ({} if before is None else {"before": before})
        return reading.every(await self._http.get(self._at(id, "changes"), wanted), ScheduleRevision)

    @override
    async def stats(self) -> ScheduleStats:
        return reading.stats(await self._http.get("/schedules/stats"), ScheduleStats)
