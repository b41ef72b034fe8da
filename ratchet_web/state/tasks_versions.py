"""What a task was: which revision is looked at, and going back to it."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.live.rows import detail_row
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.tasks_edit_form import SCHEMAS
from ratchet_web.state.viewing import described, in_words, path_part

TAB = "versions"


class TaskVersions(rx.State):
    """The tab `versions` of a task, `?tab=versions&revision=3&before=51`."""

    id: str = ""
    topic: str = ""
    link: str = ""
    revision: str = ""
    source: str = ""
    input_schema: str | None = ""
    output_schema: str | None = ""
    title: str = ""
    failure: dict[str, str] = {}
    busy: bool = False

    @rx.event
    async def restore(self, revision: str, current: str) -> AsyncIterator[Any]:
        """Make the task what it was at a revision, if it is at `current` still."""
        if self.busy or not is_row_id(revision) or not is_row_id(current) or not is_row_id(self.id):
            return
        if why := forbidden(self, Act.EDIT_TASK):
            await self._tell("error", why)
            return
        self.busy = True
        yield
        id = self.id
        try:
            here = services(self)
            try:
                task = await here.api.tasks.restore(id, int(revision), current=int(current))
            finally:
                await here.hub.touched("tasks", id)
        except RatchetError as error:
            await note_refusal(self, Act.EDIT_TASK, error)
            await self._tell("error", f"Could not restore revision {revision}: {in_words(error)}")
        else:
            await self._tell("ok", f"{task.name} is what it was at revision {revision}.")
            yield go(self, self.link)
        finally:
            self.busy = False

    def _open(self) -> tuple[str, ...]:
        """Take what the address asks for; return the topics of the tab."""
        asked, self.id = self.router.url.query_parameters, path_part(self, 1)
        self.failure, self.title, self.source, self.input_schema, self.output_schema = {}, "", "", "", ""
        self.link = f"/tasks/{self.id}?tab={TAB}"
        self.revision = revision if is_row_id(revision := asked.get("revision", "")) else ""
        before = f"/{below}" if is_row_id(below := asked.get("before", "")) else ""
        self.topic = f"tasks/{self.id}/{TAB}{before}"
        return (self.topic,)

    async def _read(self) -> None:
        if not self.revision:
            return
        try:
            api = services(self).api
            if (await api.dialect()).can(Ability.VERSIONS):
                then = await api.tasks.version(self.id, int(self.revision))
                # As the row of the task is written, with which it is compared.
                row = detail_row(then)
                self.title, self.source = f"{then.name} {then.version}", row["source_code"]
                self.input_schema, self.output_schema = (_text(row, name) for name in SCHEMAS)
        except RatchetError as error:
            self.failure = described("This revision could not be read", error)

    async def _tell(self, kind: str, text: str) -> None:
        (await self.get_state(Notices))._tell(server_of(self), kind, text)


async def open_versions(state: rx.State) -> tuple[str, ...]:
    """Open the tab; return the topics to watch."""
    return (await state.get_state(TaskVersions))._open()


async def read_version(state: rx.State) -> None:
    """Read the revision that the address names, if it names one."""
    await (await state.get_state(TaskVersions))._read()


def _text(row: dict[str, Any], name: str) -> str | None:
    """Return a schema as text, None where it is too long to be sent."""
    text: str | None = row[f"{name}_text"]
    return text or (None if row[f"{name}_size"] else "")
