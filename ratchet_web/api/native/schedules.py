"""`/schedules` of the native server: its list hides the disabled ones, and nothing of one can be changed."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.arranging import arranged
from ratchet_web.api.errors import Broken, Conflict, NotApplied, NotFound, RatchetError, Refused, Unreachable
from ratchet_web.api.kept import Kept
from ratchet_web.api.native import words
from ratchet_web.api.native.lists import those_found
from ratchet_web.api.native.reads import ByGraphql, Row, Span
from ratchet_web.api.native.server import Server
from ratchet_web.api.native.shapes import SCHEDULES
from ratchet_web.api.schedules import Schedules
from ratchet_web.logic.cron import CronError, describe, next_run, normalise
from ratchet_web.models.base import is_row_id
from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import (
    NewSchedule,
    Schedule,
    ScheduleChange,
    ScheduleQuery,
    ScheduleRuns,
    ScheduleStats,
    ScheduleTrigger,
)
from ratchet_web.models.schedules_activity import (
    ScheduleActivity,
    ScheduleRevision,
    ScheduleStatistics,
)

UNTOLD = "This server does not tell how the runs of a schedule went"
# Its list has no pages: asked for any, it sends all that are enabled.
ALL = Span(0, 100)
# Hidden ones are looked for this far above the highest id that is known.
BEYOND = 20
MOST_IDS = 2_000
HIDDEN_KEEP_S = 60.0
COSTLY_KEEP_S = 3_600.0
# What it counts is asked for by REST, of whose requests there are few.
COUNTED_KEEP_S = 900.0
logger = logging.getLogger(__name__)

ADVICE = "This server changes no schedule: delete it and create it anew, which gives it a new id"


class NativeSchedules(Schedules):
    """`/schedules` as the native server has them."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lists = server.lists(SCHEDULES, Schedule, "id")
        self._hidden: dict[str, Row] = {}
        self._known: set[str] = set()
        # When the row of a schedule changed by our switch; None: when is not known (yet).
        self._switched: dict[str, datetime | None] = {}
        self._looked_at = -float("inf")
        self._turn = asyncio.Lock()
        self._counted = Kept(self._ask_counted, max(COUNTED_KEEP_S, self._keep_s))

    @override
    async def get(self, id: str) -> Schedule:
        (schedule,) = await self._told([await self._server.row(SCHEDULES, id, Schedule)])
        return schedule

    @override
    async def several(self, ids: Sequence[str]) -> Sequence[Schedule]:
        return await those_found(self.get, ids)

    @override
    async def page(self, query: ScheduleQuery) -> Page[Schedule]:
        every = await self._every()
        page = arranged(query, await self._told(every))
        if await self._counts_more_than(len(every)):
            return page.model_copy(update={"ignored": (*page.ignored, "hidden")})
        return page

    @override
    async def create(self, draft: NewSchedule) -> Schedule:
        body = {**_kept(draft), "cronExpression": _six_fields(draft.cron_expression)}
        words.check(name=draft.name, description=draft.description)
        words.check_size(body)
        schedule = reading.one(await self._server.send("POST", "/schedules", body), Schedule)
        self._forget()
        return await self.get(schedule.id)

    @override
    async def change(self, id: str, draft: ScheduleChange) -> Schedule:
        await self.get(id)
        # Its answer would be 200, and a changed expression would fire beside the old one.
        raise NotApplied(ADVICE)

    @override
    async def delete(self, id: str) -> None:
        await self.get(id)
        await self._server.send("DELETE", f"/schedules/{id}")
        self._forget()
        self._switched.pop(id, None)
        try:
            await self.get(id)
        except NotFound:
            return
        raise NotApplied(f"Schedule {id} is still there: try again in a moment")

    @override
    async def enable(self, id: str) -> Schedule:
        return await self._switch(id, True)

    @override
    async def disable(self, id: str) -> Schedule:
        return await self._switch(id, False)

    @override
    async def trigger(self, id: str, draft: ScheduleTrigger | None = None) -> Job:
        if draft is not None:
            raise Refused("This server runs a schedule with an empty input, and with no other")
        schedule = await self.get(id)
        if not schedule.enabled:
            raise Conflict(f"Schedule {id} is disabled, and this server triggers enabled ones only")
        answer = await self._server.send("POST", f"/schedules/{id}/trigger")
        job = reading.after_act(answer, Job, key="job")
        if job is None:
            raise answer.broken("The schedule was triggered, but the server does not say which job it queued")
        return job

    @override
    async def runs(self, since: datetime, until: datetime, step_s: int) -> ScheduleRuns:
        return ScheduleRuns()

    @override
    async def activity(self, query: ScheduleQuery) -> Page[ScheduleActivity]:
        raise Broken(UNTOLD)

    @override
    async def activity_of(self, ids: Sequence[str]) -> Sequence[ScheduleActivity]:
        raise Broken(UNTOLD)

    @override
    async def statistics(self, id: str) -> ScheduleStatistics:
        raise Broken(UNTOLD)

    @override
    async def changes(self, id: str, *, before: str | None = None) -> tuple[ScheduleRevision, ...]:
        raise Broken("This server does not keep what a schedule was")

    @override
    async def stats(self) -> ScheduleStats:
        every = await self._every()
        enabled = sum(schedule.enabled for schedule in every)
        return ScheduleStats(
            total_schedules=len(every), enabled_schedules=enabled, disabled_schedules=len(every) - enabled
        )

    async def _switch(self, id: str, on: bool) -> Schedule:
        schedule = await self.get(id)
        # Enabling one that is enabled would let it fire twice.
        if schedule.enabled is on:
            return schedule
        await self._send_switch(id, "enable" if on else "disable")
        self._forget()
        row = await self._server.row(SCHEDULES, id, Schedule)
        self._switched[id] = row.updated_at
        (after,) = await self._told([row])
        if after.enabled is not on:
            raise NotApplied(f"Schedule {id} is still {'disabled' if on else 'enabled'}")
        return after

    async def _send_switch(self, id: str, verb: str) -> None:
        """Switch it, and remember that what changes its row now is no run."""
        before = {id: self._switched[id]} if id in self._switched else {}
        self._switched[id] = None
        try:
            await self._server.send("POST", f"/schedules/{id}/{verb}")
        except Unreachable:
            # It may have been done.
            raise
        except RatchetError:
            del self._switched[id]
            self._switched.update(before)
            raise

    async def _every(self) -> list[Schedule]:
        """Return all schedules: what the list shows, and what it hides, read by id."""
        async with self._turn:
            (window,) = await self._server.reads.windows(SCHEDULES, [({}, ALL)])
            shown = {str(row.get("id")): row for row in window.rows}
            self._known.update(shown)
            if (
                shown.keys() & self._hidden.keys()
                or asyncio.get_running_loop().time() - self._looked_at > self._keep_s
            ):
                self._hidden = await self._look(shown)
                self._known = {*shown, *self._hidden}
                self._looked_at = asyncio.get_running_loop().time()
            return self._lists.read([*shown.values(), *self._hidden.values()])

    async def _counts_more_than(self, found: int) -> bool:
        """Return whether there are schedules that were not found, as far as the server says it."""
        try:
            return (await self._counted.get()) > found
        except RatchetError as error:
            logger.info("How many schedules there are is not known: %s", error)
            return False

    async def _ask_counted(self) -> int:
        answer = await self._server.http.get("/schedules/stats")
        return reading.stats(answer, ScheduleStats).total_schedules or 0

    async def _look(self, shown: dict[str, Row]) -> dict[str, Row]:
        known = [int(id) for id in self._known if is_row_id(id)]
        top = max(known, default=0) + BEYOND
        unseen = [str(n) for n in range(max(1, top - MOST_IDS), top + 1) if str(n) not in shown]
        if not isinstance(self._server.reads, ByGraphql):
            # A request for each id is too dear: those stay hidden that were never seen.
            unseen = sorted(self._known - shown.keys())
        return await self._server.reads.rows(SCHEDULES, unseen)

    @property
    def _keep_s(self) -> float:
        return HIDDEN_KEEP_S if isinstance(self._server.reads, ByGraphql) else COSTLY_KEEP_S

    def _forget(self) -> None:
        self._looked_at = -float("inf")
        self._counted.forget()

    async def _told(self, schedules: Sequence[Schedule]) -> list[Schedule]:
        """Return them with the next run, which we compute, and the last, if the last change tells it."""
        names = await self._server.names.of({schedule.task_id for schedule in schedules})
        return [
            schedule.model_copy(
                update={
                    "task_name": names.get(schedule.task_id),
                    "next_run": _next(schedule),
                    "last_run": self._last(schedule),
                    "cron_words": _words(schedule),
                }
            )
            for schedule in schedules
        ]

    def _last(self, schedule: Schedule) -> datetime | None:
        created, changed = schedule.created_at, schedule.updated_at
        if not schedule.enabled or not created or not changed or changed <= created:
            return None
        if schedule.id not in self._switched:
            return changed
        switched = self._switched[schedule.id]
        return changed if switched and changed > switched else None


