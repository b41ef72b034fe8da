"""Runs that the server carries out: what it says may be too much, nonsense, or lost."""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from ratchet_web.api import Conflict, Ratchet, Refused, Unreachable
from ratchet_web.bulk.run import Wish
from ratchet_web.bulk.runs import BEGUN_OR_NOT, Runs
from ratchet_web.models.runs import Choice, Phase
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer
from tests.unit.bulk.conftest import rested

DONE = {"id": "12", "resource": "jobs", "action": "cancel", "status": "COMPLETED"}


@pytest.fixture
async def fake() -> FakeRatchet:
    made = FakeRatchet()
    made.capabilities = {"server": "fake", "version": "1", "bulk": True}
    made.put("executions", "1", status="FAILED", taskId="7")
    return made


@pytest.fixture
async def runs(fake: FakeRatchet) -> AsyncIterator[Runs]:
    async with Ratchet("http://fake.test/api/v1", transport=fake.transport) as api:
        made = Runs(api)
        yield made
        await made.stop()


async def test_a_server_that_always_has_more_rows_is_read_no_further_than_a_run_goes(
    fake: FakeRatchet, runs: Runs
) -> None:
    def items(request: httpx.Request) -> httpx.Response:
        assert fake.transport.count(f"{AT}/bulk/12/items") <= 10
        return answer(200, {"data": [{"id": str(n), "outcome": "SUCCEEDED"} for n in range(1, 1_001)]})

    fake.transport.on(f"{AT}/bulk/12", answer(200, {"data": {**DONE, "total": 1_000}}))
    fake.transport.on(f"{AT}/bulk/12/items", items)
    assert len((await runs.find("s12")).items) == 1_000


async def test_a_run_of_others_that_is_too_large_is_not_taken_into_memory(
    fake: FakeRatchet, runs: Runs
) -> None:
    fake.transport.on(f"{AT}/bulk/12", answer(200, {"data": {**DONE, "total": 1_000_000}}))
    with pytest.raises(Refused, match="1,000,000 rows"):
        await runs.find("s12")
    assert fake.transport.count(f"{AT}/bulk/12/items") == 0


def hands_over(fake: FakeRatchet, *told: httpx.Response | Exception) -> None:
    """Let the dry run find nothing amiss, and what begins the run be answered so, one by one."""
    begun = iter(told)

    def bulk(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content).get("dryRun"):
            return answer(200, {"data": {"dryRun": True}})
        each = next(begun)
        if isinstance(each, Exception):
            raise each
        return each

    fake.transport.on(f"{AT}/executions/bulk", bulk)


async def test_a_run_whose_beginning_was_not_answered_is_not_begun_again(
    fake: FakeRatchet, runs: Runs
) -> None:
    hands_over(fake, httpx.ReadTimeout("late"))
    run = await rested(runs.plan(Choice("executions", "retry", ids=("1",))))
    with pytest.raises(Unreachable):
        await runs.start(run.id)
    assert (run.phase, "not known" in run.trouble) == (Phase.READY, True)
    with pytest.raises(Conflict):
        await runs.start(run.id)


async def test_a_run_that_the_server_did_not_begin_can_be_begun_again_even_if_it_was_aborted(
    fake: FakeRatchet, runs: Runs
) -> None:
    hands_over(
        fake,
        answer(503),
        answer(202, {"data": {**DONE, "resource": "executions", "action": "retry", "total": 1}}),
    )
    fake.transport.on(f"{AT}/bulk/12", answer(200, {"data": {**DONE, "total": 1, "succeeded": 1}}))
    fake.transport.on(f"{AT}/bulk/12/items", answer(200, {"data": [{"id": "1", "outcome": "SUCCEEDED"}]}))
    run = await rested(runs.plan(Choice("executions", "retry", ids=("1",))))
    run.stopping.set()
    with pytest.raises(Exception, match="503"):
        await runs.start(run.id)
    assert (run.phase, run.trouble) == (Phase.READY, "")
    await rested(await runs.start(run.id))
    assert (run.phase, run.counts["done"]) == (Phase.COMPLETED, 1)


@pytest.mark.parametrize("undo_s", [0.0, 5.0])
async def test_a_reason_that_cannot_be_sent_begins_nothing_and_holds_nobody_up(
    fake: FakeRatchet, undo_s: float
) -> None:
    fake.put("tasks", "7", enabled=True)
    fake.transport.on(f"{AT}/tasks/bulk", answer(200, {"data": {"dryRun": True}}))
    async with Ratchet("http://fake.test/api/v1", transport=fake.transport) as api:
        runs = Runs(api, undo_s)
        run = await rested(runs.plan(Choice("tasks", "disable", ids=("7",))))
        with suppress(Refused):
            await rested(await runs.start(run.id, wish=Wish("half of a character: \ud800")))
        assert run.phase is Phase.READY
        await runs.stop()


async def test_a_mistake_while_a_run_is_handed_over_does_not_leave_it_going_for_ever(
    fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake.put("tasks", "7", enabled=True)
    fake.transport.on(f"{AT}/tasks/bulk", answer(200, {"data": {"dryRun": True}}))
    async with Ratchet("http://fake.test/api/v1", transport=fake.transport) as api:
        runs = Runs(api, 5.0)
        run = await rested(runs.plan(Choice("tasks", "disable", ids=("7",))))
        monkeypatch.setattr("ratchet_web.bulk.runs.act_of", lambda choice: 1 / 0)
        await rested(await runs.start(run.id))
        assert (run.phase, run.trouble) == (Phase.READY, BEGUN_OR_NOT)
        assert "met a mistake" in caplog.text
        await runs.stop()
