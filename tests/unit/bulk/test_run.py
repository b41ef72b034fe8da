"""While a run goes on: within the budget, nothing lost, nothing done twice, and it can be aborted."""

import asyncio

import httpx
import pytest

from ratchet_web.api import Conflict, Ratchet, Refused
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.runs import Runs
from ratchet_web.bulk.singly import NOT_KNOWN
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.monitoring import Change
from ratchet_web.models.runs import Choice, Item, Outcome, Phase
from tests.doubles.native import LoopClock, Native
from tests.unit.bulk.conftest import rested, until


async def planned(double: Native, runs: Runs, count: int, verb: str = "cancel", **fields: object) -> Run:
    ids = tuple(str(double.add_job(**fields).id) for _ in range(count))
    return await rested(runs.plan(Choice("jobs", verb, ids=ids)))


async def started(runs: Runs, run: Run) -> Run:
    return await runs.start(run.id, str(run.to_type or ""))


async def test_every_row_is_acted_on_within_the_budget_in_the_time_that_was_said(
    double: Native, runs: Runs
) -> None:
    run = await planned(double, runs, 200)
    expected_s = run.remaining_s(run.pace)
    began_s = asyncio.get_running_loop().time()
    await rested(await started(runs, run))
    took_s = asyncio.get_running_loop().time() - began_s
    assert (run.phase, run.counts[Outcome.DONE]) == (Phase.COMPLETED, 200)
    assert all(job.status == "CANCELLED" for job in double.state.jobs)
    assert double.spent.refused == 0
    assert expected_s is not None
    assert took_s == pytest.approx(expected_s, rel=0.1)


async def test_the_pages_find_requests_left_while_it_goes_on(
    double: Native, runs: Runs, api: Ratchet
) -> None:
    run = await planned(double, runs, 100)
    await started(runs, run)
    await until(lambda: run.counts[Outcome.DONE] >= 40)
    before_s = asyncio.get_running_loop().time()
    for _ in range(5):
        await api.look("/tasks")
    assert asyncio.get_running_loop().time() - before_s < 0.5
    assert run.is_going


async def test_it_is_aborted_in_the_middle_and_the_rest_is_left(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 150)
    await started(runs, run)
    await until(lambda: run.counts[Outcome.DONE] >= 30)
    await runs.abort(run.id)
    assert run.phase is Phase.ABORTING
    await rested(run)
    done = run.counts[Outcome.DONE]
    assert (run.phase, run.counts[Outcome.LEFT]) == (Phase.ABORTED, 150 - done)
    assert 30 <= done < 60
    assert sum(job.status == "CANCELLED" for job in double.state.jobs) == done
    with pytest.raises(Conflict):
        await runs.abort(run.id)
    left = [id for id, item in run.items.items() if item.outcome is Outcome.LEFT]
    again = await rested(await runs.again(run.id))
    assert list(again.items) == left


async def test_a_used_up_limit_is_waited_for_and_no_row_is_lost(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 40)
    # Others of this server take all that it answers.
    while double.limiter.allows(double.clock.now_ns()):
        pass
    await started(runs, run)
    await rested(run)
    assert double.spent.refused > 0
    assert (run.counts[Outcome.DONE], run.phase, run.waits) == (40, Phase.COMPLETED, "")


async def test_rows_that_changed_since_are_skipped_and_said(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 4)
    ids = [int(id) for id in run.items]
    for id, status in zip(ids, ("COMPLETED", "PROCESSING"), strict=False):
        job = double.state.jobs.find(id)
        assert job is not None
        double.state.move(job, status)
    double.state.remove_job(ids[2])
    await rested(await started(runs, run))
    notes = [run.items[str(id)].note for id in ids]
    assert notes[:2] == ["was queued, is completed now", "was queued, is running now"]
    assert "There is no job" in notes[2]
    assert run.counts == {Outcome.SKIPPED: 3, Outcome.DONE: 1, Outcome.LEFT: 0}


async def test_a_server_that_is_lost_is_waited_for(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 60)
    await started(runs, run)
    await until(lambda: run.counts[Outcome.DONE] >= 20)
    double.transport.down = httpx.ConnectError("refused")
    await until(lambda: bool(run.waits))
    assert "does not answer" in run.waits
    double.transport.down = None
    await rested(run)
    assert (run.counts[Outcome.DONE], run.waits) == (60, "")


