"""Many lists at once against the embedded server: changed row by row, they are what a fresh read gives."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from random import Random

import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet
from ratchet_web.live.hub import Hub
from ratchet_web.live.topics import parse
from ratchet_web.models.executions import NewExecution
from ratchet_web.models.jobs import JobChange, JobPriority, NewJob
from ratchet_web.models.schedules import NewSchedule, ScheduleChange
from ratchet_web.models.tasks import NewTask, TaskChange
from tests.doubles.rooms import MemoryRooms
from tests.support.server import Process, on_port

Act = Callable[[Ratchet, Random, list[str], dict[str, list[str]]], Awaitable[None]]
SOURCES = {
    "quick": "function main() { return 1 }",
    "fails": "function main() { throw new Error('no luck') }",
    "slow": "async function main() { for (let n = 1; n < 5; n++) { progress(n / 5); await sleep(20) } }",
}
STEPS = 150
NAMES = (
    *("executions", "executions?limit=5", "executions?limit=5&page=2", "executions?sort=queued_at&limit=5"),
    *("executions?status=COMPLETED", "executions?status=FAILED&limit=5", "executions?status=RUNNING"),
    *("executions?sort=-duration_ms&limit=5", "executions?sort=status", "executions?text=luck"),
    *("executions?error=0&range=1h", "executions?task={quick}", "executions?task={fails}&status=FAILED"),
    *("executions?task={slow}&limit=100", "executions?min_ms=50"),
    *("jobs", "jobs?limit=5", "jobs?status=QUEUED", "jobs?priority=HIGH", "jobs?sort=-priority&limit=5"),
    *("jobs?status=RETRYING", "jobs?task={fails}", "jobs?status=CANCELLED&limit=5", "jobs?due=1"),
)
DEFINITIONS = (
    *("tasks", "tasks?limit=100", "tasks?limit=5", "tasks?limit=5&page=2", "tasks?sort=-name&limit=5"),
    *("tasks?enabled=true&limit=5", "tasks?enabled=false", "tasks?q=B", "tasks?q=ß", "tasks?sort=version"),
    *("tasks?sort=-updated_at&limit=5", "tasks?sort=-id&limit=5", "tasks?sort=enabled"),
    *("schedules", "schedules?limit=5", "schedules?sort=-name&limit=5", "schedules?q=A", "schedules?q=ä"),
    *("schedules?sort=next_run&limit=5", "schedules?sort=-last_run", "schedules?task={quick}"),
    *("schedules?enabled=true&limit=5&page=2", "schedules?enabled=false", "schedules?sort=-enabled"),
)
# With letters whose cases only a server knows.
NAMES_OF_SCHEDULES = ("a", "A", "ab", "B", "Ä", "ä", "áb", "Z", "z2")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with on_port(tmp_path_factory.mktemp("lists"), RATCHET_WORKERS="1") as server:
        yield server


@pytest.fixture
async def ratchet(port: Process) -> AsyncIterator[Ratchet]:
    async with Ratchet(port.url) as client:
        yield client


async def do_something(
    ratchet: Ratchet, chance: Random, tasks: list[str], made: dict[str, list[str]]
) -> None:
    """Do what somebody may do, be it refused."""
    executions, jobs = made["executions"], made["jobs"]
    act = chance.choice(["run", "run", "queue", "queue", "cancel", "retry", "change", "stop"])
    with suppress(Conflict, NotFound, IndexError):
        if act == "run":
            draft = NewExecution(task_id=chance.choice(tasks), input={})
            executions.append((await ratchet.executions.create(draft)).id)
        elif act == "queue":
            job = NewJob(task_id=chance.choice(tasks), input={}, max_retries=chance.choice([0, 1]))
            jobs.append((await ratchet.jobs.create(job)).id)
        elif act == "cancel":
            await ratchet.executions.cancel(chance.choice(executions))
        elif act == "retry":
            await ratchet.executions.retry(chance.choice(executions))
        elif act == "change":
            priority = chance.choice([JobPriority.HIGH, JobPriority.LOW])
            await ratchet.jobs.change(chance.choice(jobs), JobChange(priority=priority))
        else:
            await ratchet.jobs.cancel(chance.choice(jobs))


async def define_something(
    ratchet: Ratchet, chance: Random, tasks: list[str], made: dict[str, list[str]]
) -> None:
    """Change what tasks and schedules are, as somebody may, be it refused."""
    letters = "".join(chance.choices("aAbBzZ_", k=chance.randrange(1, 4)))
    title = chance.choice(NAMES_OF_SCHEDULES)
    act = chance.choice(
        ["task", "task", "rename", "switch", "delete", "add", "add", "name", "turn", "drop", "run"]
    )
    with suppress(Conflict, NotFound, IndexError):
        if act == "task":
            draft = NewTask(name=letters, version=f"{chance.randrange(12)}.0.0", source_code=SOURCES["quick"])
            made["tasks"].append((await ratchet.tasks.create(draft)).id)
        elif act == "rename":
            await ratchet.tasks.change(chance.choice(made["tasks"]), TaskChange(name=letters))
        elif act == "switch":
            switch = chance.choice([ratchet.tasks.enable, ratchet.tasks.disable])
            await switch(chance.choice(made["tasks"]))
        elif act == "delete":
            await ratchet.tasks.delete(chance.choice(made["tasks"]))
        elif act == "add":
            cron = f"0 0 0 {chance.randrange(1, 29)} {chance.randrange(1, 13)} *"
            schedule = NewSchedule(task_id=chance.choice(tasks), name=title, cron_expression=cron, input={})
            made["schedules"].append((await ratchet.schedules.create(schedule)).id)
        elif act == "name":
            await ratchet.schedules.change(chance.choice(made["schedules"]), ScheduleChange(name=title))
        elif act == "turn":
            turn = chance.choice([ratchet.schedules.enable, ratchet.schedules.disable])
            await turn(chance.choice(made["schedules"]))
        elif act == "drop":
            await ratchet.schedules.delete(chance.choice(made["schedules"]))
        else:
            await ratchet.schedules.trigger(chance.choice(made["schedules"]))


@pytest.mark.parametrize(
    ("names", "act", "prefix"), [(NAMES, do_something, ""), (DEFINITIONS, define_something, "of-")]
)
async def test_lists_that_are_changed_row_by_row_are_those_that_are_read_anew(
    ratchet: Ratchet, names: Sequence[str], act: Act, prefix: str
) -> None:
    chance, rooms = Random(8), MemoryRooms()
    hub = Hub(ratchet, rooms)
    await hub.start()
    tasks = {
        name: (await ratchet.tasks.create(NewTask(name=prefix + name, source_code=source))).id
        for name, source in SOURCES.items()
    }
    topics = [name.format(**tasks) for name in names]
    for n, name in enumerate(topics):
        await hub.watch(f"viewer {n}", [name])
    ann = rooms.browsers["ann"]
    await hub.watch("ann", [])
    await rooms.until(lambda: ann.mode == "live")
    made: dict[str, list[str]] = defaultdict(list)
    for _ in range(STEPS):
        await act(ratchet, chance, list(tasks.values()), made)
    async with asyncio.timeout(40):
        # All of them at one time: what was right while things still moved may have gone wrong since.
        while [name for n, name in enumerate(topics) if not await is_as_read(ratchet, rooms, n, name)]:
            pass
    await hub.stop()


async def is_as_read(ratchet: Ratchet, rooms: MemoryRooms, n: int, name: str) -> bool:
    topic = parse(name)
    assert topic is not None
    fresh, browser = await topic.fetch(ratchet), rooms.browsers[f"viewer {n}"]
    known = browser.about.get(name, {})
    return list(browser.rows.get(name, {}).values()) == list(fresh.rows) and all(
        known[part] == value for part, value in fresh.about.items()
    )
