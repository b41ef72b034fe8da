"""A worker dies among several: what it had is counted once at the others, and not gone without a word."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.audit.actor import Actor, acting
from ratchet_web.audit.files import AuditFiles
from ratchet_web.audit.journal import Journal
from ratchet_web.audit.recorder import Recorder
from ratchet_web.bulk.claims import Claims
from ratchet_web.bulk.run import Run, Wish
from ratchet_web.bulk.shared_delays import DIED_DOING, DIED_WAITING, SharedDelays
from ratchet_web.bulk.shared_recording import SharedRecordedRuns
from ratchet_web.bulk.shared_runs import DIED, DIED_BEFORE, DIED_BEFORE_IT, SharedRuns
from ratchet_web.live.person import Anybody
from ratchet_web.models.audit import AuditQuery, Result
from ratchet_web.models.delays import Intent, Stage
from ratchet_web.models.runs import Choice, Outcome, Phase
from ratchet_web.peers.ledger import SharedLedger
from tests.doubles.native import Native
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer
from tests.support.redis import Redis
from tests.support.workers import OFF, Worker, ids, until

ON = Intent("tasks", "7", "enable", name="nightly")
GOING = {"id": "12", "resource": "jobs", "action": "cancel", "status": "RUNNING", "total": 3, "succeeded": 1}


@pytest.fixture
async def workers(redis: Redis) -> AsyncIterator[list[Worker]]:
    """Three that live, of which the first is to die, and one that comes later."""
    four = [Worker(redis) for _ in range(4)]
    for each in four[:3]:
        await each.bus.start()
    yield four
    for each in four[1:]:
        await each.bus.stop()


@pytest.fixture
async def of_server() -> AsyncIterator[Ratchet]:
    """A client of a server that carries a run out itself."""
    fake = FakeRatchet()
    fake.capabilities = {"server": "fake", "version": "1", "bulk": True}
    fake.transport.on(f"{AT}/bulk/12", answer(200, {"data": GOING}))
    fake.transport.on(f"{AT}/bulk/12/items", answer(200, {"data": [{"id": "1", "outcome": "SUCCEEDED"}]}))
    async with Ratchet("http://fake.test/api/v1", transport=fake.transport) as client:
        yield client


def shown(runs: SharedRuns) -> list[tuple[str, Phase, str]]:
    return [(run.id, run.phase, run.trouble) for run in runs.begun()]


async def waits(runs: SharedRuns, id: str, phase: Phase) -> Run:
    """Return what a worker knows of a run, once it is so far."""
    run = await runs.find(id)
    await until(lambda: run.phase is phase)
    return run


async def test_what_the_server_goes_on_with_is_followed_by_one_of_those_who_live_and_counted_once(
    workers: list[Worker], of_server: Ratchet
) -> None:
    all_runs = [SharedRuns(of_server, 0.0, each.bus.about("server")) for each in workers[:3]]
    await all_runs[0].find("s12")
    for runs in all_runs[1:]:
        await runs.find("s12")
    await workers[0].die()
    left = all_runs[1:]

    def followed() -> list[bool]:
        return ["s12" in runs._runs for runs in left]

    await until(lambda: sorted(followed()) == [False, True])
    await until(lambda: all("s12" in {*runs._runs, *runs._images} for runs in left))
    for runs in left:
        assert shown(runs) == [("s12", Phase.RUNNING, "")]
        assert runs.begun()[0].counts[Outcome.DONE] == 1
    left.append(SharedRuns(of_server, 0.0, workers[3].bus.about("server")))
    await workers[3].bus.start()
    await until(lambda: shown(left[2]) == [("s12", Phase.RUNNING, "")])
    assert sum(followed()) == 1
    for runs in all_runs[:1] + left:
        await runs.stop()


async def test_what_a_dead_worker_had_is_told_by_all_who_live_and_by_who_comes_later(
    workers: list[Worker],
    ratchet: Ratchet,
    double: Native,
) -> None:
    here, there, other = (SharedRuns(ratchet, 60.0, each.bus.about("server")) for each in workers[:3])
    put_off = here.plan(Choice("jobs", "priority", value="HIGH", ids=ids(double, 3)))
    going = here.plan(Choice("jobs", "cancel", ids=ids(double, 3)))
    asked = here.plan(Choice("jobs", "cancel", ids=ids(double, 3)))
    for runs in (there, other):
        for run in (put_off, going, asked):
            await waits(runs, run.id, Phase.READY)
    await here.start(put_off.id)
    await here.start(going.id)
    await here.pace(going.id, 0)
    for runs in (there, other):
        await waits(runs, put_off.id, Phase.WAITING)
        await waits(runs, going.id, Phase.RUNNING)
    await workers[0].die()
    await here.stop()
    told = {(put_off.id, Phase.ABORTED, DIED_BEFORE_IT), (going.id, Phase.ABORTED, DIED)}
    for runs in (there, other):
        await until(lambda runs=runs: {*shown(runs)} == told)
        assert len(runs.begun()) == 2
        assert (await runs.find(asked.id)).trouble == DIED_BEFORE
    await workers[3].bus.start()
    late = SharedRuns(ratchet, 60.0, workers[3].bus.about("server"))
    assert (await late.find(put_off.id)).trouble == DIED_BEFORE_IT
    again = await late.again(put_off.id)
    assert again.choice.ids == put_off.choice.ids
    for runs in (there, other, late):
        await runs.stop()


async def test_what_waited_at_a_dead_worker_is_said_not_to_be_done_until_it_is_read_or_asked_for_anew(
    workers: list[Worker],
    ratchet: Ratchet,
) -> None:
    here, there, other = (
        SharedDelays(ratchet, 60.0, lambda: None, each.bus.about("delays")) for each in workers[:3]
    )
    begun = Intent("tasks", "8", "disable")
    for intent in (OFF, begun, Intent("tasks", "9", "disable")):
        here.put(intent)
    here._turn(here._delayed[begun.row], Stage.DOING)
    here._turn(here._delayed["tasks/9"], Stage.DONE)
    for each in (there, other):
        await until(
            lambda each=each: {one.stage for one in each.all()} == {Stage.WAITING, Stage.DOING, Stage.DONE}
        )
    await workers[0].die()

    def said(delays: SharedDelays) -> dict[str, tuple[Stage, str]]:
        return {each.intent.row: (each.stage, each.note) for each in delays.all()}

    lost = {OFF.row: (Stage.FAILED, DIED_WAITING), begun.row: (Stage.FAILED, DIED_DOING)}
    for each in (there, other):
        await until(lambda each=each: said(each) == lost)
    await workers[3].bus.start()
    late = SharedDelays(ratchet, 60.0, lambda: None, workers[3].bus.about("delays"))
    await until(lambda: said(late) == lost)
    await late.hush(begun.row)
    for each in (there, other, late):
        await until(lambda each=each: [*said(each)] == [OFF.row])
    await other.let_wait(ON)
    for each in (there, other, late):
        await until(lambda each=each: said(each) == {ON.row: (Stage.WAITING, "")})
    await late.take_back(ON.row)
    for each in (there, other, late):
        await until(lambda each=each: not each.all())
    for each in (here, there, other, late):
        await each.stop()


async def test_what_waited_at_a_worker_that_is_stopped_is_said_not_to_be_done(
    workers: list[Worker],
    api: Ratchet,
) -> None:
    here, there, other = (
        SharedDelays(api, 60.0, lambda: None, each.bus.about("delays")) for each in workers[:3]
    )
    for intent in (OFF, Intent("tasks", "9", "disable")):
        here.put(intent)
    here._turn(here._delayed["tasks/9"], Stage.DONE)
    for each in (there, other):
        await until(lambda each=each: {one.stage for one in each.all()} == {Stage.WAITING, Stage.DONE})
    await here.stop()
    for each in (there, other):
        await until(
            lambda each=each: (
                [(one.intent, one.stage, one.note) for one in each.all()]
                == [(OFF, Stage.FAILED, DIED_WAITING)]
            )
        )
    await other.hush(OFF.row)
    for each in (there, other):
        await until(lambda each=each: not each.all())
        await each.stop()
    await workers[0].bus.stop()


async def test_the_end_of_what_a_dead_worker_had_is_written_down_once_in_the_name_of_who_began_it(
    workers: list[Worker],
    ratchet: Ratchet,
    of_server: Ratchet,
    double: Native,
    tmp_path: Path,
) -> None:
    journals = [Journal(AuditFiles(tmp_path, 1_000_000)) for _ in workers[:3]]

    def shared(api: Ratchet, space: str) -> list[SharedRecordedRuns]:
        made = []
        for each, journal in zip(workers, journals, strict=False):
            recorder = Recorder(journal, "prod", Anybody())
            made.append(SharedRecordedRuns(api, recorder, 0.0, each.bus.about(space)))
            made[-1].claim_by(Claims(SharedLedger(each.bus.redis), space))
        return made

    here, *others = shared(ratchet, "server")
    going, over = (here.plan(Choice("jobs", "cancel", ids=ids(double, n))) for n in (3, 1))
    for runs in others:
        for run in (going, over):
            await waits(runs, run.id, Phase.READY)
    with acting(Actor("ann", "operator", "10.0.0.9")):
        await here.start(going.id, "", Wish("tidy", 0))
        await here.start(over.id)
    # One that the server goes on with, as if it had been begun here.
    followed, *followers = shared(of_server, "other")
    run = await followed.find("s12")
    run.by, run.recorded = Actor("bob"), True
    run.changed()
    for runs in others:
        await until(lambda runs=runs: runs._images[going.id].recorded and runs._images[over.id].ended_at)
    for runs in followers:
        await until(lambda runs=runs: "s12" in runs._images and runs._images["s12"].recorded)
    await workers[0].die()
    for runs in others:
        await waits(runs, going.id, Phase.ABORTED)
        await until(lambda runs=runs: not runs._tasks)

    def settled() -> list[SharedRecordedRuns]:
        """Return who follows it, once the other knows that."""
        one, other = sorted(followers, key=lambda runs: "s12" in runs._runs)
        heard = one._workers.get("s12") == workers[1 + followers.index(other)].bus.me
        rests = not one._tasks and not other._tasks and "s12" not in one._runs
        return [other] if heard and rests else []

    await until(lambda: bool(settled()))
    (follower,) = settled()
    await follower._end(follower._runs["s12"])
    for runs in (*others, *followers):
        await runs.stop()
    for journal in journals:
        await journal.close()
    found = (await journals[0].find(AuditQuery(), "prod")).entries
    for runs in (here, followed):
        await runs.stop()
    ends = [(entry.run, entry.who, entry.note) for entry in found if entry.note.startswith("ended: ")]
    assert sorted(ends) == sorted(
        [
            (going.id, "ann", f"ended: 3 left; {DIED}"),
            (over.id, "ann", "ended: 1 done"),
            ("s12", "bob", "ended: 1 done, 2 left"),
        ]
    )
    (end,) = (entry for entry in found if entry.run == going.id and entry.result is not Result.BEGUN)
    assert (end.result, end.role, end.address, set(end.ids)) == (
        *(Result.FAILED, "operator", "10.0.0.9"),
        set(going.items),
    )
