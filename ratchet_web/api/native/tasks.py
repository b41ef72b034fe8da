"""`/tasks` of the native server: only the name, the versions and the schemas are its own; no sources."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager

from pydantic import JsonValue
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.errors import Broken, Conflict, NotApplied, NotFound
from ratchet_web.api.native import words
from ratchet_web.api.native.lists import those_found
from ratchet_web.api.native.server import Server
from ratchet_web.api.native.shapes import TASKS
from ratchet_web.api.tasks import Tasks
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

UNTOLD = "This server does not tell what tasks did of late"
# What it reads of a task; it ignores the source.
SENT = ("name", "version", "description", "enabled", "input_schema", "output_schema", "metadata")


class NativeTasks(Tasks):
    """`/tasks` as the native server has them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lists = server.lists(TASKS, Task, "id")

    @override
    async def get(self, id: str) -> Task:
        return await self._server.row(TASKS, id, Task)

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Task]:
        return await those_found(self.get, ids)

    @override
    async def page(self, query: TaskQuery) -> Page[Task]:
        enabled = {} if query.enabled is None else {"enabled": str(query.enabled).lower()}
        # The server's own search fails on many words, and finds no name with an underscore.
        return await self._lists.page(query, enabled, ("q",) if query.q else ())

    @override
    async def activity(self, query: TaskQuery) -> Page[TaskActivity]:
        raise Broken(UNTOLD)

    @override
    async def activity_of(self, ids: Sequence[str]) -> Sequence[TaskActivity]:
        raise Broken(UNTOLD)

    @override
    async def figures(self, id: str, period: Period) -> ExecutionStats:
        raise Broken(UNTOLD)

    @override
    async def series(self, id: str, period: Period) -> Series:
        raise Broken(UNTOLD)

    @override
    async def create(self, draft: NewTask) -> Task:
        # The server has no version of its own to give.
        body = {"version": draft.version, **_body(draft)}
        same = await self._lists.every({})
        if any((task.name, task.version) == (draft.name, draft.version) for task in same):
            raise Conflict(f"There is a task {draft.name} {draft.version} already: choose another version")
        task = reading.one(await self._server.send("POST", "/tasks", body), Task)
        self._server.names.forget()
        return _as_asked(draft, task)

    @override
    async def change(self, id: str, draft: TaskChange, *, revision: int | None = None) -> Task:
        await self.get(id)
        await self._server.send("PATCH", f"/tasks/{id}", _body(draft))
        self._server.names.forget()
        return _as_asked(draft, await self.get(id))

    @override
    async def enable(self, id: str) -> Task:
        return await self._switch(id, True)

    @override
    async def disable(self, id: str) -> Task:
        return await self._switch(id, False)

    @override
    async def delete(self, id: str) -> None:
        await self.get(id)
        await self._server.send("DELETE", f"/tasks/{id}")
        self._server.names.forget()
        try:
            await self.get(id)
        except NotFound:
            return
        raise NotApplied("The task is still there: try again in a moment")

    @override
    def try_out(self, draft: TaskTrial) -> AbstractAsyncContextManager[AsyncIterator[TrialNews]]:
        raise Broken("This server runs no drafts")

    @override
    async def versions(self, id: str, *, before: int | None = None) -> tuple[TaskVersionHead, ...]:
        raise Broken("This server keeps no versions")

    @override
    async def restore(self, id: str, revision: int, *, current: int | None = None) -> Task:
        raise Broken("This server keeps no versions")

    @override
    async def check(self, draft: SourceCheck) -> CheckResult:
        raise Broken("This server checks no sources")

    @override
    async def version(self, id: str, revision: int) -> TaskVersion:
        raise Broken("This server keeps no earlier versions of tasks")

    @override
    async def stats(self) -> TaskStats:
        (total, enabled, disabled) = await self._lists.totals([{}, {"enabled": "true"}, {"enabled": "false"}])
        return TaskStats(total_tasks=total, enabled_tasks=enabled, disabled_tasks=disabled)

    async def _switch(self, id: str, on: bool) -> Task:
        if (task := await self.get(id)).enabled is on:
            return task
        await self._server.send("POST", f"/tasks/{id}/{'enable' if on else 'disable'}")
        task = await self.get(id)
        if task.enabled is not on:
            raise NotApplied(f"The task is still {'disabled' if on else 'enabled'}: try again in a moment")
        return task


def _body(draft: NewTask | TaskChange) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {key: value for key, value in draft.wire().items() if key != "sourceCode"}
    words.check(**{name: body.get(name) for name in ("description", "inputSchema", "outputSchema")})
    words.check_size(body)
    return body


def _as_asked(draft: NewTask | TaskChange, task: Task) -> Task:
    """Return the task.

    Raises:
        NotApplied: it is not as the draft wants it.
    """
    asked = {name: getattr(draft, name) for name in SENT if name in draft.model_fields_set}
    missed = [name for name, value in asked.items() if getattr(task, name) != value]
    cleared = [name for name in missed if asked[name] is None]
    if cleared:
        raise NotApplied(f"This server cannot empty {_listed(cleared)} of a task; all else was saved")
    if missed:
        raise NotApplied(f"The server kept {_listed(missed)} as it was")
    return task


def _listed(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)
