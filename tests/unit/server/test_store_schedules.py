"""Schedules in the store: fired once, with the next time set in the same act."""

import sqlite3
from contextlib import closing
from datetime import datetime

import pytest

from ratchet_web.server.store import schedules_changes
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode, MisfireCode, PriorityCode
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.schedules import CHUNK, MISFIRE_MS, Fired, open_job

DAY = 86_400_000
MISSED = 2 * DAY + 1


def ms(time):
    return int(datetime.fromisoformat(time).timestamp() * 1000)


def values(task, **more):
    given = {"task_id": task.id, "name": "nightly", "cron_expression": "0 0 0 * * *", "enabled": True}
    return {**given, "next_run": 1_000, **more}


async def test_a_due_schedule_queues_one_job_and_moves_on(store, task):
    schedule = await store.schedules.add(values(task, priority=PriorityCode.HIGH, max_retries=7), 1)
    assert await store.schedules.fire_due(999) == []
    assert await store.schedules.fire_due(1_000) == [Fired(schedule.id, 1)]
    assert await store.schedules.fire_due(1_000) == []
    row = await store.schedules.get(schedule.id)
    assert (row.next_run, row.last_run, row.last_job_id) == (DAY, 1_000, 1)
    assert (row.fired_count, row.skipped_count, row.failed_count) == (1, 0, 0)
    job = await store.jobs.get(1)
    assert (job.schedule_id, job.scheduled_for, job.ready) == (schedule.id, 1_000, 1)
    assert (job.priority, job.max_retries) == (PriorityCode.HIGH, 7)


async def test_missed_times_are_passed_over(store, task):
    schedule = await store.schedules.add(values(task), 1)
    (fired,) = await store.schedules.fire_due(MISSED)
    assert (fired.job_id, fired.reason) == (None, "its time was missed by more than a minute")
    row = await store.schedules.get(schedule.id)
    assert (row.next_run, row.last_run, row.skipped_count) == (3 * DAY, None, 1)
    assert (row.last_skipped_at, row.skip_reason) == (MISSED, fired.reason)
    assert await store.schedules.next_due() == 3 * DAY


async def test_a_time_missed_by_less_than_a_minute_still_counts(store, task):
    await store.schedules.add(values(task), 1)
    assert [each.job_id for each in await store.schedules.fire_due(1_000 + MISFIRE_MS)] == [1]


async def test_one_run_makes_up_for_all_missed_times(store, task):
    schedule = await store.schedules.add(values(task, misfire_policy=MisfireCode.RUN_ONCE), 1)
    assert await store.schedules.fire_due(MISSED) == [Fired(schedule.id, 1)]
    assert await store.schedules.fire_due(MISSED) == []
    job, row = await store.jobs.get(1), await store.schedules.get(schedule.id)
    assert (job.scheduled_for, job.queued_at, job.ready) == (1_000, MISSED, 1)
    assert (row.next_run, row.last_due, row.fired_count) == (3 * DAY, 1_000, 1)


@pytest.mark.parametrize("retry", [False, True], ids=["queued", "retrying"])
async def test_a_due_time_is_skipped_while_an_earlier_job_is_open(store, task, retry):
    schedule = await store.schedules.add(values(task), 1)
    await store.schedules.fire_due(1_000)
    # A later job that ended hides none that is open still.
    later = await store.schedules.trigger(schedule.id, NewRow(task.id, "{}", schedule_id=schedule.id), 2_000)
    assert await store.jobs.cancel_waiting(later, 3_000)
    if retry:
        (attempt,) = (await store.attempts.claim(1, 4_000)).attempts
        ending = Ending(ExecutionCode.FAILED, 1)
        await store.attempts.end(attempt.execution_id, ending, 4_000, lambda *_: 9 * DAY)
    assert await store.schedules.fire_due(DAY) == [Fired(schedule.id, None, "its job 1 was still open")]
    row = await store.schedules.get(schedule.id)
    assert (row.next_run, row.skipped_count, row.last_skipped_at) == (2 * DAY, 1, DAY)
    assert await store.jobs.cancel_waiting(1, DAY)
    assert [each.job_id for each in await store.schedules.fire_due(2 * DAY)] == [3]


async def test_jobs_overlap_where_that_is_allowed(store, task):
    schedule = await store.schedules.add(values(task, allow_overlap=True), 1)
    assert await store.schedules.fire_due(1_000) == [Fired(schedule.id, 1)]
    assert await store.schedules.fire_due(DAY) == [Fired(schedule.id, 2)]


def test_looking_for_an_open_job_reads_no_others(store, tmp_path):
    text = str(open_job(1).compile(compile_kwargs={"literal_binds": True}))
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {text}").fetchall()
    assert ["jb_schedule_status" in step[-1] for step in plan] == [True], plan


async def test_a_schedule_of_a_disabled_task_queues_nothing(store, task):
    schedule = await store.schedules.add(values(task), 1)
    await store.tasks.change(task.id, {"enabled": False}, 2)
    assert await store.schedules.fire_due(1_000) == [Fired(schedule.id, None, "its task is disabled")]
    row = await store.schedules.get(schedule.id)
    assert (row.next_run, row.failed_count, row.skipped_count) == (DAY, 1, 0)


