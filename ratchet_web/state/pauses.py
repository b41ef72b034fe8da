"""Holding jobs back, and letting them go on: the queue's, or those of one task."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx
from pydantic import ValidationError

from ratchet_web.api import Conflict, NotFound, RatchetError
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.pauses import QUEUE_ROW, REASON_CHARS, NewPause
from ratchet_web.models.servers import under
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import server_of, services
from ratchet_web.state.viewing import in_words

NO_REASON = f"Say why, in 1 to {REASON_CHARS} characters."


class Pauses(rx.State):
    """What one viewer pauses and resumes. `task` is an id; the empty text means the queue.

    `busy` and `errors` name what is paused as the topic `pauses` does, with the server before it.
    """

    busy: list[str] = []
    errors: dict[str, str] = {}

    @rx.event
    async def pause(self, task: str, reason: str) -> AsyncIterator[None]:
        """Let no job begin; what the dialog is told stays with it."""
        if not _is_task_or_queue(task):
            return
        key, act = self._key(task), _act(task)
        if key in self.busy:
            return
        draft = _draft(reason)
        why = forbidden(self, act) or ("" if draft else NO_REASON)
        self._tell(key, why)
        if why or draft is None:
            return
        self.busy = [*self.busy, key]
        yield
        try:
            self._tell(key, await self._begin(task, draft, act))
        finally:
            self.busy = [other for other in self.busy if other != key]

    @rx.event
    async def resume(self, task: str) -> AsyncIterator[None]:
        """Let jobs begin again."""
        if not _is_task_or_queue(task):
            return
        key, act = self._key(task), _act(task)
        if key in self.busy:
            return
        if why := forbidden(self, act):
            await self._say("error", why)
            return
        self.busy = [*self.busy, key]
        yield
        try:
            await self._end(task, act)
        finally:
            self.busy = [other for other in self.busy if other != key]

    async def _begin(self, task: str, draft: NewPause, act: Act) -> str:
        """Return why it was not paused, empty where it was."""
        try:
            here = services(self)
            try:
                await here.api.pauses.begin(task or None, draft)
            finally:
                await here.hub.touched("pauses", task or QUEUE_ROW)
        except Conflict as error:
            return f"{error}. Nothing was changed."
        except RatchetError as error:
            await note_refusal(self, act, error)
            return in_words(error)
        return ""

    async def _end(self, task: str, act: Act) -> None:
        what = "the task" if task else "the queue"
        try:
            here = services(self)
            try:
                await here.api.pauses.end(task or None)
            finally:
                await here.hub.touched("pauses", task or QUEUE_ROW)
        except NotFound:
            await self._say("warn", f"Nothing to resume: {what} is not paused any more.")
        except RatchetError as error:
            await note_refusal(self, act, error)
            await self._say("error", f"Could not resume {what}: {in_words(error)}")
        else:
            await self._say("ok", f"Resumed {what}: its jobs begin again.")

    def _key(self, task: str) -> str:
        return under(server_of(self), task or QUEUE_ROW)

    def _tell(self, key: str, why: str) -> None:
        self.errors = {**self.errors, key: why}

    async def _say(self, kind: str, text: str) -> None:
        (await self.get_state(Notices))._tell(server_of(self), kind, text)


def _is_task_or_queue(task: Any) -> bool:
    return task == "" or is_row_id(task)


def _act(task: str) -> Act:
    return Act.PAUSE_TASK if task else Act.PAUSE_QUEUE


def _draft(reason: Any) -> NewPause | None:
    try:
        return NewPause(reason=reason)
    except ValidationError:
        return None
