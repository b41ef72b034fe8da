"""What ended long ago goes, oldest first; nothing else does, and everybody else can write meanwhile."""

import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from ratchet_web.server import retention as retention_module
from ratchet_web.server.retention import Removed, Retention
from ratchet_web.server.store import bulk as bulk_module
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.bulk import Selection
from ratchet_web.server.store.codes import BulkCode, DeliveryCode, ExecutionCode
from ratchet_web.server.store.deliveries import Tried
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.executions import NewRow as NewExecution
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.lists.jobs import LISTING as JOBS
from ratchet_web.server.store.logs import Line
from ratchet_web.settings import Settings
from tests.support.server import eventually
from tests.unit.server.clock import HandClock

DAY = 86_400_000
NOW = 100 * DAY
OLD, YOUNG = NOW - 31 * DAY, NOW - 29 * DAY
ALL = Window("id", limit=100)


def retention(store, **chosen):
    return Retention(Settings(**chosen), store, HandClock(NOW))


async def end(store, execution_id, at, status=ExecutionCode.COMPLETED):
    await store.attempts.end(execution_id, Ending(status, 7, output="1"), at, lambda *_: 200 * DAY)


async def ran(store, task, at, lines=0):
    """Return the id of a direct execution that ended at a time."""
    row = await store.executions.add(NewExecution(task.id, "1.0.0", "{}"), at)
    assert [each.execution_id for each in (await store.attempts.claim(1, at)).attempts] == [row.id]
    if lines:
        texts = [Line(row.id, seq, at, "info", "console", "x") for seq in range(1, lines + 1)]
        await store.record(texts, [])
    await end(store, row.id, at)
    return row.id


async def worked(store, task, at, status=ExecutionCode.COMPLETED, retries=0):
    """Return the ids of a job whose attempt ended at a time, and of that attempt."""
    job = await store.jobs.add(NewRow(task.id, "{}", max_retries=retries), at)
    (attempt,) = (await store.attempts.claim(1, at)).attempts
    await end(store, attempt.execution_id, at, status)
    return job.id, attempt.execution_id


async def left(store):
    """Return the ids of the executions and of the jobs that are there."""
    rooms = (store.executions, store.jobs)
    executions, jobs = [[row.id for row in (await room.page({}, ALL)).rows] for room in rooms]
    return executions, jobs


def table(tmp_path, sql):
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        return connection.execute(sql).fetchall()


def assert_counted(tmp_path):
    """Counters equal the rows, and nothing is left of what is gone."""
    for name in ("execution", "job"):
        counted = table(tmp_path, f"SELECT task_id, status, n FROM {name}_counts WHERE n ORDER BY 1, 2")
        rows = f"SELECT task_id, status, count(*) FROM {name}s GROUP BY 1, 2 ORDER BY 1, 2"
        assert counted == table(tmp_path, rows)
        lost = f"SELECT count(*) FROM {name}_payloads WHERE {name}_id NOT IN (SELECT id FROM {name}s)"
        assert table(tmp_path, lost) == [(0,)]
    lost = "SELECT count(*) FROM execution_logs WHERE execution_id NOT IN (SELECT id FROM executions)"
    assert table(tmp_path, lost) == [(0,)]


async def test_what_ended_before_the_days_that_are_kept_goes_with_all_that_belongs_to_it(
    store, task, tmp_path
):
    await ran(store, task, OLD, lines=3)
    await worked(store, task, OLD)
    young = await ran(store, task, YOUNG, lines=2)
    job, attempt = await worked(store, task, YOUNG)
    assert await retention(store).run() == Removed(2, 1, 0)
    assert await left(store) == ([young, attempt], [job])
    assert table(tmp_path, "SELECT count(*) FROM execution_logs") == [(2,)]
    assert_counted(tmp_path)
    assert await retention(store).run() == Removed(0, 0, 0)


async def test_what_is_not_final_stays_however_old_it_is(store, task):
    await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=NOW + DAY), OLD)
    retrying, failed = await worked(store, task, OLD, ExecutionCode.FAILED, retries=1)
    running = await store.executions.add(NewExecution(task.id, "1.0.0", "{}"), OLD)
    await store.attempts.claim(1, OLD)
    before = await store.executions.add(NewExecution(task.id, "1.0.0", "{}"), OLD)
    assert await retention(store, keep_days=1, keep_executions=1).run() == Removed(0, 0, 0)
    assert await left(store) == ([failed, running.id, before.id], [1, retrying])


async def test_an_execution_whose_retry_waits_stays(store, task):
    first = await ran(store, task, OLD)
    again = await store.executions.add(NewExecution(task.id, "1.0.0", "{}", retry_of=first, attempt=2), NOW)
    assert await retention(store).run() == Removed(0, 0, 0)
    await store.executions.cancel_waiting(again.id, NOW)
    assert await retention(store).run() == Removed(1, 0, 0)


async def test_beyond_the_count_the_oldest_go_first(store, task, tmp_path):
    ids = [await ran(store, task, YOUNG + place, lines=1) for place in range(5)]
    assert await retention(store, keep_executions=2).run() == Removed(3, 0, 0)
    assert (await left(store))[0] == ids[3:]
    assert_counted(tmp_path)