def _next(schedule: Schedule) -> datetime | None:
    try:
        return next_run(normalise(schedule.cron_expression), datetime.now(UTC)) if schedule.enabled else None
    except CronError:
        return None


def _words(schedule: Schedule) -> str | None:
    try:
        return describe(normalise(schedule.cron_expression))
    except CronError:
        return None


def _kept(draft: NewSchedule) -> dict[str, JsonValue]:
    """Return what the server reads of a draft.

    Raises:
        Refused: the draft wants what it does not know.
    """
    body: dict[str, JsonValue] = draft.wire()
    known = {"taskId", "name", "cronExpression", "description", "enabled", "outputDestinations"}
    plain = {"timeZone": "UTC", "misfirePolicy": "SKIP", "allowOverlap": False, "priority": "NORMAL"}
    strange = [name for name, value in body.items() if name not in known and value != plain.get(name)]
    if strange:
        raise Refused(
            "This server keeps less of a schedule",
            fields=dict.fromkeys(strange, "is not kept by this server: leave it as it is"),
        )
    return {name: value for name, value in body.items() if name in known}


def _six_fields(expression: str) -> str:
    """Return an expression as the server reads it: six fields, weekdays by name.

    Raises:
        Refused: it makes no sense, or names a year: then the server would stop firing anything.
    """
    if len(expression.split()) == 7:
        raise Refused(
            "A year is not possible here", fields={"cronExpression": "has seven fields; leave the year out"}
        )
    try:
        return normalise(expression)
    except CronError as error:
        raise Refused(str(error), fields={"cronExpression": str(error)}) from error
