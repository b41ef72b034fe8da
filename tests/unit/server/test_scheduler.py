"""The scheduler: once per due time, also over restarts; missed times are skipped."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.scheduler import Scheduler
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode, MisfireCode
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Window
from ratchet_web.settings import Settings
from tests.support.server import eventually
from tests.unit.server.clock import HandClock

DAY = 86_400_000
HOURLY = "0 0 * * * *"
ALL = Window("id", limit=100)


def at(time: str) -> int:
    return int(datetime.fromisoformat(f"2026-11-23T{time}+00:00").timestamp() * 1000)


@asynccontextmanager
async def scheduling(store, clock, on_set_back=lambda: None):
    """Run a scheduler; its queue is real but not started, so that jobs stay where they are."""
    settings = Settings()
    feed = Feed()
    queue = Dispatcher(settings, store, Pool(1, settings), feed, Turns(), clock)
    scheduler = Scheduler(store, queue, feed, clock, on_set_back)
    await scheduler.start()
    try:
        yield scheduler
    finally:
        await scheduler.stop()


@pytest.fixture
async def hourly(store, task):
    """Return a schedule whose jobs may overlap: here none of them ever ends."""
    values = {"task_id": task.id, "name": "hourly", "cron_expression": HOURLY, "enabled": True}
    return await store.schedules.add({**values, "allow_overlap": True}, at("10:30"))


async def jobs(store):
    return [job.queued_at for job in (await store.jobs.page({}, ALL)).rows]


async def settled(clock, store, time):
    """Move the clock and return the jobs once nothing is due any more."""
    clock.set(at(time))
    await eventually(store.schedules.next_due, lambda due: due > at(time))
    return await jobs(store)


async def test_it_fires_once_for_each_due_time(store, hourly):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock):
        assert await settled(clock, store, "10:59") == []
        assert await settled(clock, store, "11:00") == [at("11:00")]
        assert await settled(clock, store, "11:30") == [at("11:00")]
        assert await settled(clock, store, "12:00:01") == [at("11:00"), at("12:00:01")]
    row = await store.schedules.get(hourly.id)
    assert (row.last_run, row.next_run, row.last_job_id) == (at("12:00:01"), at("13:00"), 2)


async def test_a_restart_at_the_due_time_fires_nothing_again(store, hourly):
    for _ in range(3):
        clock = HandClock(at("10:59"))
        async with scheduling(store, clock):
            assert await settled(clock, store, "11:00") == [at("11:00")]


async def test_times_missed_while_down_are_skipped(store, hourly):
    clock = HandClock(at("14:30"))
    async with scheduling(store, clock):
        assert await settled(clock, store, "14:30") == []
        assert await store.schedules.next_due() == at("15:00")


async def test_times_missed_while_down_are_made_up_for_once(store, hourly):
    await store.schedules.change(hourly.id, {"misfire_policy": MisfireCode.RUN_ONCE}, at("10:30"))
    clock = HandClock(at("14:30"))
    async with scheduling(store, clock):
        assert await settled(clock, store, "14:30") == [at("14:30")]
    assert (await store.jobs.get(1)).scheduled_for == at("11:00")


async def test_a_clock_set_forward_a_day_misses_what_lay_between(store, hourly):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock):
        assert await settled(clock, store, "11:00") == [at("11:00")]
        clock.set(at("10:30") + DAY)
        await eventually(store.schedules.next_due, lambda due: due == at("11:00") + DAY)
        assert await jobs(store) == [at("11:00")]


async def test_a_clock_set_back_fires_nothing_twice(store, hourly):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock):
        await settled(clock, store, "11:00")
        clock.set(at("10:00"))
        await store.jobs.cancel_waiting(1, at("10:00"))
        assert await settled(clock, store, "11:00") == [at("11:00")]
        assert await settled(clock, store, "12:00") == [at("11:00"), at("12:00")]


async def test_a_clock_set_back_brings_back_times_that_never_fired(store, hourly):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock):
        clock.set(at("10:30") + DAY)
        await eventually(store.schedules.next_due, lambda due: due == at("11:00") + DAY)
        clock.set(at("10:31"))
        await eventually(store.schedules.next_due, lambda due: due == at("11:00"))
        assert await settled(clock, store, "11:00") == [at("11:00")]


async def test_a_retry_waits_no_longer_because_the_clock_was_set_back(store, task):
    job = await store.jobs.add(NewRow(task.id, "{}", max_retries=1), at("10:30"))
    later = await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=at("10:45")), at("10:30"))
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock):
        (attempt,) = (await store.attempts.claim(1, at("10:30"))).attempts
        failed = Ending(ExecutionCode.FAILED, 1)
        await store.attempts.end(attempt.execution_id, failed, at("10:30"), lambda *_: 60_000)
        clock.set(at("09:30"))
        row = await eventually(lambda: store.jobs.get(job.id), lambda row: row.due_at == at("09:31"))
        assert row.scheduled_for == at("09:31")
        assert (await store.jobs.get(later.id)).due_at == at("10:45")


async def test_what_was_due_before_the_clock_was_set_back_is_ready_and_what_was_not_waits(store, task):
    due = await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=at("10:40")), at("10:30"))
    later = await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=at("10:45")), at("10:30"))
    clock = HandClock(at("10:41"))
    async with scheduling(store, clock):
        clock.set(at("09:41"))
        await eventually(lambda: store.jobs.get(due.id), lambda row: row.ready)
        assert (await store.jobs.get(later.id)).due_at == at("10:45")


async def test_a_delivery_waits_no_longer_because_the_clock_was_set_back(store, task):
    await store.jobs.add(NewRow(task.id, "{}"), at("10:30"))
    (attempt,) = (await store.attempts.claim(1, at("10:30"))).attempts
    whole = Ending(ExecutionCode.COMPLETED, 1, "1", destinations=1)
    await store.attempts.end(attempt.execution_id, whole, at("10:30"), lambda *_: 0)
    clock, woken = HandClock(at("10:30")), asyncio.Event()
    async with scheduling(store, clock, woken.set):
        clock.set(at("09:30"))
        await woken.wait()
        assert len((await store.deliveries.due(at("09:30"), 5, [])).rows) == 1


class SetMeanwhile(HandClock):
    """Shows these times, one after the other, and then stands still."""

    def __init__(self, *times: int) -> None:
        super().__init__(times[0])
        self.coming = list(times)

    def now_ms(self) -> int:
        if self.coming:
            self.set(self.coming.pop(0))
        return super().now_ms()


async def test_a_clock_set_back_while_the_schedules_are_looked_at_is_noticed_before_sleeping(store, hourly):
    far = at("10:30") + DAY
    clock = SetMeanwhile(at("10:30"), at("10:30"), far, far, far, at("10:31"))
    async with scheduling(store, clock):
        # Ahead long enough to have missed a time, and back before the scheduler sleeps.
        await eventually(lambda: asyncio.sleep(0), lambda _: not clock.coming)
        await eventually(store.schedules.next_due, lambda due: due == at("11:00"))


async def test_a_schedule_added_while_it_sleeps_wakes_it(store, task):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock) as scheduler:
        values = {"task_id": task.id, "name": "now", "cron_expression": HOURLY, "enabled": True}
        await store.schedules.add({**values, "next_run": at("10:30")}, at("10:30"))
        scheduler.wake()
        await eventually(lambda: jobs(store), lambda rows: len(rows) == 1)
