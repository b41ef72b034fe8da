"""What workers share through a real Redis: runs, acts that wait. Each is met from two sides."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet
from ratchet_web.bulk.claims import ClaimedRuns, Claims
from ratchet_web.bulk.run import Wish
from ratchet_web.bulk.shared_delays import SharedDelays
from ratchet_web.bulk.shared_runs import DIED, DIED_BEFORE, SharedRuns
from ratchet_web.live.started import started_topic
from ratchet_web.live.topic import Snapshot
from ratchet_web.models.delays import Intent, Stage
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.monitoring import Change
from ratchet_web.models.runs import Choice, Outcome, Phase
from ratchet_web.peers.ledger import SharedLedger
from ratchet_web.peers.look import redis_fault
from ratchet_web.peers.peers import AwayError
from tests.support.redis import Redis
from tests.support.workers import ANN, OFF, Worker, ids, until


@pytest.fixture
async def both(
    ratchet: Ratchet, workers: tuple[Worker, Worker]
) -> AsyncIterator[tuple[SharedRuns, SharedRuns]]:
    here, there = (SharedRuns(ratchet, 0.0, each.bus.about("server")) for each in workers)
    yield here, there
    await here.stop()
    await there.stop()


async def test_workers_know_of_each_other_though_none_says_a_word(workers):
    here, there = (each.bus for each in workers)
    await until(lambda: (here.others.keys(), there.others.keys()) == ({there.me}, {here.me}))
    await workers[1].die()
    await until(lambda: not here.others)


async def test_a_run_is_seen_begun_and_aborted_from_another_worker(both, double):
    here, there = both
    query = JobQuery(sort="id")
    ids(double, 12)
    planned = here.plan(Choice("jobs", "cancel", query=query))
    seen = await there.find(planned.id)
    await until(lambda: seen.phase is Phase.READY)
    assert (list(seen.items), seen.choice, seen.possible) == (list(planned.items), planned.choice, 12)
    assert [run.id for run in there.begun()] == []
    heard: list[str] = []
    there.listen(lambda change: heard.append(f"{change.resource}/{change.id}"))
    begun = await there.start(planned.id, "", Wish("", 0.5))
    assert (begun is seen, planned.is_going) == (True, True)
    await there.pace(planned.id, 0)
    assert planned.throttle.per_s == 0
    with pytest.raises(Conflict):
        await there.start(planned.id)
    await there.abort(planned.id)
    await until(lambda: planned.phase is Phase.ABORTED and seen.phase is Phase.ABORTED)
    await until(lambda: seen.counts == planned.counts)
    assert seen.items == planned.items
    assert f"bulk/{planned.id}" in heard
    again = await there.again(planned.id)
    assert again.id in {run.id for run in here._runs.values()}
    with pytest.raises(NotFound):
        await there.find("00000000")


async def test_who_may_not_any_more_does_not_begin_a_run_of_another_worker(both, double):
    here, there = both
    planned = here.plan(Choice("jobs", "cancel", ids=ids(double, 1)))
    seen = await there.find(planned.id)
    await until(lambda: seen.phase is Phase.READY)
    with pytest.raises(Conflict):
        await there.start(planned.id, "", Wish(permitted=lambda: False))
    assert planned.phase is Phase.READY


async def test_a_run_whose_worker_dies_says_so_and_what_is_left_can_be_tried_again(both, workers, double):
    here, there = both
    going, asked = (here.plan(Choice("jobs", "cancel", ids=ids(double, 5))) for _ in range(2))
    seen, question = await there.find(going.id), await there.find(asked.id)
    await until(lambda: seen.phase is Phase.READY and question.phase is Phase.READY)
    await there.start(going.id, "", Wish("", 0.1))
    await workers[0].die()
    await until(lambda: seen.phase is Phase.ABORTED)
    assert (seen.trouble, question.trouble) == (DIED, DIED_BEFORE)
    assert [run.id for run in there.begun()] == [going.id]
    with pytest.raises(Conflict):
        await there.start(asked.id)
    left = [id for id, each in seen.items.items() if each.outcome is Outcome.LEFT]
    assert left, "at this pace not all of them were begun"
    assert list((await there.again(going.id)).choice.ids) == left


async def test_of_people_at_two_workers_who_retry_the_same_rows_at_once_one_does(ratchet, workers, double):
    ids = tuple(str(double.add_execution(status="FAILED").id) for _ in range(3))
    seats = []
    for each, name in zip((*workers, workers[0]), ("ann", "bob", "carl"), strict=True):
        seats.append(ClaimedRuns(ratchet))
        seats[-1].claim_by(Claims(SharedLedger(each.bus.redis), "server", lambda name=name: name))
    asked = [runs.plan(Choice("executions", "retry", ids=ids)) for runs in seats]
    await until(lambda: all(run.phase is Phase.READY for run in asked))
    began = [runs.start(run.id, "", Wish("", 0)) for runs, run in zip(seats, asked, strict=True)]
    told = await asyncio.gather(*began, return_exceptions=True)
    (winner,) = (n for n, each in enumerate(told) if not isinstance(each, Conflict))
    name = ("ann", "bob", "carl")[winner]
    assert [str(each).startswith(f"{name} has been retrying 3") for each in told].count(True) == 2
    await seats[winner].pace(asked[winner].id, None)
    await until(lambda: asked[winner].phase is Phase.COMPLETED)
    assert len(list(double.state.jobs)) == 3
    for runs in seats:
        await runs.stop()


async def test_what_one_puts_down_another_finds_and_a_mistake_is_logged(workers, caplog):
    here, there = (SharedLedger(each.bus.redis) for each in workers)
    await here.put("till", "a", "1")
    found = []
    await there.change("till", lambda entries: found.append(entries) or {"a": None, "b": "2"})
    await there.put("till", "c", "3")
    await here.change("till", lambda entries: found.append(entries) or {})
    assert found == [{"a": "1"}, {"b": "2", "c": "3"}]
    assert not caplog.records
    await workers[0].bus.redis.hset("ratchet-web:ledger:till", "d", b"\xff")
    await here.change("till", lambda entries: found.append(entries) or {"d": None})
    assert found[-1]["d"] == "\ufffd"
    with pytest.raises(AwayError):
        await here.change("till", lambda entries: entries["of nobody"])
    assert "makes no sense" in caplog.text


async def test_what_waits_is_seen_and_undone_from_another_worker_and_never_done_twice(ratchet, workers):
    here, there = (SharedDelays(ratchet, 60.0, lambda: None, each.bus.about("server")) for each in workers)
    here.put(OFF)
    await until(lambda: there.waiting(OFF.row) == OFF)
    assert [each.stage for each in there.all()] == [Stage.WAITING]
    assert await there.take_back(OFF.row) == OFF
    assert (here.all(), there.all()) == ([], [])
    with pytest.raises(NotFound):
        await there.take_back(OFF.row)
    here.put(OFF)
    await until(lambda: there.waiting(OFF.row) == OFF)
    on = Intent("tasks", "7", "enable")
    await there.let_wait(on)
    assert here.all() == [] or here.waiting(OFF.row) == on
    await until(lambda: here.waiting(OFF.row) == on)
    late = SharedDelays(ratchet, 60.0, lambda: None, workers[0].bus.about("later"))
    assert late.all() == []
    await workers[1].die()
    await until(lambda: [each.stage for each in here.all()] == [Stage.FAILED])
    for each in (here, there, late):
        await each.stop()


async def test_a_row_that_another_worker_acts_on_right_now_takes_no_second_word(ratchet, workers):
    here, there = (SharedDelays(ratchet, 60.0, lambda: None, each.bus.about("server")) for each in workers)
    here.put(OFF)
    here._turn(here._delayed[OFF.row], Stage.DOING)
    await until(lambda: [each.stage for each in there.all()] == [Stage.DOING])
    with pytest.raises(Conflict, match="right now"):
        await there.let_wait(Intent("tasks", "7", "enable"))
    assert [each.stage for each in there.all()] == [Stage.DOING]
    here._turn(here._delayed[OFF.row], Stage.DONE)
    await until(lambda: [each.stage for each in there.all()] == [Stage.DONE])
    await there.let_wait(Intent("tasks", "7", "enable"))
    assert there.waiting(OFF.row) == Intent("tasks", "7", "enable")
    for each in (here, there):
        await each.stop()


async def test_what_a_tab_started_at_another_worker_is_heard_of_to_its_end(both, ratchet, double):
    here, there = both
    planned = here.plan(Choice("jobs", "cancel", ids=ids(double, 3)))
    await until(lambda: planned.phase is Phase.READY)
    topic = started_topic(f"started/bulk.{planned.id}", there)
    heard: list[Change] = []
    there.listen(heard.append)
    assert [row["status"] for row in (await topic.fetch(ratchet)).rows] == ["READY"]
    await here.start(planned.id)
    await until(lambda: any(topic.dirtied_by(change, Snapshot()) for change in heard))
    await until(lambda: there._images[planned.id].phase is Phase.COMPLETED)
    (row,) = (await topic.fetch(ratchet)).rows
    assert (row["status"], row["over"], row["note"]) == ("COMPLETED", True, "3 of 3 done")


async def test_messages_that_nobody_understands_part_no_workers(workers):
    here, there = (each.bus.about("server") for each in workers)
    heard, turned = [], []
    runs = SharedRuns(Ratchet("http://nobody.test"), 0.0, here)
    here.turned(lambda: turned.append(here.trouble))
    here.hear("last", lambda worker, body: heard.append(body))
    for body in (
        None,
        [],
        {},
        "x",
        {"names": 1},
        {"names": ["a"], "whole": True, "items": [""]},
        [[]],
        1e999,
    ):
        for kind in ("run", "touched", "hello"):
            there.tell(kind, body)
    for text in ("", "[", "[]", "{}", "1", '{"from": {}}', "[" * 100_000, '{"from": "x", "answer": []}'):
        await workers[1].bus.redis.publish(workers[0].bus._all, text)
    there.tell("last", "still here")
    await until(lambda: heard == ["still here"])
    assert (turned, runs.begun()) == ([], [])
    await runs.stop()


async def test_a_redis_that_is_away_is_said_and_nothing_waits_for_it(ratchet):
    away = Worker(Redis())
    await away.bus.start()
    peers, sessions = away.bus.about("server"), away.sessions(lambda seat: None)
    assert "Redis does not answer" in peers.trouble
    peers.tell("touched", ["tasks", "1"])
    runs = SharedRuns(ratchet, 0.0, peers)
    for asked in (runs.find("1f2e"), started_topic("started/bulk.1f2e", runs).fetch(ratchet)):
        with pytest.raises(Conflict, match="is not known now"):
            await asked
    with pytest.raises(AwayError):
        await peers.ask_all("run", "1")
    with pytest.raises(AwayError):
        await SharedLedger(away.bus.redis).change("server", lambda entries: {})
    with pytest.raises(AwayError):
        await SharedLedger(away.bus.redis).put("server", "a", "1")
    with pytest.raises(AwayError):
        await SharedLedger(away.bus.redis).ahead_ms()
    with pytest.raises(AwayError):
        await peers.ask("1-2", "run", "1")
    with pytest.raises(AwayError):
        await sessions.meet("an-id")
    id, _ = sessions.sign_in("prod", ANN, "one")
    with pytest.raises(AwayError):
        await sessions.keep(id)
    await sessions.refresh()
    sessions.sweep()
    assert sessions.of(id)
    await away.bus.stop()


def test_why_redis_cannot_be_used_is_told_without_its_password(redis):
    assert redis_fault(redis.url) == ""
    wrong = redis_fault(redis.url.replace(redis.password, "hush-hush"))
    assert f"127.0.0.1:{redis.port}/0 refuses its user, password or rights" in wrong
    nobody = redis_fault(Redis().url)
    assert "nothing answers at 127.0.0.1:" in nobody
    nonsense = redis_fault("redis://:hush/hush@host:1/0")
    assert "hush" not in wrong + nobody + nonsense
