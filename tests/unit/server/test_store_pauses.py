"""What is paused does not begin: in every order of events, at no cost for what is not paused."""

import asyncio
import random

import pytest
import sqlalchemy as sa

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store import claims
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.errors import InUse, Paused
from ratchet_web.server.store.executions import NewRow as NewExecution
from ratchet_web.server.store.jobs import NewRow
from ratchet_web.server.store.pauses import NEAR, NewPause
from ratchet_web.server.store.schema import QUEUE, jobs
from ratchet_web.server.store.store import Store

WHY = NewPause("the mail service refuses us", "ada", 5)
DONE = Ending(ExecutionCode.COMPLETED, 5, output="1")
FAILED = Ending(ExecutionCode.FAILED, 5, error_message="Error: no")
MANY = 2_000


@pytest.fixture
async def other(store):
    values = {"name": "mail", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
    return await store.tasks.add(values, 1_000)


async def until(wanted):
    async with asyncio.timeout(15):
        while not wanted():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0)


async def claimed(store, now_ms=100, limit=10):
    return [attempt.job_id for attempt in (await store.attempts.claim(limit, now_ms)).attempts]


async def queued(store, task, **more):
    return (await store.jobs.add(NewRow(task.id, "{}", **more), 10)).id


async def test_a_paused_queue_holds_all_jobs_but_no_single_execution(store, task):
    waiting = await queued(store, task)
    await store.executions.add(NewExecution(task.id, task.version, "{}"), 20)
    await store.pauses.begin(QUEUE, WHY)
    assert await claimed(store) == [None]
    assert await store.pauses.end(QUEUE)
    assert await claimed(store) == [waiting]


async def test_a_paused_task_holds_its_own_jobs_only(store, task, other):
    await queued(store, task, priority=JobPriority.CRITICAL)
    free = await queued(store, other)
    await store.pauses.begin(task.id, WHY)
    assert await claimed(store) == [free]


async def test_what_comes_due_meanwhile_waits_as_well(store, task):
    later = await queued(store, task, scheduled_for_ms=50)
    await store.pauses.begin(task.id, WHY)
    assert await claimed(store, 100) == []
    await store.pauses.end(task.id)
    assert await claimed(store, 100) == [later]


async def test_what_runs_goes_on_and_its_retry_waits(store, task):
    job = await queued(store, task)
    (attempt,) = (await store.attempts.claim(1, 20)).attempts
    await store.pauses.begin(task.id, WHY)
    ended = await store.attempts.end(attempt.execution_id, FAILED, 30, lambda *_: 0, following=1)
    assert (ended.retrying, ended.following) == (True, ())
    assert (await store.jobs.get(job)).status == JobCode.RETRYING
    assert await claimed(store, 1_000) == []


async def test_what_follows_an_end_is_of_no_paused_task(store, task, other):
    await queued(store, other)
    (running,) = (await store.attempts.claim(1, 20)).attempts
    await queued(store, task, priority=JobPriority.HIGH)
    free = await queued(store, other)
    await store.pauses.begin(task.id, WHY)
    ended = await store.attempts.end(running.execution_id, DONE, 30, lambda *_: 0, following=2)
    assert [attempt.job_id for attempt in ended.following] == [free]


async def test_a_pause_keeps_who_and_why_and_is_not_overwritten(store, task):
    await store.pauses.begin(QUEUE, NewPause("a deploy", None, 7))
    await store.pauses.begin(task.id, WHY)
    with pytest.raises(Paused) as refused:
        await store.pauses.begin(task.id, NewPause("another reason", "bob", 9))
    assert (refused.value.by, refused.value.reason) == ("ada", WHY.reason)
    assert (await store.pauses.begin(task.id, NewPause(WHY.reason, "ada", 9))).since == WHY.since_ms
    rows = [(row.task_id, row.task_name, row.reason, row.paused_by) for row in await store.pauses.all()]
    assert rows == [(QUEUE, None, "a deploy", None), (task.id, "sum", WHY.reason, "ada")]
    assert await store.pauses.end(task.id)
    assert not await store.pauses.end(task.id)


async def test_a_task_that_is_not_there_cannot_be_paused_and_a_deleted_one_is_not(store, task):
    assert await store.pauses.begin(task.id + 1, WHY) is None
    await store.pauses.begin(task.id, WHY)
    job = await queued(store, task)
    with pytest.raises(InUse):
        await store.tasks.delete(task.id, 30)
    await store.jobs.cancel_waiting(job, 30)
    await store.tasks.delete(task.id, 40)
    assert await store.pauses.all() == []
    assert await store.pauses.begin(task.id, WHY) is None


