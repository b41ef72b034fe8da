"""The schedules pages: which list, which schedule is open, and a run of it with another input."""

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError, Refused
from ratchet_web.logic.json_text import parsed
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.models.schedules import ScheduleQuery, ScheduleTrigger
from ratchet_web.models.servers import under
from ratchet_web.state.refusals import forbidden, note_refusal
from ratchet_web.state.services import go, server_of, services
from ratchet_web.state.started import note_started
from ratchet_web.state.viewing import (
    ListState,
    asked,
    choices,
    described,
    field_errors,
    in_words,
    page_of,
    path_part,
    watch,
)

TRIGGER = "trigger"
# Of the changes, those before this one.
BEFORE = "before"
INPUT_LIMIT = 1_000_000


class ScheduleList(ListState, rx.State):
    """`/schedules`."""

    enabled: list[dict[str, Any]] = []
    strips_topic: str = ""
    _query: ScheduleQuery = ScheduleQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, ScheduleQuery)
        self._show(self._query, ignored)
        self.enabled = choices(self._query, "enabled", {True: "Enabled", False: "Disabled"})
        self.strips_topic = self.topic.replace("schedules", "strips", 1)
        await watch(self, self.topic, self.strips_topic)


class ScheduleDetail(rx.State):
    """`/schedules/[schedule_id]`. The address says that the dialog is open which runs it with another input.

    `form_key` is empty while nothing is known that could be run, and once it was: a press is done once.
    """

    id: str = ""
    topic: str = ""
    figures_topic: str = ""
    changes_topic: str = ""
    older: bool = False
    jobs_link: str = ""
    executions_link: str = ""
    input_schema: dict[str, Any] = {}
    given: dict[str, Any] = {}
    form_key: str = ""
    draft_key: str = ""
    saved_key: str = ""
    errors: list[dict[str, str]] = []
    failure: dict[str, str] = {}
    busy: bool = False

    @rx.event
    async def load(self) -> None:
        """Watch the schedule that the address names, and read what its task takes where that is asked for."""
        self.id = path_part(self, 1)
        self.topic = f"schedules/{self.id}"
        row = self.id if self.id.isdecimal() else None
        self.jobs_link = JobQuery(schedule=row).address() if row else "/jobs"
        self.executions_link = ExecutionQuery(schedule=row).address() if row else "/executions"
        self.form_key = self.saved_key = ""
        self.errors, self.failure = [], {}
        given = self.router.url.query_parameters
        before = given.get(BEFORE, "")
        self.older = is_row_id(before)
        self.figures_topic = f"strips/{self.id}"
        self.changes_topic = f"changes/{self.id}" + (f"/{before}" if self.older else "")
        await watch(self, self.topic, self.figures_topic, self.changes_topic, PAUSES)
        if TRIGGER in given:
            await self._read()

    @rx.event
    async def run_with(self, text: str) -> AsyncIterator[Any]:
        """Queue a job of the schedule now with an input, given as JSON, and open the job."""
        if self.busy or not self.form_key or path_part(self, 1) != self.id:
            return
        if why := forbidden(self, Act.TRIGGER_SCHEDULE):
            self.errors = [{"field": "", "message": why}]
            return
        if not isinstance(text, str) or len(text) > INPUT_LIMIT:
            self.errors = [{"field": "", "message": "This input is too large."}]
            return
        self.errors, self.busy = [], True
        yield
        try:
            job_page = await self._run(text)
        finally:
            self.busy = False
        if job_page:
            self.saved_key, self.form_key = job_page, ""
            yield go(self, job_page)

    async def _read(self) -> None:
        try:
            schedule = await services(self).api.schedules.get(self.id)
            task = await services(self).api.tasks.get(schedule.task_id)
        except RatchetError as error:
            self.failure = described("The schedule could not be read", error)
            return
        self.input_schema = task.input_schema if isinstance(task.input_schema, dict) else {}
        self.given = {"input": schedule.input}
        self.form_key = under(server_of(self), f"{schedule.id} {schedule.updated_at} {task.updated_at}")
        self.draft_key = under(server_of(self), f"trigger.{schedule.id}")

    async def _run(self, text: str) -> str:
        """Return the page of the job that was queued; empty with `errors` set where none was."""
        here = services(self)
        try:
            job = await here.api.schedules.trigger(self.id, ScheduleTrigger(input=parsed(text)))
        except Refused as error:
            self.errors = field_errors(error)
        except RatchetError as error:
            await note_refusal(self, Act.TRIGGER_SCHEDULE, error)
            self.errors = [{"field": "", "message": in_words(error)}]
        except ValueError as error:
            self.errors = [{"field": "", "message": f"This is not JSON: {error}"}]
        else:
            await here.hub.touched("schedules", self.id)
            await note_started(self, job)
            return page_of(job)
        return ""
