"""The scheduler: once per due time, also over restarts; missed times are skipped."""

from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.scheduler import Scheduler, next_run_ms
from ratchet_web.server.store.lists.base import Window
from ratchet_web.settings import Settings
from tests.support.server import eventually
from tests.unit.server.clock import HandClock

HOURLY = "0 0 * * * *"
ALL = Window("id", limit=100)


def at(time: str) -> int:
    return int(datetime.fromisoformat(f"2026-11-23T{time}+00:00").timestamp() * 1000)


@asynccontextmanager
async def scheduling(store, clock):
    """Run a scheduler; its queue is real but not started, so that jobs stay where they are."""
    settings = Settings()
    feed = Feed()
    queue = Dispatcher(settings, store, Pool(1, settings), feed, Turns(), clock)
    scheduler = Scheduler(store, queue, feed, clock)
    await scheduler.start()
    try:
        yield scheduler
    finally:
        await scheduler.stop()


@pytest.fixture
async def hourly(store, task):
    values = {"task_id": task.id, "name": "hourly", "cron_expression": HOURLY, "enabled": True}
    return await store.schedules.add({**values, "next_run": at("11:00")}, at("10:30"))


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
    async with scheduling(store, HandClock(at("14:30"))):
        assert await jobs(store) == []
        assert await store.schedules.next_due() == at("15:00")


async def test_a_clock_set_back_fires_nothing_twice(store, hourly):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock):
        await settled(clock, store, "11:00")
        clock.set(at("10:00"))
        assert await settled(clock, store, "11:00") == [at("11:00")]


async def test_a_schedule_added_while_it_sleeps_wakes_it(store, task):
    clock = HandClock(at("10:30"))
    async with scheduling(store, clock) as scheduler:
        values = {"task_id": task.id, "name": "now", "cron_expression": HOURLY, "enabled": True}
        await store.schedules.add({**values, "next_run": at("10:30")}, at("10:30"))
        scheduler.wake()
        await eventually(lambda: jobs(store), lambda rows: len(rows) == 1)


def test_the_next_run_is_in_milliseconds():
    assert next_run_ms(HOURLY, at("10:30")) == at("11:00")
    assert next_run_ms("0 0 0 30 2 *", at("10:30")) is None