async def test_jobs_that_never_began_go_too(store, task):
    for at in (OLD, OLD, YOUNG):
        job = await store.jobs.add(NewRow(task.id, "{}"), at)
        await store.jobs.cancel_waiting(job.id, at)
    assert await retention(store).run() == Removed(0, 2, 0)
    assert (await left(store))[1] == [3]


async def test_the_newest_stays_so_that_no_id_is_given_twice(store, task):
    await worked(store, task, OLD)
    job, attempt = await worked(store, task, OLD)
    assert await retention(store).run() == Removed(1, 1, 0)
    assert await left(store) == ([attempt], [job])
    assert await worked(store, task, NOW) == (job + 1, attempt + 1)


async def test_log_lines_go_before_their_execution_where_they_are_kept_for_less(store, task, tmp_path):
    old, young = await ran(store, task, YOUNG, lines=120), await ran(store, task, NOW - DAY, lines=5)
    assert await retention(store, keep_log_days=7).run() == Removed(0, 0, 120)
    assert (await left(store))[0] == [old, young]
    assert table(tmp_path, "SELECT execution_id, count(*) FROM execution_logs GROUP BY 1") == [(young, 5)]
    assert await retention(store, keep_log_days=7).run() == Removed(0, 0, 0)


async def test_a_long_log_goes_in_pieces(store, task, tmp_path, monkeypatch):
    monkeypatch.setattr(retention_module, "MOST_ROWS", 50)
    await ran(store, task, OLD, lines=1_234)
    await ran(store, task, OLD, lines=49)
    young = await ran(store, task, YOUNG)
    assert await retention(store).run() == Removed(2, 0, 0)
    assert (await left(store))[0] == [young]
    assert_counted(tmp_path)


async def test_others_write_between_its_steps(store, task, monkeypatch):
    monkeypatch.setattr(retention_module, "MOST_ROWS", 10)
    for _ in range(100):
        await ran(store, task, OLD)
    running = asyncio.create_task(retention(store).run())
    written = 0
    while not running.done():
        await store.jobs.add(NewRow(task.id, "{}"), NOW)
        written += 1
    assert (await running).executions == 100 - 1
    # Ten steps at least, and after each a pause as long as itself.
    assert written >= 10


async def test_it_stops_between_two_steps(store, task, monkeypatch):
    monkeypatch.setattr(retention_module, "MOST_ROWS", 1)
    monkeypatch.setattr(retention_module, "FIRST_ROWS", 1)
    for _ in range(100):
        await ran(store, task, OLD)
    part = retention(store)
    running = asyncio.create_task(part.run())
    await eventually(lambda: store.retention.excess(0), lambda found: found[0] < 100)
    await part.stop()
    assert 0 < (await running).executions < 99


