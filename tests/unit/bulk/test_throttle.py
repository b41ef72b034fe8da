"""How fast a run goes is told at any time, and heeded at once."""

import asyncio
import itertools

import pytest

from ratchet_web.api import Conflict, Ratchet
from ratchet_web.bulk.run import Wish
from ratchet_web.bulk.runs import TOO_LATE, Runs
from ratchet_web.bulk.throttle import Throttle
from ratchet_web.models.monitoring import Change
from ratchet_web.models.runs import Choice, Outcome, Phase
from tests.doubles.native import Native
from tests.unit.bulk.conftest import rested, until
from tests.unit.bulk.test_run import planned


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def admitted(throttle: Throttle, count: int, lanes: int = 4) -> list[float]:
    """Return when so many acts began, by several at once."""
    times: list[float] = []

    async def lane() -> None:
        while len(times) < count and await throttle.admits():
            times.append(now_s())

    await asyncio.gather(*(lane() for _ in range(lanes)))
    return times[:count]


async def test_so_many_begin_in_a_second_however_many_lanes_there_are() -> None:
    throttle = Throttle()
    throttle.turn(10)
    times = await admitted(throttle, 30)
    assert times[-1] - times[0] == pytest.approx(2.9, abs=0.05)
    assert min(after - before for before, after in itertools.pairwise(times)) > 0.09


async def test_it_costs_nothing_where_nobody_wants_it_slower() -> None:
    began_s = now_s()
    assert len(await admitted(Throttle(), 1_000)) == 1_000
    assert now_s() == began_s


async def test_a_pause_ends_as_soon_as_it_is_told_and_so_does_a_slow_pace() -> None:
    throttle = Throttle()
    throttle.turn(0)
    waiting = asyncio.create_task(throttle.admits())
    await asyncio.sleep(3_600)
    assert not waiting.done()
    throttle.turn(0.001)
    assert await waiting
    waiting = asyncio.create_task(throttle.admits())
    await asyncio.sleep(1)
    throttle.turn(None)
    began_s = now_s()
    assert await waiting
    assert now_s() == began_s


async def test_what_is_stopped_begins_no_more_not_even_out_of_a_pause() -> None:
    throttle = Throttle()
    throttle.turn(0)
    waiting = asyncio.create_task(throttle.admits())
    await asyncio.sleep(1)
    throttle.stop()
    assert await waiting is False
    assert await throttle.admits() is False


async def test_a_run_is_slowed_down_paused_and_aborted(double: Native, runs: Runs) -> None:
    run = await planned(double, runs, 100)
    await runs.start(run.id, wish=Wish(per_s=1))
    await asyncio.sleep(10)
    assert run.counts[Outcome.DONE] == pytest.approx(10, abs=2)
    assert run.remaining_s(run.pace) == pytest.approx(90, abs=3)
    await runs.pace(run.id, 0)
    await asyncio.sleep(5)
    before = run.counts[Outcome.DONE]
    await asyncio.sleep(3_600)
    assert (run.counts[Outcome.DONE], run.phase, run.remaining_s(run.pace)) == (before, Phase.RUNNING, None)
    await runs.pace(run.id, None)
    await until(lambda: run.counts[Outcome.DONE] > before + 20)
    await runs.pace(run.id, 0)
    await runs.abort(run.id)
    await rested(run)
    assert run.phase is Phase.ABORTED
    assert run.counts[Outcome.DONE] + run.counts[Outcome.LEFT] == 100
    with pytest.raises(Conflict):
        await runs.pace(run.id, 1)


@pytest.fixture
async def careful(api: Ratchet) -> Runs:
    return Runs(api, 5.0)


async def switched(double: Native, runs: Runs) -> tuple[str, ...]:
    return tuple(str(double.add_task(name=f"task-{n}").id) for n in range(3))


async def test_what_can_be_undone_begins_after_a_moment(double: Native, careful: Runs) -> None:
    ids = await switched(double, careful)
    run = await rested(careful.plan(Choice("tasks", "disable", ids=ids)))
    await careful.start(run.id)
    await asyncio.sleep(4.5)
    assert (run.phase, run.due_at is not None, run.counts[Outcome.LEFT]) == (Phase.WAITING, True, 3)
    with pytest.raises(Conflict):
        await careful.start(run.id)
    await rested(run)
    assert (run.phase, run.due_at, run.counts[Outcome.DONE]) == (Phase.COMPLETED, None, 3)
    await careful.stop()


async def test_what_is_taken_back_is_a_question_again(double: Native, careful: Runs) -> None:
    heard: list[Change] = []
    careful.listen(heard.append)
    ids = await switched(double, careful)
    run = await rested(careful.plan(Choice("tasks", "disable", ids=ids)))
    await careful.start(run.id)
    await asyncio.sleep(4.5)
    await careful.take_back(run.id)
    await asyncio.sleep(60)
    assert (run.phase, run.trouble, run.counts[Outcome.LEFT]) == (Phase.READY, "", 3)
    with pytest.raises(Conflict, match=TOO_LATE):
        await careful.take_back(run.id)
    await careful.start(run.id)
    await careful.abort(run.id)
    assert run.phase is Phase.READY
    await rested(await careful.start(run.id))
    await rested(run)
    assert run.counts[Outcome.DONE] == 3
    await careful.stop()


async def test_who_may_no_longer_do_it_when_its_time_comes_begins_nothing(
    double: Native, careful: Runs
) -> None:
    ids = await switched(double, careful)
    run = await rested(careful.plan(Choice("tasks", "disable", ids=ids)))
    await careful.start(run.id, wish=Wish(permitted=lambda: False))
    await rested(run)
    assert (run.phase, run.counts[Outcome.LEFT]) == (Phase.READY, 3)
    assert run.trouble.startswith("Nothing was done: ")
    await careful.stop()


async def test_a_destroying_act_does_not_wait(double: Native, careful: Runs) -> None:
    run = await planned(double, careful, 3)
    await careful.start(run.id)
    assert run.phase is Phase.RUNNING
    await rested(run)
    await careful.stop()
