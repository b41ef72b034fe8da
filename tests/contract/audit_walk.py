"""Somebody who walks through the console, and the steps that they take (test_audit_walk.py)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple

import reflex as rx

from ratchet_web.api import Ratchet
from ratchet_web.audit.journal import Journal
from ratchet_web.models.audit import AuditQuery, Entry
from ratchet_web.models.executions import ExecutionStatus, NewExecution
from ratchet_web.models.jobs import Job, NewJob
from ratchet_web.models.schedules import NewSchedule, Schedule
from ratchet_web.models.tasks import NewTask, Task
from ratchet_web.state.bulk import Bulk
from ratchet_web.state.services import Services
from tests.support.server import eventually
from tests.unit.state.test_services import at

FAILING = "async function main() { throw new Error('no'); }"
NUMBERS = count(1)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


class Press(NamedTuple):
    """What a browser sends, from the page at `address`; `loaded` by these events before."""

    address: str
    given: tuple[Any, ...]
    loaded: tuple[str, ...] = ()


class Expected(NamedTuple):
    """The line that it leaves: `noun` and `verb`; whether a person gave a reason, or it is about no row."""

    noun: str
    verb: str
    reason: str = ""
    ended: bool = False


class Walk:
    """Somebody at the console: `raw` prepares what they meet, and leaves no lines."""

    def __init__(self, raw: Ratchet, here: Services, journal: Journal) -> None:
        self.raw, self.here, self._journal = raw, here, journal
        self.viewer = at("/tasks")

    async def press(self, kind: type[rx.State], name: str, *given: Any) -> list[Any]:
        """Send an event; return what it answers."""
        state = await self.viewer.get_state(kind)
        answered = kind.event_handlers[name].fn(state, *given)
        if hasattr(answered, "__aiter__"):
            return [event async for event in answered if event is not None]
        event = await answered
        return [] if event is None else [event]

    async def lines(self) -> list[Entry]:
        """Return what is written down, the oldest first."""
        await self._journal.close()
        return (await self._journal.find(AuditQuery(limit=100), "")).entries[::-1]

    async def task(self, source: str = "function main() {}", **fields: Any) -> Task:
        """Make a task."""
        draft = NewTask(name=f"walked-{next(NUMBERS)}", source_code=source, **fields)
        return await self.raw.tasks.create(draft)

    async def failed(self) -> str:
        """Return the id of an execution that has failed."""
        begun = await self.raw.executions.create(
            NewExecution(task_id=(await self.task(FAILING)).id, input={})
        )
        find = self.raw.executions.get
        await eventually(lambda: find(begun.id), lambda row: row.status is ExecutionStatus.FAILED)
        return begun.id

    async def job(self, **fields: Any) -> Job:
        """Return a job that waits."""
        task = fields.pop("task_id", "") or (await self.task()).id
        draft = {"task_id": task, "input": {}, "scheduled_for": LATER, **fields}
        return await self.raw.jobs.create(NewJob(**draft))

    async def schedule(self) -> Schedule:
        """Return a schedule."""
        draft = NewSchedule(task_id=(await self.task()).id, name="walked", cron_expression="0 0 3 * * *")
        return await self.raw.schedules.create(draft)

    async def run(self, noun: str, verb: str, *ids: str) -> str:
        """Return the address of a bulk run that waits for its confirmation."""
        (event,) = await self.press(Bulk, "choose", noun, verb, [*ids])
        (run,) = [each for each in self.here.runs._runs.values() if each.id in str(event)]
        assert run.task
        await run.task
        return f"/{noun}?bulk={run.id}"


Step = Callable[[Walk], Awaitable[Press]]
STEPS: dict[tuple[type[rx.State], str], tuple[Step, Expected]] = {}


def step(kind: type[rx.State], name: str, expected: Expected) -> Callable[[Step], Step]:
    """Let a function prepare the event of this name, which leaves such a line."""

    def added(prepare: Step) -> Step:
        STEPS[kind, name] = (prepare, expected)
        return prepare

    return added
