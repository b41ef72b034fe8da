"""Jobs in the store: what is claimed, in which order, and what a failure does."""

import pytest

from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.executions import NewRow as NewExecution
from ratchet_web.server.store.jobs import NewRow

FAILED = Ending(ExecutionCode.FAILED, 5, error_message="Error: no")
DONE = Ending(ExecutionCode.COMPLETED, 5, output="1")


async def claimed(store, now_ms, limit=10):
    return (await store.attempts.claim(limit, now_ms)).attempts


async def test_direct_executions_go_first_then_jobs_by_priority_then_by_age(store, task):
    for priority in (JobPriority.LOW, JobPriority.CRITICAL, JobPriority.NORMAL, JobPriority.CRITICAL):
        await store.jobs.add(NewRow(task.id, "{}", priority), 10)
    await store.executions.add(NewExecution(task.id, task.version, "{}"), 20)
    assert [attempt.job_id for attempt in await claimed(store, 30)] == [None, 2, 4, 3, 1]


async def test_nothing_is_claimed_twice(store, task):
    await store.jobs.add(NewRow(task.id, "{}"), 10)
    assert len(await claimed(store, 20)) == 1
    assert await claimed(store, 20) == []


async def test_a_delayed_job_waits_for_its_time(store, task):
    await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=1_000), 10)
    assert await store.attempts.claim(1, 999) == ([], 1_000)
    assert len(await claimed(store, 1_000)) == 1
    assert (await store.attempts.claim(1, 1_000)).next_due_ms is None


async def test_a_failed_job_is_retried_until_no_retry_is_left(store, task):
    job = await store.jobs.add(NewRow(task.id, "{}", max_retries=1), 10)
    (first,) = await claimed(store, 20)
    ended = await store.attempts.end(first.execution_id, FAILED, 30, lambda retries, _: 100 + retries)
    assert (ended.job_id, ended.retrying) == (job.id, True)
    row = await store.jobs.get(job.id)
    assert (row.status, row.retry_count, row.scheduled_for) == (JobCode.RETRYING, 1, 130)
    assert row.error_message == "Error: no"
    (second,) = await claimed(store, 130)
    assert (first.attempt, second.attempt) == (1, 2)
    await store.attempts.end(second.execution_id, FAILED, 140, lambda *_: 0)
    row = await store.jobs.get(job.id)
    assert (row.status, row.completed_at, row.execution_id) == (JobCode.FAILED, 140, second.execution_id)


@pytest.mark.parametrize(
    ("ending", "status"),
    [(DONE, JobCode.COMPLETED), (Ending(ExecutionCode.CANCELLED, 5), JobCode.CANCELLED)],
)
async def test_a_job_ends_like_its_attempt(store, task, ending, status):
    job = await store.jobs.add(NewRow(task.id, "{}"), 10)
    (attempt,) = await claimed(store, 20)
    await store.attempts.end(attempt.execution_id, ending, 30, lambda *_: 0)
    assert (await store.jobs.get(job.id)).status == status


async def test_an_attempt_ends_only_once(store, task):
    await store.jobs.add(NewRow(task.id, "{}"), 10)
    (attempt,) = await claimed(store, 20)
    await store.attempts.end(attempt.execution_id, DONE, 30, lambda *_: 0)
    assert not (await store.attempts.end(attempt.execution_id, FAILED, 40, lambda *_: 0)).recorded
    assert (await store.executions.get(attempt.execution_id)).status == ExecutionCode.COMPLETED


async def test_what_follows_is_claimed_with_the_end_of_what_was(store, task):
    for _ in range(3):
        await store.jobs.add(NewRow(task.id, "{}"), 10)
    (first,) = await claimed(store, 20, limit=1)
    ended = await store.attempts.end(first.execution_id, DONE, 30, lambda *_: 0, following=1)
    assert [attempt.job_id for attempt in ended.following] == [2]


