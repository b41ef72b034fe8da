"""The client against the double of the native server: what that ignores, hides or invents is made good."""

from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.api import Conflict, NotApplied, Ratchet
from ratchet_web.models.destinations import DeliveryTest, OutputDestination
from ratchet_web.models.dialect import Ability, Tongue
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus, NewExecution
from ratchet_web.models.jobs import Job, JobChange, JobPriority, JobQuery, JobStatus, NewJob
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery
from tests.doubles.native import Native

NOON = datetime(2025, 7, 7, 12, tzinfo=UTC)


async def test_it_is_known_by_its_graphql_or_by_its_tasks(ratchet: Ratchet, by_rest: Ratchet) -> None:
    for client, graphql in ((ratchet, True), (by_rest, False)):
        dialect = await client.dialect()
        assert (dialect.tongue, dialect.version, dialect.graphql) == (Tongue.NATIVE, "0.4.11", graphql)
        assert not dialect.can(Ability.LOGS)
        assert dialect.limited


async def test_to_know_it_costs_little_of_the_budget(double: Native, ratchet: Ratchet) -> None:
    await ratchet.dialect()
    await ratchet.dialect(afresh=True)
    assert double.spent.rest <= 4


async def test_reading_costs_next_to_nothing_of_the_budget(double: Native, ratchet: Ratchet) -> None:
    await ratchet.dialect()
    before = double.spent.rest
    for _ in range(5):
        await ratchet.executions.page(ExecutionQuery())
        await ratchet.executions.stats()
        await ratchet.jobs.page(JobQuery())
        await ratchet.jobs.stats()
        await ratchet.schedules.page(ScheduleQuery())
        await ratchet.tasks.page(TaskQuery())
    # How many schedules there are is asked for once in a quarter of an hour.
    assert double.spent.rest == before + 1
    assert ratchet.spent().rest >= double.spent.rest


