"""The loops of the server outlive a mistake: they log it, wait, and go on."""

import asyncio
from datetime import datetime

import pytest

from ratchet_web.server import analysis
from ratchet_web.server.analysis import Analysis
from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.inspector import RETRY_MS, Inspector
from ratchet_web.server.scheduler import Scheduler
from ratchet_web.server.store.attempts import Attempts
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.schedules import Schedules
from ratchet_web.server.store.series_backfill import Backfill
from ratchet_web.server.store.statistics import Statistics
from ratchet_web.server.telemetry.series import Series
from ratchet_web.settings import Settings
from tests.support.server import eventually
from tests.unit.server.clock import HandClock

START = int(datetime.fromisoformat("2026-11-23T10:30+00:00").timestamp() * 1000)
DUE = START + 600_000
ALL = Window("id", limit=100)


def raise_once(monkeypatch, room, name):
    """Let a method fail at its first call; return the event of that."""
    raised = asyncio.Event()
    method = getattr(room, name)

    async def flawed(*given):
        if not raised.is_set():
            raised.set()
            raise RuntimeError("a mistake of ours")
        return await method(*given)

    monkeypatch.setattr(room, name, flawed)
    return raised


async def first(page):
    """Return the first row, once there is one."""
    found = await eventually(lambda: page({}, ALL), lambda found: found.rows)
    return found.rows[0]


@pytest.fixture
def clock():
    return HandClock(START)


@pytest.fixture
def queue(store, clock):
    """Return a queue whose pool never has a worker."""
    settings = Settings()
    return Dispatcher(settings, store, Pool(1, settings), Feed(), Turns(), clock)


async def test_schedules_fire_after_a_mistake(store, task, clock, queue, monkeypatch, caplog):
    values = {"task_id": task.id, "name": "soon", "cron_expression": "0 40 10 * * *", "enabled": True}
    await store.schedules.add({**values, "next_run": DUE}, START)
    raised = raise_once(monkeypatch, Schedules, "next_due")
    scheduler = Scheduler(store, queue, Feed(), clock)
    assert not scheduler.going
    await scheduler.start()
    await asyncio.wait_for(raised.wait(), 15)
    clock.set(DUE)
    assert (await first(store.jobs.page)).queued_at == DUE
    assert scheduler.going
    await scheduler.stop()
    assert not scheduler.going
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [RuntimeError]


async def test_work_is_given_out_after_a_mistake(store, task, clock, queue, monkeypatch, caplog):
    await store.jobs.add(NewRow(task.id, "{}"), START)
    raised = raise_once(monkeypatch, Attempts, "claim")
    assert not queue.going
    await queue.start()
    await asyncio.wait_for(raised.wait(), 15)
    assert (await store.executions.page({}, ALL)).rows == []
    clock.set(START + 1_000)
    assert (await first(store.executions.page)).started_at == START + 1_000
    assert queue.going
    await queue.stop()
    assert not queue.going
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [RuntimeError]


async def test_a_source_that_cannot_be_looked_at_holds_up_none_behind_it_and_is_looked_at_later(
    store, task, clock, monkeypatch, caplog
):
    second = await store.tasks.add(
        {"name": "behind", "version": "1.0.0", "enabled": True, "source_code": "main"}, START
    )
    able = asyncio.Event()

    async def check(_, source):
        if source == task.source_code and not able.is_set():
            raise RuntimeError("a mistake of ours")
        return []

    async def validated_at(wanted):
        return (await store.tasks.get(wanted.id)).validated_at

    monkeypatch.setattr(Pool, "check", check)
    inspector = Inspector(store, Pool(1, Settings()), Feed(), clock)
    await inspector.start()
    await eventually(lambda: validated_at(second), lambda at: at == START)
    await eventually(lambda: asyncio.sleep(0, caplog.records), bool)
    assert await validated_at(task) is None
    assert [record.exc_info[0] for record in caplog.records] == [RuntimeError]
    able.set()
    clock.set(START + RETRY_MS)
    await eventually(lambda: validated_at(task), lambda at: at == START + RETRY_MS)
    await inspector.stop()


async def test_the_planner_is_looked_after_when_that_met_a_mistake(store, monkeypatch, caplog):
    monkeypatch.setattr(analysis, "LOOK_S", 0.001)
    raised, looked = raise_once(monkeypatch, Statistics, "missing"), asyncio.Event()
    flawed = Statistics.missing

    async def missing(room):
        found = await flawed(room)
        looked.set()
        return found

    monkeypatch.setattr(Statistics, "missing", missing)
    looking = Analysis(store.statistics)
    await looking.start()
    await asyncio.wait_for(looked.wait(), 15)
    await looking.stop()
    assert raised.is_set()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [RuntimeError]


async def test_the_series_end_whatever_their_last_steps_meet(store, clock, monkeypatch, caplog):
    async def left(*_):
        return True

    async def unavailable(*_):
        raise Unavailable("The disk is full")

    async def gauges():
        return (0,) * 6

    monkeypatch.setattr(Backfill, "begin", left)
    raised = raise_once(monkeypatch, Backfill, "step")
    series = Series(store, clock, gauges)
    await series.start()
    await asyncio.wait_for(raised.wait(), 15)
    monkeypatch.setattr(type(store.series), "fold", unavailable)
    await series.stop()
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [RuntimeError]
    assert "The disk is full" in caplog.text
