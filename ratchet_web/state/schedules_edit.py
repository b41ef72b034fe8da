"""Writing a schedule: what is typed lives in the browser until it is saved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from time import monotonic
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError

from ratchet_web.api import NotFound, Ratchet, RatchetError
from ratchet_web.logic.cron_preview import EXPRESSION_LIMIT, ZONE_LIMIT, Others, preview
from ratchet_web.logic.work_texts import is_fault
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.models.schedules import NewSchedule, Schedule, ScheduleChange
from ratchet_web.models.servers import under
from ratchet_web.models.tasks import Task
from ratchet_web.state import schedules_edit_form as forms
from ratchet_web.state.editing import Editing, Errors
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import forbidden
from ratchet_web.state.schedules_load import others_than
from ratchet_web.state.services import may_do, server_of, services
from ratchet_web.state.tasks_edit_form import placed, texts
from ratchet_web.state.viewing import described, path_part, watch

NO_TASK = "Choose the task that it is to run."
MARKED = ("task_id", *forms.FIELDS)
# So long the other schedules count as known while somebody types.
OTHERS_KEEP_S = 60.0


class ScheduleEdit(Editing, rx.State):
    """The schedule being written.

    `preview` tells of the expression and the zone that were told last (`logic.cron_preview`).
    """

    NOUN: ClassVar = "schedule"
    ACT: ClassVar = Act.EDIT_SCHEDULE

    shown: dict[str, str] = {}
    given: dict[str, Any] = {}
    task_id: str = ""
    task_name: str = ""
    task_key: str = ""
    input_schema: dict[str, Any] = {}
    preview: dict[str, Any] = {}
    input_errors: Errors = []
    # Of the retry policy and the destinations, by the places of the API.
    work_errors: Errors = []
    _timing: tuple[str, str] = ("", "")
    _others: tuple[float, Others] | None = None

    @rx.event
    async def load(self) -> None:
        """Open the schedule that the address names, or a new one of the task that the address names."""
        wanted = path_part(self, 1)
        self.errors, self.failure, self.conflict = {}, {}, {}
        self.input_errors, self.work_errors = [], []
        self.saved_key = self.saved_to = self.unsaved = ""
        if (server_of(self), wanted) != (self._server, self.id or "new"):
            self.id = self.doc_key = self.task_id = self.task_key = ""
            self.preview, self._timing, self._others = {}, ("", ""), None
        self._server = server_of(self)
        await watch(self, *(() if wanted == "new" else (f"schedules/{wanted}",)))
        try:
            dialect = await services(self).api.dialect()
            if wanted == "new":
                # Which zone is the viewer's, only the browser knows.
                zone = "" if dialect.can(Ability.SCHEDULE_OPTIONS) else "UTC"
                self._fill(forms.NEW.model_copy(update={"time_zone": zone}), "new")
                await self._read_task(self._asked_task())
            else:
                schedule = await services(self).api.schedules.get(wanted)
                if not dialect.can(Ability.SCHEDULE_DELIVERY):
                    # It may mask nothing, and nothing of them is changed.
                    schedule = schedule.model_copy(update={"output_destinations": None})
                self._fill(schedule, f"{schedule.id} {schedule.updated_at}")
                await self._read_task(schedule.task_id)
        except RatchetError as error:
            what = "task" if self.doc_key else "schedule"
            self.failure = described(f"The {what} could not be read", error) | {"kind": error.kind}
        await self._look()

    @rx.event
    async def look(self, cron: str) -> None:
        """Say what an expression means and when it fires next."""
        if isinstance(cron, str) and len(cron) <= EXPRESSION_LIMIT:
            self._timing = (cron, self._timing[1])
            await self._look()

    @rx.event
    async def look_by(self, zone: str) -> None:
        """Say when the expression fires by the clock of another zone."""
        if isinstance(zone, str) and len(zone) <= ZONE_LIMIT:
            self._timing = (self._timing[0], zone)
            await self._look()

    @rx.event
    async def save(self, form: dict[str, Any]) -> AsyncIterator[None]:
        """Save what was typed and open the schedule; on an error everything typed stays where it is."""
        self.errors, self.failure, self.input_errors, self.work_errors = {}, {}, [], []
        self.unsaved = forbidden(self, Act.EDIT_SCHEDULE)
        # A second press that was made before the page knew of the first must not make a second schedule.
        if self.unsaved or self.busy or self.saved_key:
            return
        given = texts(form)
        if not self._is_open() or (self.id and not forms.is_base(given.get("base", ""))):
            self.unsaved = self._still_read()
            return
        async for step in self._keep(lambda: self._saved(given)):
            yield step

    @rx.event
    async def compare(self, form: dict[str, Any]) -> None:
        """Show what somebody else made of the schedule beside what was typed."""
        if forbidden(self, Act.EDIT_SCHEDULE) or not self.id or not self._is_open():
            return
        given = texts(form)
        fields, wrong = forms.fields_of(given, keeps_all=True)
        self._tell(wrong)
        try:
            self._meet(await services(self).api.schedules.get(self.id), forms.changed(given, fields))
        except RatchetError as error:
            self.failure = described("The schedule could not be read", error)

    def _is_marked(self) -> bool:
        return bool(self.input_errors or self.work_errors) or any(self.errors.get(name) for name in MARKED)

    def _asked_task(self) -> str:
        asked = self.router.url.query_parameters.get("task", "")
        return asked if is_row_id(asked) else ""

    def _is_open(self) -> bool:
        """Return whether what the address names, the task of a new one included, is what was read."""
        is_its = bool(self.id) or self.task_id == self._asked_task()
        return super()._is_open() and bool(self.doc_key) and is_its

    def _fill(self, schedule: Schedule, key: str) -> None:
        self.id, self.doc_key = schedule.id, under(self._server, key)
        self.draft_key = under(self._server, f"schedule.{schedule.id or 'new'}")
        self.base = forms.base_of(schedule) if schedule.id else ""
        self.shown, self.given = forms.shown(schedule), {"input": schedule.input}
        if not self._timing[0]:
            self._timing = (schedule.cron_expression, schedule.time_zone)

    async def _read_task(self, id: str) -> None:
        """Read what the task takes as input; without one nothing is asked for."""
        if not id:
            self.task_id = self.task_name = self.task_key = ""
            return
        try:
            task = await services(self).api.tasks.get(id)
        except NotFound:
            if not self.id:
                raise
            # Its schedule can be mended all the same.
            task = Task(id=id, name=f"task {id}")
        self.task_id, self.task_name = id, task.name
        self.input_schema = task.input_schema if isinstance(task.input_schema, dict) else {}
        self.task_key = under(self._server, f"{id} {task.updated_at}")

    async def _look(self) -> None:
        cron, zone = self._timing
        if not zone or not may_do(self, Act.EDIT_SCHEDULE):
            return
        others = await self._beside()
        # In a thread: rare dates take longer than others should wait.
        told = await asyncio.to_thread(preview, cron, zone, datetime.now(UTC), others)
        self.preview = told

    async def _beside(self) -> Others:
        if self._others is None or monotonic() - self._others[0] > OTHERS_KEEP_S:
            try:
                self._others = (monotonic(), await others_than(services(self).api, self.id))
            except RatchetError as error:
                return Others(trouble=str(error))
        return self._others[1]

    async def _saved(self, given: dict[str, str]) -> Schedule | None:
        """Return the schedule as the server has it now, or None with what is wrong set."""
        try:
            api = services(self).api
            fields = self._fields(given, (await api.dialect()).can(Ability.SCHEDULE_OPTIONS))
            return None if fields is None else await self._send(api, fields, given)
        except ValidationError as error:
            self.errors = {str(each["loc"][0]): each["msg"] for each in error.errors()}
        except RatchetError as error:
            await self._explain(error)
        return None

    def _fields(self, given: dict[str, str], keeps_all: bool) -> dict[str, Any] | None:
        """Return the draft's fields, or None with `errors` set."""
        fields, wrong = forms.fields_of(given, keeps_all)
        if not self.id and not self.task_id:
            wrong["task_id"] = NO_TASK
        if "input" in wrong:
            self.input_errors = [{"field": "", "message": wrong.pop("input")}]
        self._tell(wrong)
        return None if wrong or self.input_errors else fields

    def _tell(self, wrong: dict[str, str]) -> None:
        """Show what is wrong with what was typed."""
        self.work_errors = [{"field": at, "message": wrong[at]} for at in wrong if is_fault(at)]
        self.errors = {name: said for name, said in wrong.items() if not is_fault(name)}

    def _place(self, errors: Errors) -> None:
        """Show what the server refused at its fields; what is said of parts of some stands in their forms."""
        self.input_errors = [each for each in errors if each["field"].split(".")[0].split("[")[0] == "input"]
        self.work_errors = [each for each in errors if is_fault(each["field"])]
        rest = [each for each in errors if each not in (*self.input_errors, *self.work_errors)]
        self.errors = placed(rest, {*MARKED})

    async def _send(self, api: Ratchet, fields: dict[str, Any], given: dict[str, str]) -> Schedule | None:
        if not self.id:
            saved = await api.schedules.create(NewSchedule(task_id=self.task_id, **fields))
            await self._tell_lost(forms.not_kept(fields, saved))
            return saved
        # What nobody touched here stays as others made it.
        mine = forms.changed(given, fields)
        theirs = await api.schedules.get(self.id)
        if not mine or forms.base_of(theirs) != given["base"]:
            return self._meet(theirs, mine)
        saved = await api.schedules.change(self.id, ScheduleChange(**mine))
        await self._tell_lost(forms.not_kept(mine, saved))
        return saved

    async def _tell_lost(self, names: list[str]) -> None:
        if names:
            notices = await self.get_state(Notices)
            notices._tell(
                server_of(self), "warn", f"Saved, but this server did not keep: {', '.join(names)}."
            )

    def _meet(self, theirs: Schedule, mine: dict[str, Any]) -> Schedule | None:
        """Show both versions; return theirs where it is the same."""
        found = forms.differences(theirs, mine)
        if not found:
            return theirs
        self._show_both(theirs, forms.base_of(theirs), found)
        return None