@pytest.mark.parametrize("sort", ["-queued_at", "queued_at", "-duration_ms", "duration_ms", "status"])
async def test_a_small_list_is_sorted_here(double: Native, ratchet: Ratchet, sort: str) -> None:
    task = double.state.tasks.find("1")
    for n in range(130):
        double.add_execution(task, queued_at=NOON + timedelta(minutes=n % 60), duration_ms=n * 7 % 50)
    pages = [
        await ratchet.executions.page(ExecutionQuery(sort=sort, page=page, limit=50)) for page in (1, 2, 3)
    ]
    rows = [row for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [50, 50, 30]
    assert {page.total for page in pages} == {130}
    assert len({row.id for row in rows}) == 130
    keys = [getattr(row, sort.lstrip("-")) for row in rows]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert all(page.ignored == () for page in pages)


async def test_a_large_list_says_what_was_not_applied(double: Native, ratchet: Ratchet) -> None:
    task = double.state.tasks.find("1")
    for n in range(1_001):
        double.add_execution(task, queued_at=NOON + timedelta(seconds=n))
    newest = await ratchet.executions.page(ExecutionQuery(limit=3))
    assert ([row.id for row in newest.rows], newest.total, newest.ignored) == (
        ["1001", "1000", "999"],
        1_001,
        (),
    )
    oldest = await ratchet.executions.page(ExecutionQuery(sort="queued_at", page=2, limit=3))
    assert ([row.id for row in oldest.rows], oldest.ignored) == (["4", "5", "6"], ())
    longest = await ratchet.executions.page(ExecutionQuery(sort="-duration_ms", limit=3))
    assert ([row.id for row in longest.rows], longest.ignored) == (["1001", "1000", "999"], ("sort",))


async def test_the_newest_jobs_come_first_in_a_list_of_any_size(double: Native, ratchet: Ratchet) -> None:
    task = double.state.tasks.find("1")
    names = [priority.value for priority in JobPriority]
    for n in range(1_200):
        double.add_job(task, queued_at=NOON + timedelta(seconds=n), priority=names[n % 4], status="COMPLETED")
    for page in (1, 3):
        found = await ratchet.jobs.page(JobQuery(page=page, limit=25))
        first = 1_200 - (page - 1) * 25
        assert [row.id for row in found.rows] == [str(first - n) for n in range(25)]
        assert (found.total, found.ignored) == (1_200, ())
    high = await ratchet.jobs.page(JobQuery(priority=JobPriority.HIGH, limit=5))
    assert (high.total, {row.priority for row in high.rows}) == (300, {JobPriority.HIGH})
    assert (await ratchet.jobs.page(JobQuery(sort="status"))).ignored == ("sort",)
    assert (await ratchet.jobs.page(JobQuery(page=41, limit=25))).ignored == ("page",)


async def test_jobs_are_narrowed_here_by_what_their_rows_tell(double: Native, ratchet: Ratchet) -> None:
    task = double.state.tasks.find("1")
    for n in range(4):
        status = "FAILED" if n % 2 else "COMPLETED"
        double.add_job(task, queued_at=NOON + timedelta(minutes=n), status=status)
    late = await ratchet.jobs.page(JobQuery(since=NOON + timedelta(minutes=2), retries_left=False))
    assert ([row.id for row in late.rows], late.total, late.ignored) == (["4", "3"], 2, ("retries_left",))
    assert (await ratchet.jobs.counts(JobQuery(status=JobStatus.FAILED))).failed == 2
    assert (await ratchet.jobs.counts(JobQuery(priority=JobPriority.CRITICAL))).completed == 0
    assert (await ratchet.jobs.counts(JobQuery(since=NOON))).failed is None


STDIO = OutputDestination.model_validate({"destinationType": "STDIO"})


async def test_what_is_not_there_for_jobs_is_said_and_not_tried(double: Native, ratchet: Ratchet) -> None:
    job = double.add_job(double.state.tasks.find("1"), queued_at=NOON, status="QUEUED")
    dialect = await ratchet.dialect()
    assert dialect.cannot.keys() >= {Ability.CHANGE_JOB, Ability.DELIVERIES, Ability.RETRY_POLICY}
    assert dialect.cannot.keys() >= {Ability.JOB_DELIVERY, Ability.SCHEDULE_DELIVERY, Ability.TEST_DELIVERY}
    with pytest.raises(NotApplied, match="makes no test deliveries"):
        await ratchet.jobs.test_delivery(DeliveryTest(destination=STDIO))
    with pytest.raises(NotApplied, match="cancel it and queue another"):
        await ratchet.jobs.change(str(job.id), JobChange(priority=JobPriority.HIGH))
    assert await ratchet.jobs.deliveries(str(job.id)) == ()
    assert await ratchet.jobs.ahead(await ratchet.jobs.get(str(job.id))) == (None, None)


async def test_counts_are_counted_and_not_believed(double: Native, ratchet: Ratchet) -> None:
    for status, n in (("FAILED", 3), ("COMPLETED", 2)):
        for _ in range(n):
            double.add_execution(status=status)
    stats = await ratchet.executions.stats()
    assert (stats.total_executions, stats.failed_executions, stats.completed_executions) == (5, 3, 2)
    assert stats.average_duration_ms is None


async def test_counts_are_those_within_the_filters_where_the_server_narrows(
    double: Native, ratchet: Ratchet, by_rest: Ratchet
) -> None:
    for n, status in enumerate(("FAILED", "COMPLETED", "FAILED")):
        double.add_execution(status=status, queued_at=NOON + timedelta(hours=n))
    late = ExecutionQuery(since=NOON + timedelta(hours=1), status=ExecutionStatus.COMPLETED)
    counts = await ratchet.executions.counts(late)
    assert (counts.failed, counts.completed, counts.running) == (1, 1, 0)
    assert (await ratchet.executions.counts(ExecutionQuery(min_ms=1))).failed is None
    assert (await by_rest.executions.counts(late)).failed is None
    assert (await by_rest.executions.counts(ExecutionQuery())).failed == 2
    assert (await ratchet.executions.density(late, NOON, NOON, 60)).failed is None
    assert not (await ratchet.dialect()).can(Ability.DENSITY)


async def test_filters_that_the_server_ignores_are_applied_here(double: Native, ratchet: Ratchet) -> None:
    for n in range(30):
        double.add_execution(queued_at=NOON + timedelta(seconds=n), duration_ms=n, status="COMPLETED")
    page = await ratchet.executions.page(
        ExecutionQuery(min_ms=5, max_ms=9, until=NOON + timedelta(seconds=7))
    )
    assert [row.duration_ms for row in page.rows] == [7, 6, 5]
    assert (page.total, page.ignored) == (3, ())
    assert (await ratchet.executions.page(ExecutionQuery(input="x"))).ignored == ("input",)
    recent = await ratchet.executions.page(ExecutionQuery(range="1h"))
    assert (recent.rows, recent.ignored) == ((), ())


async def test_a_run_is_a_job_and_its_execution_is_found(double: Native, ratchet: Ratchet) -> None:
    started = await ratchet.executions.create(NewExecution(task_id="1", input={"a": 1}))
    assert isinstance(started, Job)
    assert (await ratchet.executions.page(ExecutionQuery(job=started.id))).rows == ()
    double.advance(11)
    assert (await ratchet.jobs.get(started.id)).status is JobStatus.COMPLETED
    (execution,) = (await ratchet.executions.page(ExecutionQuery(job=started.id))).rows
    assert (execution.job_id, execution.task_name) == (started.id, "heartbeat")


async def test_what_is_over_is_not_cancelled_into_a_failure(double: Native, ratchet: Ratchet) -> None:
    done = double.add_execution(status="COMPLETED")
    with pytest.raises(Conflict, match="is over: completed"):
        await ratchet.executions.cancel(str(done.id))
    assert (await ratchet.executions.get(str(done.id))).status is ExecutionStatus.COMPLETED
    running = double.add_execution(status="RUNNING")
    after = await ratchet.executions.cancel(str(running.id))
    assert (after.status, after.error_message) == (ExecutionStatus.FAILED, "Cancelled by user")


async def test_a_retry_queues_a_job(double: Native, ratchet: Ratchet) -> None:
    failed = double.add_execution(status="FAILED")
    again = await ratchet.executions.retry(str(failed.id))
    assert isinstance(again, Job)
    assert again.task_id == str(failed.task_id)


async def test_what_a_job_was_not_given_is_said(ratchet: Ratchet) -> None:
    draft = {"task_id": "1", "input": None, "retry_policy": {"delay_seconds": 5}}
    with pytest.raises(NotApplied, match="did not take its retry policy"):
        await ratchet.jobs.create(NewJob.model_validate(draft))


async def test_a_search_that_breaks_the_server_is_made_here(double: Native, ratchet: Ratchet) -> None:
    for name in ("selector_1", "selector-2", "other"):
        double.add_task(name)
    for text, names in (("selector", {"selector_1", "selector-2"}), ("r_1", {"selector_1"}), ("'", set())):
        page = await ratchet.tasks.page(TaskQuery(q=text))
        assert {row.name for row in page.rows} == names


async def test_without_graphql_the_lists_are_the_same(double: Native, by_rest: Ratchet) -> None:
    task = double.state.tasks.find("1")
    for n in range(120):
        double.add_execution(task, queued_at=NOON + timedelta(seconds=n), duration_ms=n * 7 % 50)
        double.add_job(task, queued_at=NOON + timedelta(seconds=n), status="COMPLETED")
    longest = await by_rest.executions.page(ExecutionQuery(sort="-duration_ms", limit=3))
    assert ([row.duration_ms for row in longest.rows], longest.total) == ([49, 49, 49], 120)
    assert [row.id for row in (await by_rest.jobs.page(JobQuery(limit=2))).rows] == ["120", "119"]
    assert (await by_rest.executions.get("7")).task_name == "heartbeat"
    assert (await by_rest.executions.stats()).completed_executions == 120


async def test_a_list_is_read_once_for_each_look(double: Native, by_rest: Ratchet) -> None:
    double.add_job(status="COMPLETED")
    await by_rest.jobs.page(JobQuery())
    before = double.spent.rest
    await by_rest.jobs.page(JobQuery())
    assert double.spent.rest == before + 1


async def test_of_the_queue_it_tells_numbers_by_one_request_and_nothing_is_made_up(
    double: Native, ratchet: Ratchet, by_rest: Ratchet
) -> None:
    for priority in (JobPriority.HIGH, JobPriority.HIGH, JobPriority.LOW):
        double.add_job(priority=priority.value)
    assert not (await ratchet.dialect()).can(Ability.QUEUE)
    before = ratchet.spent()
    queue = await ratchet.jobs.queue()
    after = ratchet.spent()
    assert (after.rest, after.graphql) == (before.rest, before.graphql + 1)
    waiting = {lane.priority: lane.waiting for lane in queue.lanes}
    assert (waiting[JobPriority.HIGH], waiting[JobPriority.LOW]) == (2, 1)
    assert {lane.ready for lane in queue.lanes} == {lane.started for lane in queue.lanes} == {None}
    assert queue.workers is queue.delayed is queue.coming is queue.window_s is None
    (whole,) = (await by_rest.jobs.queue()).lanes
    assert (whole.waiting, whole.priority.value) == (3, "all")
