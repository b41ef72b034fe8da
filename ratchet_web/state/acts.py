"""What a person does to a row: cancel, retry, switch, trigger, delete. The row says that it is busy."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import reflex as rx

from ratchet_web.api import Conflict, NotFound, Ratchet, RatchetError
from ratchet_web.api.schedules import Schedules
from ratchet_web.api.tasks import Tasks
from ratchet_web.logic.addresses import on_server
from ratchet_web.logic.bulk import is_value
from ratchet_web.logic.json_text import sendable
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.delays import Intent
from ratchet_web.models.destinations import DESTINATIONS_LIMIT
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.models.servers import under
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.started import note_started
from ratchet_web.state.viewing import in_words, page_of

ACTS = {
    ("executions", "cancel"): Act.CANCEL_EXECUTION,
    ("executions", "retry"): Act.RETRY_EXECUTION,
    ("jobs", "create"): Act.RUN_TASK,
    ("jobs", "cancel"): Act.CANCEL_JOB,
    ("jobs", "retry"): Act.RETRY_JOB,
    ("jobs", "priority"): Act.CHANGE_JOB,
    ("jobs", "deliver"): Act.DELIVER_AGAIN,
    ("tasks", "enable"): Act.SWITCH_TASK,
    ("tasks", "disable"): Act.SWITCH_TASK,
    ("tasks", "delete"): Act.DELETE_TASK,
    ("schedules", "enable"): Act.SWITCH_SCHEDULE,
    ("schedules", "disable"): Act.SWITCH_SCHEDULE,
    ("schedules", "trigger"): Act.TRIGGER_SCHEDULE,
    ("schedules", "delete"): Act.DELETE_SCHEDULE,
}


NAME_LIMIT = 200


class Acts(rx.State):
    """The acts of one viewer. `busy` names the rows whose answer is still to come.

    A row is `executions/12`, with the name of its server before it where that has one: `prod:executions/12`.
    """

    busy: list[str] = []

    @rx.event
    async def cancel_execution(self, id: str) -> AsyncIterator[None]:
        """Stop an execution."""
        async for _ in self._act("executions", id, "cancel", lambda api: api.executions.cancel(id)):
            yield

    @rx.event
    async def retry_execution(self, id: str, seen: str = "") -> AsyncIterator[Any]:
        """Run a failed execution again with the same input, and say where.

        `seen` is as for `retry_and_open`, where the server judges it.
        """
        async for new in self._act("executions", id, "retry", lambda api: _retry_as_listed(api, id, seen)):
            yield
            if new is not None:
                await note_started(self, new)
                await self._tell("ok", "Running again.", page_of(new), f"Open {_noun_of(new)} {new.id}")

    @rx.event
    async def retry_and_open(self, id: str, seen: str = "") -> AsyncIterator[Any]:
        """Run a failed execution again with the same input, and open the new one.

        `seen` is the retry that its page shows, if any: where there is another by now, nothing is done.
        """
        async for new in self._act(
            "executions", id, "retry", lambda api: api.executions.retry(id, seen=_seen(seen))
        ):
            if new is not None:
                await note_started(self, new)
            yield go(self, page_of(new)) if new is not None else None

    @rx.event
    async def cancel_job(self, id: str) -> AsyncIterator[None]:
        """Cancel a job; if it is running, stop its execution."""
        async for _ in self._act("jobs", id, "cancel", lambda api: api.jobs.cancel(id)):
            yield

    @rx.event
    async def retry_job(self, id: str) -> AsyncIterator[None]:
        """Queue a failed or cancelled job again."""
        async for job in self._act("jobs", id, "retry", lambda api: api.jobs.retry(id)):
            yield
            if job is not None:
                await note_started(self, job)

    @rx.event
    async def set_priority(self, id: str, priority: str) -> None:
        """Let a job that waits go before others, or behind them, in a moment."""
        if is_value("priority", priority):
            await self._later(Intent("jobs", id, "priority", priority))

    @rx.event
    async def deliver_again(self, id: str, position: int) -> AsyncIterator[None]:
        """Bring the output of a job to one of its destinations once more."""
        if type(position) is not int or not 1 <= position <= DESTINATIONS_LIMIT:
            return
        acting = self._act("jobs", id, "deliver", lambda api: _redelivered(api, id, position))
        async for done in acting:
            yield
            if done is not None:
                await self._tell("ok", f"Output {position} of job {id} is delivered once more.")

    @rx.event
    async def switch_task(self, id: str, on: bool, name: str = "") -> None:
        """Enable or disable a task, in a moment; `name` is what people call it."""
        await self._later(Intent("tasks", id, "enable" if on is True else "disable", name=_name(name)))

    @rx.event
    async def delete_task(self, id: str) -> AsyncIterator[Any]:
        """Delete a task, and lead from its page to the list."""
        async for event in self._delete("tasks", id, lambda api: api.tasks):
            yield event

    @rx.event
    async def switch_schedule(self, id: str, on: bool, name: str = "") -> None:
        """Enable or disable a schedule, in a moment; `name` is what people call it."""
        await self._later(Intent("schedules", id, "enable" if on is True else "disable", name=_name(name)))

    @rx.event
    async def trigger_schedule(self, id: str) -> AsyncIterator[None]:
        """Queue a job of a schedule now."""
        async for job in self._act("schedules", id, "trigger", lambda api: api.schedules.trigger(id)):
            yield
            if job is not None:
                await note_started(self, job)
                await self._tell("ok", "Queued a run.", f"/jobs/{job.id}", f"Open job {job.id}")

    @rx.event
    async def delete_schedule(self, id: str) -> AsyncIterator[Any]:
        """Delete a schedule, and lead from its page to the list."""
        async for event in self._delete("schedules", id, lambda api: api.schedules):
            yield event

    async def _delete(
        self, noun: str, id: str, resource: Callable[[Ratchet], Tasks | Schedules]
    ) -> AsyncIterator[Any]:
        async for name in self._act(noun, id, "delete", lambda api: _deleted(resource(api), id)):
            yield None
            if name is not None:
                await self._tell("ok", f"Deleted {noun.removesuffix('s')} {name}.")
                yield go(self, f"/{noun}")

    async def _act(
        self, noun: str, id: str, verb: str, call: Callable[[Ratchet], Awaitable[Any]]
    ) -> AsyncIterator[Any]:
        """Yield None while the row is busy, then once more with the server's answer, None if it refused."""
        if not is_row_id(id):
            await self._tell("error", f"There is no such {noun.removesuffix('s')} to {verb}.")
            return
        row = under(server_of(self), f"{noun}/{id}")
        act = ACTS[noun, verb]
        if row in self.busy:
            return
        if why := forbidden(self, act, id):
            await self._tell("error", why)
            return
        self.busy = [*self.busy, row]
        yield None
        answer = None
        try:
            async with self._reporting(act, f"Could not {verb} {noun.removesuffix('s')} {id}"):
                here = services(self)
                try:
                    answer = await call(here.api)
                except (NotFound, Conflict):
                    # The row is not any more what the page shows.
                    await here.hub.touched(noun, id)
                    raise
                await here.hub.touched(noun, id)
                await self._warn(here.api, f"{noun}/{verb}")
        finally:
            self.busy = [other for other in self.busy if other != row]
        yield answer

    async def _later(self, intent: Intent) -> None:
        """Do it in a moment, in place of what waits for the row; the opposite of that takes it back."""
        why = ""
        if not is_row_id(intent.id):
            why = f"There is no such {intent.noun.removesuffix('s')} to {intent.verb}."
        act = ACTS[intent.noun, intent.verb]
        if why := why or forbidden(self, act, intent.id):
            await self._tell("error", why)
            return
        try:
            here = services(self)
            waits = here.delays.waiting(intent.row)
            if waits is not None and waits.verb != intent.verb:
                await here.delays.take_back(intent.row)
            else:
                await here.delays.let_wait(intent, lambda: here.person.may(act))
        except RatchetError as error:
            await self._tell("error", in_words(error))

    @asynccontextmanager
    async def _reporting(self, act: Act, what: str) -> AsyncIterator[None]:
        try:
            yield
        except RatchetError as error:
            await note_refusal(self, act, error)
            await self._tell("error", f"{what}: {in_words(error)}")

    async def _warn(self, api: Ratchet, act: str) -> None:
        """Say what this server makes of an act, where that is not what people expect."""
        if caveat := (await api.dialect()).caveats.get(act):
            await self._tell("warn", caveat)

    async def _tell(self, kind: str, text: str, href: str = "", link: str = "") -> None:
        notices, here = await self.get_state(Notices), server_of(self)
        notices._tell(here, kind, text, href and on_server(href, here), link)


async def _retry_as_listed(api: Ratchet, id: str, seen: object) -> Execution | Job:
    """Retry an execution of a list; what its row says counts where the server judges it, as it told both."""
    judged = (await api.dialect()).capabilities.retry_condition
    return await api.executions.retry(id, seen=_seen(seen) if judged else None)


def _seen(given: object) -> str:
    return given if isinstance(given, str) else ""


async def _deleted(resource: Tasks | Schedules, id: str) -> str:
    """Delete a row; return its name."""
    row = await resource.get(id)
    await resource.delete(id)
    return row.name


async def _redelivered(api: Ratchet, id: str, position: int) -> int:
    """Deliver once more; return where to."""
    await api.jobs.redeliver(id, position)
    return position


def _noun_of(started: Execution | Job) -> str:
    return "job" if isinstance(started, Job) else "execution"


def _name(name: object) -> str:
    return sendable(name[:NAME_LIMIT]) if isinstance(name, str) else ""
