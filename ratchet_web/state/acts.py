"""What a person does to a row: cancel, retry, switch, trigger. The row says that it is busy."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.state.notices import Notices
from ratchet_web.state.services import services
from ratchet_web.state.viewing import in_words, page_of


class Acts(rx.State):
    """The acts of one viewer. `busy` names the rows (`executions/12`) whose answer is still to come."""

    busy: list[str] = []

    @rx.event
    async def cancel_execution(self, id: str) -> AsyncIterator[None]:
        """Stop an execution."""
        async for _ in self._act("executions", id, "cancel", services().api.executions.cancel):
            yield

    @rx.event
    async def retry_execution(self, id: str) -> AsyncIterator[Any]:
        """Run a failed execution again with the same input, and say where."""
        async for new in self._act("executions", id, "retry", services().api.executions.retry):
            yield
            if new is not None:
                await self._tell("ok", "Running again.", page_of(new), f"Open {_noun_of(new)} {new.id}")

    @rx.event
    async def retry_and_open(self, id: str) -> AsyncIterator[Any]:
        """Run a failed execution again with the same input, and open the new one."""
        async for new in self._act("executions", id, "retry", services().api.executions.retry):
            yield rx.redirect(page_of(new)) if new is not None else None

    @rx.event
    async def cancel_job(self, id: str) -> AsyncIterator[None]:
        """Cancel a job; if it is running, stop its execution."""
        async for _ in self._act("jobs", id, "cancel", services().api.jobs.cancel):
            yield

    @rx.event
    async def retry_job(self, id: str) -> AsyncIterator[None]:
        """Queue a failed or cancelled job again."""
        async for _ in self._act("jobs", id, "retry", services().api.jobs.retry):
            yield

    @rx.event
    async def switch_task(self, id: str, on: bool) -> AsyncIterator[None]:
        """Enable or disable a task."""
        tasks = services().api.tasks
        verb, call = ("enable", tasks.enable) if on is True else ("disable", tasks.disable)
        async for _ in self._act("tasks", id, verb, call):
            yield

    @rx.event
    async def switch_schedule(self, id: str, on: bool) -> AsyncIterator[None]:
        """Enable or disable a schedule."""
        schedules = services().api.schedules
        verb, call = ("enable", schedules.enable) if on is True else ("disable", schedules.disable)
        async for _ in self._act("schedules", id, verb, call):
            yield

    @rx.event
    async def trigger_schedule(self, id: str) -> AsyncIterator[None]:
        """Queue a job of a schedule now."""
        async for job in self._act("schedules", id, "trigger", services().api.schedules.trigger):
            yield
            if job is not None:
                await self._tell("ok", "Queued a run.", f"/jobs/{job.id}", f"Open job {job.id}")

    async def _act(
        self, noun: str, id: str, verb: str, call: Callable[[str], Awaitable[Any]]
    ) -> AsyncIterator[Any]:
        """Yield None while the row is busy, then once more with the server's answer, None if it refused."""
        if not is_row_id(id):
            await self._tell("error", f"There is no such {noun.removesuffix('s')} to {verb}.")
            return
        row = f"{noun}/{id}"
        if row in self.busy:
            return
        self.busy = [*self.busy, row]
        yield None
        answer = None
        try:
            async with self._reporting(f"Could not {verb} {noun.removesuffix('s')} {id}"):
                answer = await call(id)
                await services().hub.touched(noun, id)
                await self._warn(f"{noun}/{verb}")
        finally:
            self.busy = [other for other in self.busy if other != row]
        yield answer

    @asynccontextmanager
    async def _reporting(self, what: str) -> AsyncIterator[None]:
        try:
            yield
        except RatchetError as error:
            await self._tell("error", f"{what}: {in_words(error)}")

    async def _warn(self, act: str) -> None:
        """Say what this server makes of an act, where that is not what people expect."""
        if caveat := (await services().api.dialect()).caveats.get(act):
            await self._tell("warn", caveat)

    async def _tell(self, kind: str, text: str, href: str = "", link: str = "") -> None:
        notices = await self.get_state(Notices)
        notices._tell(kind, text, href, link)


def _noun_of(started: Execution | Job) -> str:
    return "job" if isinstance(started, Job) else "execution"