async def test_a_pause_outlives_the_store(tmp_path):
    first = await Store.open(tmp_path)
    await first.pauses.begin(QUEUE, WHY)
    await first.close()
    second = await Store.open(tmp_path)
    assert [row.reason for row in await second.pauses.all()] == [WHY.reason]
    await second.close()


async def test_the_order_is_that_of_all_that_is_not_paused(store, task):
    """Of the tasks that are not paused comes next what would come without the others."""
    chance = random.Random(4)
    tasks = [task.id]
    for number in range(6):
        values = {"name": f"t{number}", "version": "1", "enabled": True, "source_code": ""}
        tasks.append((await store.tasks.add(values, 1)).id)
    rows = []
    for _ in range(4 * NEAR):
        # Most of them of the first, so that the others stand behind many that are paused.
        of = chance.choice([tasks[0]] * 12 + tasks)
        new = NewRow(of, "{}", chance.choice([JobPriority.NORMAL, JobPriority.HIGH]))
        rows.append(await store.jobs.add(new, chance.randrange(10, 15)))
    paused = {tasks[0], tasks[3]}
    for each in paused:
        await store.pauses.begin(each, WHY)
    order = sorted(rows, key=lambda row: (-row.priority, row.queued_at, row.id))
    assert await claimed(store, limit=1_000) == [row.id for row in order if row.task_id not in paused]
    for each in paused:
        await store.pauses.end(each)
    assert await claimed(store, limit=1_000) == [row.id for row in order if row.task_id in paused]


async def test_no_job_begins_after_a_pause_was_answered_and_none_is_lost(store, task):
    waiting = {await queued(store, task) for _ in range(150)}
    began: list[int] = []
    still_queued = sa.select(sa.func.count()).where(jobs.c.status == JobCode.QUEUED)

    async def left() -> int:
        return await store._database.read(lambda c: c.scalar(still_queued))

    async def work() -> None:
        while len(began) < len(waiting):
            for attempt in (await store.attempts.claim(1, 100)).attempts:
                began.append(attempt.job_id)
                ended = await store.attempts.end(attempt.execution_id, DONE, 110, lambda *_: 0, following=1)
                for last in ended.following:
                    began.append(last.job_id)
                    await store.attempts.end(last.execution_id, DONE, 120, lambda *_: 0)
            await asyncio.sleep(0)

    async def hold() -> None:
        for what in (QUEUE, task.id, QUEUE):
            so_far = len(began)
            await until(lambda so_far=so_far: len(began) >= min(so_far + 20, len(waiting)))
            await store.pauses.begin(what, WHY)
            held = await left()
            # As long as many claims take: each of them finds nothing.
            for _ in range(20):
                assert (await store.attempts.claim(5, 100)).attempts == []
            assert await left() == held
            assert await store.pauses.end(what)

    workers = [asyncio.create_task(work()) for _ in range(8)]
    await hold()
    await asyncio.gather(*workers)
    assert sorted(began) == sorted(waiting)
    assert {row.status for row in [await store.jobs.get(job) for job in waiting]} == {JobCode.COMPLETED}


async def test_many_paused_jobs_at_the_head_are_not_looked_through(store, task, other):
    """However many there are, a claim takes as many steps of the database, and not many more than without."""
    head = {"status": 0, "priority": 3, "max_retries": 0, "queued_at": 1, "ready": 1, "task_id": task.id}
    for _ in range(4):
        await queued(store, other)
    bare = await _steps_to_claim(store)
    await store.pauses.begin(task.id, WHY)
    steps = []
    for _ in range(2):
        await store._database.write(lambda c: c.execute(sa.insert(jobs), [head] * MANY))
        steps.append(await _steps_to_claim(store))
    print(f"{bare} steps with nothing paused, {steps} behind {MANY} and {2 * MANY} paused jobs")
    assert steps[1] <= steps[0] + 20
    assert steps[1] < bare + 40 * NEAR


async def _steps_to_claim(store) -> int:
    """Return how many steps SQLite's machine takes, in tens."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    def claim(connection: sa.Connection) -> int:
        driver = connection.connection.driver_connection
        driver.set_progress_handler(count, 10)
        try:
            return len(claims.claim(connection, 1, 100).attempts)
        finally:
            driver.set_progress_handler(None, 0)

    assert await store._database.write(claim) == 1
    return taken * 10
