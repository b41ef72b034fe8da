"""Bulk runs on every kind of server: one with bulk operations, one without, and the native one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet
from ratchet_web.bulk.run import Run, Wish
from ratchet_web.bulk.runs import NONE, Runs
from ratchet_web.live.hub import Hub
from ratchet_web.models.dialect import Ability, Dialect
from ratchet_web.models.executions import ExecutionQuery, NewExecution
from ratchet_web.models.jobs import JobQuery, JobStatus, NewJob
from ratchet_web.models.runs import Choice, Outcome, Phase
from ratchet_web.models.tasks import NewTask, TaskQuery
from tests.doubles.native import native
from tests.doubles.rooms import MemoryRooms
from tests.support.server import transport

SPIN = "function main() { for (;;) {} }"
WITHOUT = Dialect(cannot={Ability.BULK: "It is to be done without."})
SERVERS = ["with", "without", "native"]


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[httpx.AsyncBaseTransport]:
    async with transport(tmp_path, workers=1) as reached:
        yield reached


@pytest.fixture(params=SERVERS)
async def ratchet(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ratchet]:
    if request.param == "native":
        async with (
            native(works=False, limited=False) as double,
            Ratchet("http://native.test", transport=double.transport) as client,
        ):
            yield client
        return
    dialect = WITHOUT if request.param == "without" else None
    async with (
        transport(tmp_path, workers=1) as reached,
        Ratchet("http://127.0.0.1", transport=reached, dialect=dialect) as client,
    ):
        yield client


@pytest.fixture
async def runs(ratchet: Ratchet) -> AsyncIterator[Runs]:
    made = Runs(ratchet)
    yield made
    await made.stop()


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to that")


async def rested(run: Run) -> Run:
    await until(lambda: not run.is_busy)
    return run


async def waiting(ratchet: Ratchet, count: int, name: str = "held") -> list[str]:
    """Return jobs that wait: the only worker is busy."""
    task = await ratchet.tasks.create(NewTask(name=name, source_code=SPIN))
    if (await ratchet.dialect()).can(Ability.LOGS):
        await ratchet.executions.create(NewExecution(task_id=task.id, input={}))
    return [(await ratchet.jobs.create(NewJob(task_id=task.id, input={}))).id for _ in range(count)]


async def test_all_that_match_are_cancelled_and_what_changed_since_is_skipped(
    ratchet: Ratchet, runs: Runs
) -> None:
    ids = await waiting(ratchet, 6)
    await ratchet.jobs.cancel(ids[0])
    run = await rested(runs.plan(Choice("jobs", "cancel", query=JobQuery())))
    assert (run.phase, run.trouble, sorted(run.items)) == (Phase.READY, "", sorted(ids[1:]))
    assert run.hindered == {"already cancelled": 1}
    await ratchet.jobs.cancel(ids[1])
    await rested(await runs.start(run.id))
    assert (run.phase, run.counts[Outcome.DONE], run.counts[Outcome.SKIPPED]) == (Phase.COMPLETED, 4, 1)
    assert run.items[ids[1]].outcome is Outcome.SKIPPED
    assert "cancelled" in run.items[ids[1]].note.lower()
    found = await ratchet.jobs.page(JobQuery(status=JobStatus.CANCELLED))
    assert sorted(row.id for row in found.rows) == sorted(ids)


async def test_cancelled_jobs_are_queued_again(ratchet: Ratchet, runs: Runs) -> None:
    ids = await waiting(ratchet, 2)
    for id in ids:
        await ratchet.jobs.cancel(id)
    run = await rested(runs.plan(Choice("jobs", "retry", ids=tuple(ids))))
    await rested(await runs.start(run.id))
    assert run.counts[Outcome.DONE] == 2
    assert {(await ratchet.jobs.get(id)).status for id in ids} <= {JobStatus.QUEUED, JobStatus.RETRYING}


async def test_waiting_jobs_are_given_a_priority(ratchet: Ratchet, runs: Runs) -> None:
    ids = await waiting(ratchet, 3)
    await ratchet.jobs.cancel(ids[0])
    choice = Choice("jobs", "priority", ids=tuple(ids), value="CRITICAL")
    run = await rested(runs.plan(choice))
    assert run.hindered == {"cancelled, not waiting": 1}
    await rested(await runs.start(run.id))
    if not (await ratchet.dialect()).can(Ability.CHANGE_JOB):
        assert run.counts[Outcome.REFUSED] == 2
        return
    assert run.counts[Outcome.DONE] == 2
    assert [(await ratchet.jobs.get(id)).priority.value for id in ids] == ["NORMAL", "CRITICAL", "CRITICAL"]
    if run.by_server:
        found = await Runs(ratchet).find(run.id)
        assert found.choice == Choice("jobs", "priority", value="CRITICAL")


async def test_tasks_are_switched_off_and_on(ratchet: Ratchet, runs: Runs) -> None:
    ids = [(await ratchet.tasks.create(NewTask(name=name, source_code=SPIN))).id for name in ("one", "two")]
    off = await rested(runs.plan(Choice("tasks", "disable", query=TaskQuery(enabled=True))))
    await rested(await runs.start(off.id))
    assert off.counts[Outcome.DONE] == len(off.items)
    assert set(ids) <= off.items.keys()
    on = await rested(runs.plan(Choice("tasks", "enable", ids=tuple(ids))))
    await rested(await runs.start(on.id))
    assert all([(await ratchet.tasks.get(id)).enabled for id in ids])


async def test_a_run_of_the_server_outlives_the_console_and_keeps_its_reason(
    embedded: httpx.AsyncBaseTransport,
) -> None:
    async with Ratchet("http://127.0.0.1", transport=embedded) as ratchet:
        ids = await waiting(ratchet, 3)
        first, second = Runs(ratchet), Runs(ratchet)
        run = await rested(first.plan(Choice("jobs", "cancel", ids=tuple(ids))))
        planned = run.id
        await first.start(run.id, wish=Wish("they hold up the night"))
        assert run.id.startswith("s")
        assert await first.find(planned) is run
        await first.stop()
        found = await rested(await second.find(run.id))
        assert (found.phase, found.reason) == (Phase.COMPLETED, "they hold up the night")
        assert {item.outcome for item in found.items.values()} == {Outcome.DONE}
        assert found.choice == Choice("jobs", "cancel")
        with pytest.raises(NotFound):
            await second.find("s999")
        with pytest.raises(NotFound, match="no such run"):
            await second.find(planned)
        await second.stop()


async def test_what_the_server_would_refuse_for_other_reasons_is_said_beforehand(
    embedded: httpx.AsyncBaseTransport,
) -> None:
    async with Ratchet("http://127.0.0.1", transport=embedded) as ratchet:
        runs = Runs(ratchet)
        disabled, other = await waiting(ratchet, 2), await waiting(ratchet, 1, "other")
        for id in (*disabled, *other):
            await ratchet.jobs.cancel(id)
        await ratchet.tasks.disable((await ratchet.jobs.get(disabled[0])).task_id)
        run = await rested(runs.plan(Choice("jobs", "retry", ids=(*disabled, *other))))
        assert run.hindered == {"belongs to a task that is disabled": 2}
        assert run.possible == 1
        await rested(await runs.start(run.id))
        assert (run.counts[Outcome.SKIPPED], run.counts[Outcome.DONE]) == (2, 1)
        none = await rested(runs.plan(Choice("jobs", "retry", ids=tuple(disabled))))
        assert (none.possible, none.trouble) == (0, NONE)
        await runs.stop()


async def test_an_operation_of_the_server_is_aborted(embedded: httpx.AsyncBaseTransport) -> None:
    async with Ratchet("http://127.0.0.1", transport=embedded) as ratchet:
        runs = Runs(ratchet)
        ids = await waiting(ratchet, 5)
        # Slow enough to be met while it goes on: others than this console begin such.
        body = {"action": "cancel", "ids": ids, "ratePerSecond": 1}
        async with httpx.AsyncClient(transport=embedded, base_url="http://127.0.0.1/api/v1") as plain:
            begun = (await plain.post("/jobs/bulk", json=body)).json()["data"]
        run = await runs.find(f"s{begun['id']}")
        assert run.is_going
        await runs.abort(run.id)
        await rested(run)
        assert run.phase is Phase.ABORTED
        assert run.counts[Outcome.LEFT] == 5 - run.counts[Outcome.DONE] > 0
        assert sum(each.outcome is Outcome.LEFT for each in run.items.values()) == run.counts[Outcome.LEFT]
        with pytest.raises(Conflict):
            await runs.abort(run.id)
        await runs.stop()


async def test_an_operation_of_the_server_is_paused_and_goes_on(embedded: httpx.AsyncBaseTransport) -> None:
    async with Ratchet("http://127.0.0.1", transport=embedded) as ratchet:
        runs = Runs(ratchet)
        ids = await waiting(ratchet, 6)
        run = await rested(runs.plan(Choice("jobs", "cancel", ids=tuple(ids))))
        await runs.start(run.id, wish=Wish(per_s=1))
        await runs.pace(run.id, 0)
        operation = await ratchet.bulk.get(run.operation)
        assert operation.rate_per_second == 0
        before = operation.done
        # Another console, or this one anew, hears of it.
        other = Runs(ratchet)
        found = await other.find(run.id)
        assert (found.throttle.per_s, found.is_going) == (0, True)
        assert (await ratchet.bulk.get(run.operation)).done == before
        await other.pace(run.id, None)
        await rested(run)
        assert (run.phase, run.counts[Outcome.DONE]) == (Phase.COMPLETED, 6)
        with pytest.raises(Conflict):
            await ratchet.bulk.pace(run.operation, 1)
        await runs.stop()
        await other.stop()


async def test_executions_that_wait_are_cancelled(ratchet: Ratchet, runs: Runs) -> None:
    task = await ratchet.tasks.create(NewTask(name="spin", source_code=SPIN))
    if not (await ratchet.dialect()).can(Ability.LOGS):
        run = await rested(runs.plan(Choice("executions", "cancel", query=ExecutionQuery())))
        assert run.trouble == "None of these rows can be acted on."
        return
    draft = NewExecution(task_id=task.id, input={})
    ids = [(await ratchet.executions.create(draft)).id for _ in range(3)]
    # The first holds the only worker, so that the others stay as they were frozen.
    run = await rested(runs.plan(Choice("executions", "cancel", ids=tuple(ids[1:]))))
    await rested(await runs.start(run.id))
    assert run.counts[Outcome.DONE] == 2
    assert {(await ratchet.executions.get(id)).status.value for id in ids[1:]} == {"CANCELLED"}


async def test_who_watches_a_run_under_its_first_id_sees_its_end(embedded: httpx.AsyncBaseTransport) -> None:
    rooms = MemoryRooms()
    async with Ratchet("http://127.0.0.1", transport=embedded) as ratchet:
        runs = Runs(ratchet)
        hub = Hub(ratchet, rooms, runs=runs)
        run = await rested(runs.plan(Choice("jobs", "cancel", ids=tuple(await waiting(ratchet, 3)))))
        topic = f"bulk/{run.id}"
        await hub.watch("ann", [topic])
        await until(lambda: topic in rooms.browsers["ann"].about)
        await runs.start(run.id)
        await rested(run)
        await until(lambda: rooms.browsers["ann"].about[topic]["phase"] == "completed")
        await hub.stop()
        await runs.stop()