async def test_it_can_be_aborted_while_the_server_is_lost(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 10)
    double.transport.down = httpx.ConnectError("refused")
    await started(runs, run)
    await until(lambda: bool(run.waits))
    await runs.abort(run.id)
    await rested(run)
    assert (run.phase, run.counts[Outcome.LEFT]) == (Phase.ABORTED, 10)


class Deaf(httpx.AsyncBaseTransport):
    """Lets a request that changes something through and loses the answer, `losses` times."""

    def __init__(self, double: Native, losses: int) -> None:
        self._double, self._losses = double, losses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._double.transport.handle_async_request(request)
        if request.method == "POST" and request.url.path != "/graphql" and self._losses:
            self._losses -= 1
            raise httpx.ReadTimeout("late")
        return answer


async def test_an_act_whose_answer_was_lost_is_looked_up(double: Native) -> None:
    async with Ratchet("http://native.test", transport=Deaf(double, 3)) as api:
        runs = Runs(api)
        run = await planned(double, runs, 5)
        await rested(await started(runs, run))
        await runs.stop()
    assert run.counts[Outcome.DONE] == 5
    assert sum(path.endswith("/cancel") for _, path in double.requests) == 5


async def test_what_could_run_twice_is_not_tried_again(double: Native) -> None:
    failed = str(double.add_execution(status="FAILED").id)
    async with Ratchet("http://native.test", transport=Deaf(double, 1)) as api:
        runs = Runs(api)
        run = await rested(runs.plan(Choice("executions", "retry", ids=(failed,))))
        await rested(await runs.start(run.id))
        await runs.stop()
    assert (run.items[failed].outcome, run.items[failed].note) == (Outcome.FAILED, NOT_KNOWN)
    assert len(list(double.state.jobs)) == 1


async def test_what_may_run_already_is_not_offered_again(double: Native) -> None:
    ids = tuple(str(double.add_execution(status="FAILED").id) for _ in range(2))
    async with Ratchet("http://native.test", transport=Deaf(double, 1)) as api:
        runs = Runs(api)
        run = await rested(runs.plan(Choice("executions", "retry", ids=ids)))
        await rested(await runs.start(run.id))
        doubtful = [id for id in ids if run.items[id].note == NOT_KNOWN]
        assert len(doubtful) == 1
        with pytest.raises(Conflict, match="nothing to try again"):
            await runs.again(run.id)
        await runs.stop()


async def test_an_act_that_is_aborted_before_it_was_looked_up_is_not_known(double: Native) -> None:
    async with Ratchet("http://native.test", transport=Deaf(double, 1)) as api:
        runs = Runs(api)
        run = await planned(double, runs, 1)
        await started(runs, run)
        await until(lambda: bool(run.waits))
        await runs.abort(run.id)
        await rested(run)
        await runs.stop()
    (item,) = run.items.values()
    assert (item.outcome, item.note) == (Outcome.FAILED, NOT_KNOWN)


async def test_a_row_that_could_not_even_be_read_waits_and_is_not_called_lost(
    double: Native, runs: Runs
) -> None:
    failed = str(double.add_execution(status="FAILED").id)
    run = await rested(runs.plan(Choice("executions", "retry", ids=(failed,))))
    double.transport.down = httpx.ReadTimeout("late")
    await runs.start(run.id)
    await until(lambda: bool(run.waits) or not run.is_busy)
    assert "does not answer" in run.waits
    double.transport.down = None
    await rested(run)
    assert run.items[failed].outcome is Outcome.DONE


async def test_what_was_done_before_a_run_was_met_is_not_of_its_rate() -> None:
    run = Run("s1", Choice("jobs", "cancel"), lambda: None)
    run.freeze(Item(str(n), was="QUEUED") for n in range(10))
    for n in range(8):
        run.note(Item(str(n), outcome=Outcome.DONE))
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    run.turn(Phase.RUNNING)
    await until(lambda: loop.time() >= began_s + 1)
    assert (run.per_second(), run.remaining_s(None)) == (None, None)
    run.note(Item("8", outcome=Outcome.DONE))
    assert run.per_second() == pytest.approx(1, rel=0.1)