async def test_an_attempt_knows_the_one_before_it(store, task):
    await store.jobs.add(NewRow(task.id, "{}", max_retries=1), 10)
    (first,) = await claimed(store, 20)
    await store.attempts.end(first.execution_id, FAILED, 30, lambda *_: 0)
    (second,) = await claimed(store, 30)
    row = await store.executions.get(second.execution_id)
    assert (row.retry_of, row.attempt) == (first.execution_id, 2)
    assert (await store.executions.get(first.execution_id)).retried_by == second.execution_id


async def test_a_wait_counts_from_when_the_attempt_could_have_begun(store, task):
    await store.jobs.add(NewRow(task.id, "{}", max_retries=1, scheduled_for_ms=100), 10)
    (first,) = await claimed(store, 130)
    await store.attempts.end(first.execution_id, FAILED, 200, lambda *_: 50)
    (second,) = await claimed(store, 257)
    made = await store.executions.add(NewExecution(task.id, task.version, "{}"), 300)
    await claimed(store, 309)
    waits = [
        (await store.executions.get(found)).wait_ms for found in (first.execution_id, second.execution_id)
    ]
    assert waits == [30, 7]
    assert (await store.executions.get(made.id)).wait_ms == 9


async def test_a_wait_is_never_negative_when_the_clock_went_back(store, task):
    await store.jobs.add(NewRow(task.id, "{}"), 1_000)
    (attempt,) = await claimed(store, 400)
    assert (await store.executions.get(attempt.execution_id)).wait_ms == 0


async def test_work_whose_task_is_gone_fails_and_holds_nothing_up(store, task):
    await store.jobs.add(NewRow(999, "{}"), 10)
    await store.executions.add(NewExecution(999, "1.0.0", "{}"), 10)
    kept = await store.jobs.add(NewRow(task.id, "{}"), 20)
    assert [attempt.job_id for attempt in await claimed(store, 30)] == [kept.id]
    assert (await store.jobs.get(1)).status == JobCode.FAILED
    assert (await store.executions.get(1)).error_message == "Its task was deleted"


async def test_an_execution_waits_for_its_time_and_goes_by_its_priority(store, task):
    await store.executions.add(NewExecution(task.id, task.version, "{}"), 10)
    await store.executions.add(
        NewExecution(task.id, task.version, "{}", priority=JobPriority.CRITICAL, scheduled_for_ms=500), 10
    )
    await store.executions.add(NewExecution(task.id, task.version, "{}", priority=JobPriority.HIGH), 10)
    found = await store.attempts.claim(10, 20)
    assert [attempt.execution_id for attempt in found.attempts] == [3, 1]
    assert found.next_due_ms == 500
    assert [attempt.execution_id for attempt in await claimed(store, 500)] == [2]


async def test_the_next_time_is_the_earlier_of_jobs_and_executions(store, task):
    await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=700), 10)
    assert (await store.attempts.claim(1, 20)).next_due_ms == 700
    await store.executions.add(NewExecution(task.id, task.version, "{}", scheduled_for_ms=600), 10)
    assert (await store.attempts.claim(1, 20)).next_due_ms == 600


async def test_a_cancelled_job_is_not_claimed(store, task):
    job = await store.jobs.add(NewRow(task.id, "{}"), 10)
    later = await store.jobs.add(NewRow(task.id, "{}", scheduled_for_ms=50), 10)
    assert await store.jobs.cancel_waiting(job.id, 20)
    assert await store.jobs.cancel_waiting(later.id, 20)
    assert not await store.jobs.cancel_waiting(job.id, 20)
    assert await claimed(store, 60) == []


async def test_what_an_earlier_server_left_running_ends_and_its_jobs_are_retried(store, task):
    await store.executions.add(NewExecution(task.id, task.version, "{}"), 10)
    job = await store.jobs.add(NewRow(task.id, "{}"), 10)
    await claimed(store, 20)
    assert await store.attempts.end_running(FAILED, 30, lambda *_: 5) == [1, 2]
    assert (await store.executions.get(1)).status == ExecutionCode.FAILED
    assert (await store.jobs.get(job.id)).status == JobCode.RETRYING
    assert await store.attempts.end_running(FAILED, 30, lambda *_: 5) == []
