"""`/tasks`: JavaScript with an input and an output schema."""

from ratchet_web.api import reading
from ratchet_web.api.http import Http
from ratchet_web.api.resource import Resource
from ratchet_web.models.pages import Page
from ratchet_web.models.tasks import CheckResult, NewTask, SourceCheck, Task, TaskChange, TaskQuery, TaskStats


class Tasks(Resource[Task]):
    """`/tasks`. Every call may raise any of `api.errors`."""

    def __init__(self, http: Http) -> None:
        super().__init__(http, "/tasks", Task)

    async def page(self, query: TaskQuery) -> Page[Task]:
        """Return one page of tasks.

        Raises:
            Refused: the server rejected a filter; `.fields` names it.
        """
        return await self._page(query)

    async def create(self, draft: NewTask) -> Task:
        """Return the new task.

        Raises:
            Refused: a field is wrong; `.fields` names it.
            Conflict: this name and version exist.
        """
        return await self._create(draft)

    async def change(self, id: str, draft: TaskChange) -> Task:
        """Return the changed task; what the draft leaves out stays.

        Raises:
            Refused: a field is wrong; `.fields` names it.
        """
        return await self._change(id, draft)

    async def enable(self, id: str) -> Task:
        """Allow it to run; return it."""
        return await self._act(id, "enable")

    async def disable(self, id: str) -> Task:
        """Forbid it to run; return it."""
        return await self._act(id, "disable")

    async def check(self, draft: SourceCheck) -> CheckResult:
        """Return what is wrong with a definition, without saving it. Only where `capabilities.task_check`."""
        return reading.one(await self._http.send("POST", "/tasks/check", draft.wire()), CheckResult)

    async def stats(self) -> TaskStats:
        """Return how many there are."""
        return reading.stats(await self._http.get("/tasks/stats"), TaskStats)
