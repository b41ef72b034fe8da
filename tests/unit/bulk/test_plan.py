"""Before anything is done: which rows are meant, which of them can be acted on, how long it takes."""

from collections.abc import AsyncIterator

import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet
from ratchet_web.api.native.dialect import ALLOWANCE
from ratchet_web.bulk.keeping import KEPT
from ratchet_web.bulk.runs import Runs
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery, JobStatus
from ratchet_web.models.pages import Query
from ratchet_web.models.runs import Choice, Phase
from ratchet_web.models.schedules import ScheduleQuery
from tests.doubles.native import Native, RestOnly
from tests.doubles.ratchet import FakeRatchet
from tests.unit.bulk.conftest import rested


def jobs(double: Native, count: int, **fields: object) -> list[str]:
    return [str(double.add_job(**fields).id) for _ in range(count)]


def every(noun: str, verb: str, query: Query) -> Choice:
    return Choice(noun, verb, query=query)


async def test_the_rows_are_counted_by_state_and_nothing_is_done(double: Native, runs: Runs) -> None:
    jobs(double, 120)
    jobs(double, 7, status="COMPLETED")
    jobs(double, 2, status="FAILED")
    run = await rested(runs.plan(every("jobs", "cancel", JobQuery())))
    assert (run.phase, run.trouble, len(run.items)) == (Phase.READY, "", 120)
    assert run.states == {"QUEUED": 120, "COMPLETED": 7, "FAILED": 2}
    assert run.hindered == {"already completed": 7, "already failed": 2}
    assert (len(run.examples), run.to_type) == (5, 120)
    assert not [path for method, path in double.requests if method == "POST" and path != "/graphql"]


async def test_only_what_matches_the_query_is_meant(double: Native, runs: Runs) -> None:
    other = double.add_task("other")
    wanted = jobs(double, 3, task=other, status="FAILED")
    jobs(double, 3, status="FAILED")
    jobs(double, 3, task=other)
    query = JobQuery(status=JobStatus.FAILED, task=str(other.id), page=9, limit=25)
    run = await rested(runs.plan(every("jobs", "retry", query)))
    assert sorted(run.items) == sorted(wanted)


async def test_ticked_rows_are_read_and_what_is_gone_is_said(double: Native, runs: Runs) -> None:
    ids = jobs(double, 3)
    run = await rested(runs.plan(Choice("jobs", "cancel", ids=(*ids, "999"))))
    assert list(run.items) == ids
    assert run.hindered == {"not there any more": 1}
    assert run.to_type is None


async def test_the_time_is_that_of_the_requests_beyond_the_burst(double: Native, runs: Runs) -> None:
    jobs(double, 140)
    run = await rested(runs.plan(every("jobs", "cancel", JobQuery())))
    assert run.pace is not None
    assert run.requests == 140
    assert run.remaining_s(run.pace) == (140 - run.pace.at_once) / 4
    assert run.pace.at_once <= 20


async def test_where_reading_costs_an_act_costs_three_requests(double: Native) -> None:
    jobs(double, 30)
    async with Ratchet("http://native.test", transport=RestOnly(double)) as api:
        runs = Runs(api)
        run = await rested(runs.plan(every("jobs", "cancel", JobQuery())))
        assert run.requests == 90
        await runs.start(run.id)
        await rested(run)
        assert run.counts["done"] == 30
        await runs.stop()
    assert double.spent.refused == 0


async def test_a_day_that_does_not_suffice_is_said_beforehand(
    double: Native, runs: Runs, api: Ratchet
) -> None:
    await api.dialect()
    jobs(double, 50)
    api._http.budget.allowance = ALLOWANCE.__class__(
        40, 4, 60, kept=10, kept_today=5, spared=20, spared_today=20
    )
    run = await rested(runs.plan(every("jobs", "cancel", JobQuery())))
    assert "needs 50 requests" in run.trouble
    with pytest.raises(Conflict):
        await runs.start(run.id)


async def test_nothing_to_act_on_is_said(double: Native, runs: Runs) -> None:
    jobs(double, 2, status="COMPLETED")
    run = await rested(runs.plan(every("jobs", "retry", JobQuery())))
    assert (run.trouble, run.hindered) == (
        "None of these rows can be acted on.",
        {"completed, not failed or cancelled": 2},
    )


async def test_more_rows_than_the_server_lets_be_read_are_refused(double: Native, runs: Runs) -> None:
    jobs(double, 1_010)
    run = await rested(runs.plan(every("jobs", "cancel", JobQuery())))
    assert "only to its first 1,000 rows. Narrow it first" in run.trouble


async def test_more_than_ten_thousand_are_refused(double: Native, runs: Runs) -> None:
    for _ in range(10_001):
        double.add_execution(status="RUNNING")
    run = await rested(runs.plan(every("executions", "cancel", ExecutionQuery())))
    assert "More than 10,000 match. Narrow the list first" in run.trouble
    assert not run.items


@pytest.fixture
async def forgetful() -> AsyncIterator[Runs]:
    """Return the runs of a server that knows no filter by task, nor pages."""
    fake = FakeRatchet()
    fake.deaf = True
    for id in range(1, 302):
        fake.put("jobs", str(id), taskId=str(id % 2), status="QUEUED")
    async with Ratchet("http://fake.test/api/v1", transport=fake.transport) as api:
        made = Runs(api)
        yield made
        await made.stop()


async def test_a_filter_that_the_server_ignores_is_no_set_to_act_on(forgetful: Runs) -> None:
    run = await rested(forgetful.plan(every("jobs", "cancel", JobQuery(task="1"))))
    assert "does not narrow by task" in run.trouble


async def test_a_server_that_knows_no_pages_does_not_hold_it_up(forgetful: Runs) -> None:
    run = await rested(forgetful.plan(every("jobs", "cancel", JobQuery())))
    assert (run.phase, len(run.items)) == (Phase.READY, 100)


async def test_a_lost_server_is_said(double: Native, runs: Runs, api: Ratchet) -> None:
    await api.dialect()
    double.transport.down = OSError("away")
    run = await rested(runs.plan(every("schedules", "disable", ScheduleQuery())))
    assert run.trouble


async def test_no_more_than_four_go_on_and_twenty_are_kept(double: Native, runs: Runs) -> None:
    ids = jobs(double, 1)
    choice = Choice("jobs", "cancel", ids=tuple(ids))
    first = await rested(runs.plan(choice))
    await rested(await runs.start(first.id))
    plans = []
    for _ in range(KEPT + 5):
        plans.append(await rested(runs.plan(choice)))
    assert await runs.find(first.id) is first
    assert await runs.find(plans[-1].id) is plans[-1]
    with pytest.raises(NotFound, match="no such run"):
        await runs.find(plans[0].id)
    for _ in range(4):
        runs.plan(choice)
    with pytest.raises(Conflict, match="Four"):
        runs.plan(choice)


async def test_large_runs_that_are_over_are_forgotten_earlier(
    double: Native, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratchet_web.bulk.keeping.KEPT_ITEMS", 5)
    choice = Choice("jobs", "cancel", ids=tuple(jobs(double, 4)))
    first, second, third = [await rested(runs.plan(choice)) for _ in range(3)]
    with pytest.raises(NotFound):
        await runs.find(first.id)
    assert await runs.find(second.id) is second
    assert await runs.find(third.id) is third
