"""The scheduler fires at the very instants that the preview tells, whatever the clocks of a zone do."""

import pytest
import pytest_asyncio

from ratchet_web.logic.cron import coming, normalise
from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.scheduler import Scheduler
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.store import Store
from ratchet_web.settings import Settings
from tests.support.server import eventually
from tests.unit.logic.cron_cases import BEYOND_CRONITER, CASES, IN_GAPS, Case
from tests.unit.server.clock import HandClock

RUNS = 5
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory):
    """One store for all: each has its own schedule, and takes it away again."""
    opened = await Store.open(tmp_path_factory.mktemp("times"))
    values = {"name": "sum", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
    yield opened, await opened.tasks.add(values, 1_000)
    await opened.close()


async def fired(store, task, case: Case) -> list[int]:
    """Let time pass, from one due time to the next, and return for which of them jobs were queued."""
    begin_ms = int(case.begin.timestamp() * 1000)
    clock, settings, feed = HandClock(begin_ms), Settings(), Feed()
    timing = {"cron_expression": normalise(case.cron), "time_zone": case.zone}
    schedule = await store.schedules.add(
        {"task_id": task.id, "name": case.cron, "enabled": True, "allow_overlap": True, **timing}, begin_ms
    )
    # Its queue is not started, so that jobs stay where they are.
    queue = Dispatcher(settings, store, Pool(1, settings), feed, Turns(), clock)
    scheduler = Scheduler(store, queue, feed, clock)
    await scheduler.start()
    try:
        for _ in range(RUNS):
            due_ms = await store.schedules.next_due()
            clock.set(due_ms - 1)
            clock.set(due_ms)
            await eventually(store.schedules.next_due, lambda next_ms, now_ms=due_ms: next_ms > now_ms)
    finally:
        await scheduler.stop()
        await store.schedules.delete(schedule.id)
    rows = (await store.jobs.page({"schedule_id": schedule.id}, Window("id", limit=100))).rows
    assert all(row.queued_at == row.scheduled_for for row in rows)
    return sorted(row.scheduled_for for row in rows)


ALL = (*CASES, *BEYOND_CRONITER, *(case for case, *_ in IN_GAPS))


@pytest.mark.parametrize("case", ALL, ids=[f"{case.cron} {case.zone} {case.after[:10]}" for case in ALL])
async def test_jobs_are_queued_at_the_times_of_the_preview(shared, case: Case) -> None:
    told = coming(normalise(case.cron), case.zone, case.begin, RUNS)
    assert await fired(*shared, case) == [int(run.at.timestamp() * 1000) for run in told]