async def test_what_was_begun_is_named(double: Native, runs: Runs) -> None:
    failed = str(double.add_execution(status="FAILED").id)
    run = await rested(runs.plan(Choice("executions", "retry", ids=(failed,))))
    await rested(await runs.start(run.id))
    (job,) = double.state.jobs
    assert run.items[failed].note == f"runs again as job {job.id}"


async def test_above_a_hundred_the_number_is_typed(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 101)
    for typed in ("", "100", "many"):
        with pytest.raises(Refused, match="nothing was begun"):
            await runs.start(run.id, typed)
    assert run.phase is Phase.READY
    await runs.start(run.id, " 101 ")
    with pytest.raises(Conflict):
        await runs.start(run.id, "101")


async def test_the_failed_are_tried_again_after_a_question(runs: Runs, double: Native) -> None:
    run = await planned(double, runs, 3)
    ids = list(run.items)
    await rested(await started(runs, run))
    with pytest.raises(Conflict, match="nothing to try again"):
        await runs.again(run.id)
    run.note(run.items[ids[1]]._replace(outcome=Outcome.FAILED))
    again = await rested(await runs.again(run.id))
    assert (again.phase, again.states) == (Phase.READY, {"CANCELLED": 1})


async def test_a_mistake_of_the_console_ends_it_and_is_said(
    double: Native, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await planned(double, runs, 3)

    async def broken(requests: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(runs._api, "spare", broken)
    await rested(await started(runs, run))
    assert (run.phase, run.counts[Outcome.LEFT]) == (Phase.ABORTED, 3)
    assert "mistake" in run.trouble


async def test_who_watches_hears_of_the_run_and_of_its_rows(double: Native, runs: Runs) -> None:
    heard: list[Change] = []
    runs.listen(heard.append)
    run = await planned(double, runs, 2)
    await rested(await started(runs, run))
    assert {change.id for change in heard if change.resource == "bulk"} == {run.id}
    assert {change.id for change in heard if change.resource == "jobs"} >= set(run.items)


async def test_a_schedule_is_switched_and_one_that_was_switched_since_is_skipped() -> None:
    double = Native(clock=LoopClock(), works=False)
    one, other = (double.add_schedule(name=name) for name in ("one", "other"))
    async with Ratchet("http://native.test", transport=double.transport) as api:
        runs = Runs(api)
        run = await rested(runs.plan(Choice("schedules", "disable", ids=(str(one.id), str(other.id)))))
        assert "goes on firing" in run.caveat
        other.enabled = False
        await rested(await runs.start(run.id))
        await runs.stop()
    assert not one.enabled
    assert run.items[str(other.id)].note == "was enabled, is disabled now"


async def test_all_matching_of_a_list_that_moves_is_what_was_frozen(double: Native, runs: Runs) -> None:
    double.add_job()
    run = await rested(runs.plan(Choice("jobs", "cancel", query=JobQuery())))
    later = double.add_job()
    await rested(await started(runs, run))
    assert later.status == "QUEUED"


async def test_two_tabs_that_retry_all_at_once_let_nothing_run_twice(double: Native, runs: Runs) -> None:
    ids = tuple(str(double.add_execution(status="FAILED").id) for _ in range(3))
    choice = Choice("executions", "retry", ids=ids)
    first, second, late = [await rested(runs.plan(choice)) for _ in range(3)]
    await started(runs, first)
    with pytest.raises(Conflict, match=r"Somebody has been retrying 3 of these rows since \d\d:\d\d UTC"):
        await started(runs, second)
    await rested(first)
    with pytest.raises(Conflict, match=r"Somebody retried 3 of these rows at \d\d:\d\d UTC already"):
        await started(runs, late)
    assert (first.counts[Outcome.DONE], len(list(double.state.jobs))) == (3, 3)
    # Whoever is asked anew, and confirms it, means it.
    anew = await rested(await started(runs, await rested(runs.plan(choice))))
    assert anew.counts[Outcome.DONE] == 3
