"""Changing a job while it waits."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import reflex as rx

from ratchet_web.api import Conflict, NotFound, RatchetError, Refused
from ratchet_web.logic.jobs_change import base_of, came_between, read_change
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.jobs import Job, JobChange
from ratchet_web.models.servers import under
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import Services, go, server_of, services
from ratchet_web.state.viewing import field_errors, in_words, path_part

# Of the address: whether the form is open.
EDIT = "edit"


class JobEdit(rx.State):
    """The form on the page of a job; the address says that it is open."""

    is_open: bool = False
    draft_key: str = ""
    saved_key: str = ""
    errors: list[dict[str, str]] = []
    told: str = ""
    latest: dict[str, str] = {}
    busy: bool = False

    @rx.event
    async def save(self, change: dict[str, str], base: dict[str, str]) -> AsyncIterator[Any]:
        """Change what was changed, unless something came in between since `base`; that is told then."""
        draft, wrong = read_change(change)
        id = path_part(self, 1)
        if self.busy or not is_row_id(id):
            return
        self.errors, self.told, self.latest = wrong, "", {}
        if wrong:
            return
        if why := forbidden(self, Act.CHANGE_JOB):
            self.errors = [{"field": "", "message": why}]
            return
        self.busy = True
        yield
        try:
            changed = await self._change(id, draft, base)
        finally:
            self.busy = False
        if changed is not None:
            self.saved_key = uuid4().hex
            yield go(self, f"/jobs/{id}", replace=True)

    def _begin(self) -> None:
        """Take what the address says; what is typed is the browser's."""
        self.errors, self.told, self.latest, self.busy = [], "", {}, False
        self.is_open = self.router.url.query_parameters.get(EDIT) == "1"
        self.draft_key = under(server_of(self), f"job.{path_part(self, 1)}")

    async def _change(self, id: str, draft: JobChange, base: object) -> Job | None:
        """Return the changed job, or None with what stands in its way told."""
        try:
            here = services(self)
            now = await here.api.jobs.get(id)
            if told := came_between(base, now):
                self.told, self.latest = told, base_of(now)
                await here.hub.touched("jobs", id)
                return None
            try:
                changed = await here.api.jobs.change(id, draft)
            except Conflict as error:
                await self._explain(here, id, error)
                return None
            await here.hub.touched("jobs", id)
            return changed
        except Refused as error:
            self.errors = field_errors(error)
        except RatchetError as error:
            await note_refusal(self, Act.CHANGE_JOB, error)
            self.errors = [{"field": "", "message": in_words(error)}]
        return None

    async def _explain(self, here: Services, id: str, error: Conflict) -> None:
        """Say what the job does instead of waiting, where that is why the server refused."""
        await here.hub.touched("jobs", id)
        try:
            why = came_between({}, await here.api.jobs.get(id))
        except NotFound:
            why = f"Nothing was changed: job {id} is there no more."
        self.told = why if why.startswith("Nothing was changed:") else in_words(error)
