"""`/tasks`: JavaScript with an input and an output schema."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.answers import parse
from ratchet_web.api.contract.resource import Resource
from ratchet_web.api.errors import Broken, Unreachable
from ratchet_web.api.http import Http
from ratchet_web.api.sse import ServerEvent
from ratchet_web.api.tasks import VERSIONS, Tasks
from ratchet_web.models.executions import ExecutionStats
from ratchet_web.models.pages import Page
from ratchet_web.models.series import Period, Series
from ratchet_web.models.tasks import (
    CheckResult,
    NewTask,
    SourceCheck,
    Task,
    TaskChange,
    TaskQuery,
    TaskStats,
    TaskTrial,
    TaskVersion,
    TaskVersionHead,
    TrialNews,
)
from ratchet_web.models.tasks_activity import TaskActivity


class ContractTasks(Resource[Task], Tasks):
    """`/tasks` as the contract has it."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/tasks", Task)

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Task]:
        return await self._several(ids)

    @override
    async def page(self, query: TaskQuery) -> Page[Task]:
        return await self._page(query)

    @override
    async def activity(self, query: TaskQuery) -> Page[TaskActivity]:
        told = await self._http.get("/tasks/activity", query.params())
        return reading.page(told, TaskActivity, query.limit)

    @override
    async def activity_of(self, ids: Sequence[str]) -> Sequence[TaskActivity]:
        return await self._those(ids, "/tasks/activity", TaskActivity)

    @override
    async def figures(self, id: str, period: Period) -> ExecutionStats:
        asked = {"task_id": id, "period": period.name}
        return reading.stats(await self._http.get("/executions/stats", asked), ExecutionStats)

    @override
    async def series(self, id: str, period: Period) -> Series:
        since = (datetime.now(UTC) - period.length).isoformat(timespec="seconds")
        asked = {"task_id": id, "resolution": period.resolution, "from": since.replace("+00:00", "Z")}
        return reading.one(await self._http.get("/series", asked), Series)

    @override
    async def create(self, draft: NewTask) -> Task:
        return await self._create(draft)

    @override
    async def change(self, id: str, draft: TaskChange, *, revision: int | None = None) -> Task:
        return await self._change(id, draft, _only_at(revision))

    @override
    async def enable(self, id: str) -> Task:
        return await self._act(id, "enable")

    @override
    async def disable(self, id: str) -> Task:
        return await self._act(id, "disable")

    @override
    async def delete(self, id: str) -> None:
        await self._http.send("DELETE", self._at(id))

    @override
    def try_out(self, draft: TaskTrial) -> AbstractAsyncContextManager[AsyncIterator[TrialNews]]:
        return self._trying(draft)

    @asynccontextmanager
    async def _trying(self, draft: TaskTrial) -> AsyncIterator[AsyncIterator[TrialNews]]:
        async with self._http.events("/tasks/try", body=draft.wire()) as events:
            yield _news(events)

    @override
    async def versions(self, id: str, *, before: int | None = None) -> tuple[TaskVersionHead, ...]:
        wanted = {"limit": str(VERSIONS)} | ({} if before is None else {"before": str(before)})
        return reading.every(await self._http.get(self._at(id, "versions"), wanted), TaskVersionHead)

    @override
    async def restore(self, id: str, revision: int, *, current: int | None = None) -> Task:
        return await self._act(id, f"versions/{revision}/restore", headers=_only_at(current))

    @override
    async def check(self, draft: SourceCheck) -> CheckResult:
        return reading.one(await self._http.send("POST", "/tasks/check", draft.wire()), CheckResult)

    @override
    async def version(self, id: str, revision: int) -> TaskVersion:
        return reading.one(await self._http.get(self._at(id, f"versions/{revision}")), TaskVersion)

    @override
    async def stats(self) -> TaskStats:
        return reading.stats(await self._http.get("/tasks/stats"), TaskStats)


def _only_at(revision: int | None) -> dict[str, str]:
    """Return the header that lets a change happen only while the task is at this revision."""
    return {} if revision is None else {"if-match": f'"{revision}"'}


async def _news(events: AsyncIterator[ServerEvent]) -> AsyncIterator[TrialNews]:
    async for event in events:
        try:
            told = parse(event.text.encode())
        except ValueError as error:
            raise Broken("What the draft says cannot be read", status=200) from error
        yield TrialNews.model_validate({"end": told} if event.name == "end" else told or {})
        if event.name == "end":
            return
    raise Unreachable("The trial broke off")