async def test_it_runs_by_itself_tells_what_it_removed_and_tries_again(store, task, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    await ran(store, task, OLD)
    await ran(store, task, YOUNG)
    part = retention(store, keep_every_s=0.01)
    really, failed = part.run, asyncio.Event()

    async def locked():
        failed.set()
        monkeypatch.setattr(part, "run", really)
        raise Unavailable("The disk is full: nothing can be saved")

    monkeypatch.setattr(part, "run", locked)
    await part.start()
    await asyncio.wait_for(failed.wait(), 15)
    await eventually(lambda: left(store), lambda found: len(found[0]) == 1)
    await part.stop()
    assert part.failure is None
    told = [record.getMessage() for record in caplog.records if record.name == retention_module.__name__]
    assert told[0] == "Old rows could not be removed: The disk is full: nothing can be saved"
    assert any(
        line.startswith("Removed 1 executions, 0 jobs, 0 other log lines and 0 bulk operations in")
        for line in told
    )


async def test_a_clock_that_jumps_years_ahead_makes_nothing_old_at_once(store, task, caplog):
    clock = HandClock(NOW)
    runs = Retention(Settings(), store, clock)
    await ran(store, task, OLD)
    nearly = await ran(store, task, NOW - 30 * DAY + DAY // 2)
    young, last = await ran(store, task, YOUNG), await ran(store, task, NOW)
    assert await runs.run() == Removed(1, 0, 0)
    clock.set(NOW + 3650 * DAY)
    assert await Retention(Settings(), store, clock).run() == Removed(1, 0, 0)
    assert "3649.0 days ahead" in caplog.text
    clock.set(NOW + DAY // 2)
    assert await runs.run() == Removed(0, 0, 0)
    assert nearly < young
    assert await left(store) == ([young, last], [])


async def test_what_became_old_while_no_server_ran_goes_within_as_many_runs_as_days(store, task):
    clock = HandClock(NOW)
    runs = Retention(Settings(), store, clock)
    await ran(store, task, NOW)
    last = await ran(store, task, NOW)
    await runs.run()
    clock.set(NOW + 31 * DAY)
    assert [(await runs.run()).executions for _ in range(31)] == [0] * 30 + [1]
    assert await left(store) == ([last], [])


async def operated(store, rows, at, status=BulkCode.COMPLETED):
    """Return the id of a bulk operation of so many rows that ended at a time."""
    operation = await store.bulk.add({"resource": "jobs", "action": "cancel"}, at)
    if status != BulkCode.PENDING:
        await store.bulk.freeze(operation, Selection(JOBS, {}, range(1, rows + 1)), at)
        await store.bulk.end(operation, status, at)
    return operation


async def operations(store):
    return [row.id for row in (await store.bulk.page(0, 100))[0]]


async def test_bulk_operations_that_ended_long_ago_go_with_their_items(store, tmp_path):
    await operated(store, 3, OLD)
    await operated(store, 3, OLD, BulkCode.ABORTED)
    young = await operated(store, 2, YOUNG)
    assert await retention(store).run() == Removed(0, 0, 0, operations=2)
    assert await operations(store) == [young]
    assert table(tmp_path, "SELECT operation_id, row_id FROM bulk_items") == [(young, 1), (young, 2)]


async def test_a_bulk_operation_that_failed_while_its_rows_were_noted_goes_with_what_was_noted(
    store, tmp_path, monkeypatch
):
    monkeypatch.setattr(bulk_module, "FREEZE_CHUNK", 2)
    operation = await store.bulk.add({"resource": "jobs", "action": "cancel"}, OLD)
    # The second piece holds a row that is there twice: it is refused after the first one was stored.
    with pytest.raises(sa.exc.IntegrityError):
        await store.bulk.freeze(operation, Selection(JOBS, {}, [1, 2, 3, 3]), OLD)
    await store.bulk.end(operation, BulkCode.FAILED, OLD)
    assert table(tmp_path, "SELECT count(*) FROM bulk_items") == [(2,)]
    assert await retention(store).run() == Removed(0, 0, 0, operations=1)
    assert table(tmp_path, "SELECT count(*) FROM bulk_items") == [(0,)]


async def test_a_bulk_operation_that_is_not_ended_stays_however_old_it_is(store):
    waiting = await operated(store, 0, OLD, BulkCode.PENDING)
    running = await store.bulk.add({"resource": "jobs", "action": "cancel"}, OLD)
    await store.bulk.freeze(running, Selection(JOBS, {}, [1]), OLD)
    assert await retention(store).run() == Removed(0, 0, 0)
    assert await operations(store) == [running, waiting]


async def test_the_items_of_a_large_bulk_operation_go_in_pieces(store, tmp_path, monkeypatch):
    monkeypatch.setattr(retention_module, "MOST_ROWS", 50)
    for rows in (0, 1_234, 49, 50, 0):
        await operated(store, rows, OLD)
    steps = []

    async def step(*arguments):
        steps.append(await store.retention.remove_operations(*arguments))
        return steps[-1]

    assert await retention(store)._walk(step, NOW - 30 * DAY) == 5
    assert max(step.looked for step in steps) <= 50 + 5
    assert len(steps) >= 1_333 // 50
    assert table(tmp_path, "SELECT count(*) FROM bulk_items") == [(0,)]


async def test_an_execution_whose_output_is_still_to_be_delivered_stays(store, task):
    job = await store.jobs.add(NewRow(task.id, "{}"), OLD)
    (attempt,) = (await store.attempts.claim(1, OLD)).attempts
    ending = Ending(ExecutionCode.COMPLETED, 7, output="1", destinations=1)
    await store.attempts.end(attempt.execution_id, ending, OLD, lambda *_: 0)
    await ran(store, task, YOUNG)
    assert await retention(store, keep_executions=1).run() == Removed(0, 0, 0)
    (delivery,) = await store.deliveries.of_job(job.id)
    await store.deliveries.record(delivery.id, Tried(DeliveryCode.DELIVERED, NOW))
    assert await retention(store).run() == Removed(1, 0, 0)


async def test_nothing_points_to_an_execution_that_is_gone(store, task):
    first = await ran(store, task, OLD)
    again = await store.executions.add(NewExecution(task.id, "1.0.0", "{}", retry_of=first, attempt=2), YOUNG)
    await store.executions.cancel_waiting(again.id, YOUNG)
    # As the newest job it stays.
    job, _ = await worked(store, task, OLD)
    newest = await ran(store, task, YOUNG)
    assert await retention(store).run() == Removed(2, 0, 0)
    assert await left(store) == ([again.id, newest], [job])
    assert (await store.executions.get(again.id)).retry_of is None
    assert (await store.jobs.get(job)).execution_id is None


async def test_no_schedule_names_a_job_that_is_gone(store, task):
    values = {"task_id": task.id, "name": "nightly", "cron_expression": "0 0 0 * * *", "enabled": True}
    schedules = [await store.schedules.add({**values, "name": name}, OLD) for name in ("one", "two")]
    for schedule, at in zip(schedules, (OLD, YOUNG), strict=True):
        job = await store.schedules.trigger(schedule.id, NewRow(task.id, "{}", schedule_id=schedule.id), at)
        await store.jobs.cancel_waiting(job, at)
    assert await retention(store).run() == Removed(0, 1, 0)
    assert [(await store.schedules.get(each.id)).last_job_id for each in schedules] == [None, job]