async def test_many_that_are_due_at_once_fire_in_parts(store, task):
    for _ in range(CHUNK + 1):
        await store.schedules.add(values(task), 1)
    assert [len(await store.schedules.fire_due(1_000)) for _ in range(3)] == [CHUNK, 1, 0]


async def test_a_disabled_schedule_does_not_fire(store, task):
    await store.schedules.add(values(task, enabled=False, next_run=None), 1)
    assert await store.schedules.next_due() is None
    assert await store.schedules.fire_due(9_999) == []


async def test_the_next_time_follows_from_the_zone(store, task):
    given = values(task, cron_expression="0 30 2 * * *", time_zone="Europe/Amsterdam")
    del given["next_run"]
    schedule = await store.schedules.add(given, ms("2027-03-27T12:00Z"))
    assert schedule.next_run == ms("2027-03-28T01:00Z")
    moved = await store.schedules.change(schedule.id, {"time_zone": "UTC"}, ms("2027-03-27T12:00Z"))
    assert moved.next_run == ms("2027-03-28T02:30Z")


async def test_enabled_again_after_the_clock_was_set_back_it_fires_no_time_twice(store, task):
    schedule = await store.schedules.add(values(task, next_run=DAY), 1)
    await store.schedules.fire_due(DAY)
    await store.schedules.change(schedule.id, {"enabled": False}, DAY - 5_000)
    row = await store.schedules.change(schedule.id, {"enabled": True}, DAY - 4_000)
    assert row.next_run == 2 * DAY
    # Another expression has due times of its own: none of them was fired.
    row = await store.schedules.change(schedule.id, {"cron_expression": "0 0 * * * *"}, DAY - 3_000)
    assert row.next_run == DAY


async def test_next_times_are_computed_anew_after_the_clock_was_set_back(store, task):
    fired = await store.schedules.add(values(task, next_run=DAY), 1)
    skipped = await store.schedules.add(values(task, next_run=9 * DAY), 1)
    off = await store.schedules.add(values(task, enabled=False, next_run=None), 1)
    await store.schedules.fire_due(DAY)
    assert await store.schedules.rearm(DAY - 5_000) == [skipped.id]
    found = [(await store.schedules.get(row.id)).next_run for row in (fired, skipped, off)]
    assert found == [2 * DAY, DAY, None]


async def test_a_schedule_that_is_gone_is_not_triggered(store, task):
    schedule = await store.schedules.add(values(task), 1)
    await store.schedules.delete(schedule.id)
    row = NewRow(task.id, "{}", schedule_id=schedule.id)
    assert await store.schedules.trigger(schedule.id, row, 2) is None
    assert (await store.jobs.page({}, Window("id"))).rows == []


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


async def test_a_job_keeps_for_which_due_time_it_is(store, task):
    schedule = await store.schedules.add(values(task, misfire_policy=MisfireCode.RUN_ONCE), 1)
    await store.schedules.fire_due(500_000)
    found = await store.schedules.statistics(schedule.id, 500_000)
    assert [(run.due_of_schedule, run.queued_at) for run in found.last] == [(1_000, 500_000)]
    # Not begun a minute after its time: it was not on time.
    assert (found.lag.queued, found.lag.begun, found.lag.on_time, found.lag.judged) == ([499_000], [], 0, 1)
    await store.attempts.claim(1, 501_000)
    again = (await store.schedules.statistics(schedule.id, 501_000)).lag
    assert (again.begun, again.on_time, again.judged) == ([500_000], 0, 1)


async def test_of_the_changes_of_a_schedule_the_newest_are_kept_and_go_with_it(store, task, monkeypatch):
    monkeypatch.setattr(schedules_changes, "MOST_KEPT", 3)
    schedule = await store.schedules.add(values(task), 1, "ann")
    first = await store.schedules.changes(schedule.id, None, 9)
    assert [(row.changed_by, row.fields) for row in first.rows] == [("ann", None)]
    for number in range(5):
        await store.schedules.change(schedule.id, {"name": f"n{number}"}, number, "bob")
    await store.schedules.change(schedule.id, {"name": "n4"}, 9, "bob")
    kept = await store.schedules.changes(schedule.id, None, 9)
    assert [row.changed_at for row in kept.rows] == [4, 3, 2]
    assert {row.changed_by for row in kept.rows} == {"bob"}
    await store.schedules.delete(schedule.id)
    assert (await store.schedules.changes(schedule.id, None, 9)).total == 0


async def test_an_input_too_long_to_be_kept_is_told_by_its_length(store, task):
    schedule = await store.schedules.add(values(task), 1)
    await store.schedules.change(schedule.id, {"input": '"' + "x" * 70_000 + '"'}, 2)
    (row, _) = (await store.schedules.changes(schedule.id, None, 2)).rows
    assert row.fields == '[["input",null,70002]]'
