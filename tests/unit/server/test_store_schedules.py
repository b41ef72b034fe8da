"""Schedules in the store: fired once, with the next time set in the same act."""

from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.schedules import Fired


def values(task, **more):
    given = {"task_id": task.id, "name": "nightly", "cron_expression": "0 0 0 * * *", "enabled": True}
    return {**given, "next_run": 1_000, **more}


async def test_a_due_schedule_queues_one_job_and_moves_on(store, task):
    schedule = await store.schedules.add(values(task), 1)
    assert await store.schedules.fire_due(999, lambda _: 2_000) == []
    assert await store.schedules.fire_due(1_000, lambda _: 2_000) == [Fired(schedule.id, 1)]
    assert await store.schedules.fire_due(1_000, lambda _: 2_000) == []
    row = await store.schedules.get(schedule.id)
    assert (row.next_run, row.last_run, row.last_job_id) == (2_000, 1_000, 1)
    assert (await store.jobs.get(1)).schedule_id == schedule.id


async def test_missed_times_are_passed_over(store, task):
    schedule = await store.schedules.add(values(task), 1)
    assert await store.schedules.skip_due(5_000, lambda _: 6_000) == [schedule.id]
    row = await store.schedules.get(schedule.id)
    assert (row.next_run, row.last_run) == (6_000, None)
    assert await store.schedules.next_due() == 6_000


async def test_a_schedule_of_a_disabled_task_queues_nothing(store, task):
    schedule = await store.schedules.add(values(task), 1)
    await store.tasks.change(task.id, {"enabled": False}, 2)
    assert await store.schedules.fire_due(1_000, lambda _: 2_000) == [Fired(schedule.id, None)]
    assert (await store.schedules.get(schedule.id)).next_run == 2_000


async def test_a_disabled_schedule_does_not_fire(store, task):
    await store.schedules.add(values(task, enabled=False, next_run=None), 1)
    assert await store.schedules.next_due() is None
    assert await store.schedules.fire_due(9_999, lambda _: None) == []


async def test_ids_of_deleted_schedules_are_not_used_again(store, task):
    first = await store.schedules.add(values(task), 1)
    assert await store.schedules.delete(first.id)
    assert not await store.schedules.delete(first.id)
    assert (await store.schedules.add(values(task), 1)).id == first.id + 1


async def test_lists_and_counts(store, task):
    await store.schedules.add(values(task), 1)
    await store.schedules.add(values(task, name="Hourly", enabled=False, next_run=None), 1)
    found = await store.schedules.page({}, Window("name"))
    assert [row.name for row in found.rows] == ["Hourly", "nightly"]
    assert (await store.schedules.page({"enabled": True}, Window("id"))).total == 1
    assert await store.schedules.counts(1_500) == (2, 1, 1, 1_000, None)
