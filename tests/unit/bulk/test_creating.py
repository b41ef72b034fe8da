"""A job for each row: each asked for once, whatever becomes of the answer."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet, Refused
from ratchet_web.bulk.run import Creation, Run
from ratchet_web.bulk.runs import Runs
from ratchet_web.bulk.singly import MISTAKEN, NOT_KNOWN
from ratchet_web.logic.run_options import read_options
from ratchet_web.models.runs import Choice, Item, Outcome, Phase
from tests.doubles.ratchet import AT, FakeRatchet, body
from tests.doubles.transport import answer
from tests.unit.bulk.conftest import rested, until


class Queue:
    """A server that queues jobs, and can be told to answer some inputs otherwise."""

    def __init__(self) -> None:
        self.fake = FakeRatchet()
        self.jobs: list[dict[str, object]] = []
        self.odd: dict[int, list[httpx.Response | Exception]] = {}
        self.silent: set[int] = set()
        self.fake.transport.on(f"{AT}/jobs", self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.05)
        job = body(request)
        self.jobs.append(job)
        if job["input"]["n"] in self.silent:
            await asyncio.Event().wait()
        if odd := self.odd.get(job["input"]["n"]):
            told = odd.pop(0)
            if isinstance(told, Exception):
                raise told
            return told
        return answer(201, {"data": {"id": str(100 + len(self.jobs)), **job}})

    def asked(self, n: int) -> int:
        return sum(job["input"] == {"n": n} for job in self.jobs)


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
async def runs(queue: Queue) -> AsyncIterator[Runs]:
    async with Ratchet("http://ratchet.test/api/v1", transport=queue.fake.transport) as api:
        made = Runs(api)
        yield made
        await made.stop()


async def offered(runs: Runs, count: int) -> Run:
    inputs = {str(n + 1): json.dumps({"n": n}).encode() for n in range(1, count + 1)}
    return await runs.offer(Creation("7", inputs))


async def test_each_row_becomes_a_job_once(runs: Runs, queue: Queue) -> None:
    run = await offered(runs, 50)
    assert (run.phase, queue.jobs) == (Phase.READY, [])
    await rested(await runs.start(run.id))
    assert (run.phase, run.counts[Outcome.DONE]) == (Phase.COMPLETED, 50)
    assert sorted(job["input"]["n"] for job in queue.jobs) == list(range(1, 51))  # type: ignore[index]
    assert all(item.name.isdecimal() for item in run.items.values())
    with pytest.raises(Conflict):
        await runs.start(run.id)
    with pytest.raises(Conflict):
        await runs.again(run.id)
    assert len(queue.jobs) == 50


async def test_options_are_those_of_every_job(runs: Runs, queue: Queue) -> None:
    run = await offered(runs, 2)
    assert run.creation is not None
    run.creation.options, _ = read_options({"priority": "HIGH", "max_retries": "0"})
    await rested(await runs.start(run.id))
    assert {(job["priority"], job["maxRetries"], job["taskId"]) for job in queue.jobs} == {("HIGH", 0, "7")}


async def test_many_are_confirmed_by_their_number(runs: Runs, queue: Queue) -> None:
    run = await offered(runs, 101)
    for typed in ("", "100", "101 jobs"):
        with pytest.raises(Refused):
            await runs.start(run.id, typed)
    assert not queue.jobs
    await rested(await runs.start(run.id, "101"))
    assert run.counts[Outcome.DONE] == 101


async def test_a_lost_answer_is_not_asked_for_again(runs: Runs, queue: Queue) -> None:
    queue.odd = {3: [httpx.ReadTimeout("late")], 4: [httpx.ReadError("reset")], 5: [answer(502)]}
    run = await offered(runs, 6)
    await rested(await runs.start(run.id))
    assert [queue.asked(n) for n in (3, 4, 5)] == [1, 1, 1]
    assert [run.items[row].outcome for row in ("4", "5", "6")] == [Outcome.FAILED] * 3
    assert run.items["4"].note == NOT_KNOWN
    with pytest.raises(Conflict):
        await runs.again(run.id)


async def test_what_surely_did_not_arrive_is_asked_for_again(runs: Runs, queue: Queue) -> None:
    queue.odd = {
        2: [httpx.ConnectError("refused"), answer(429, {"error": {"message": "slowly"}}, retry_after="1")]
    }
    run = await offered(runs, 3)
    await rested(await runs.start(run.id))
    assert (run.counts[Outcome.DONE], run.phase) == (3, Phase.COMPLETED)


async def test_what_was_refused_can_be_tried_again_alone(runs: Runs, queue: Queue) -> None:
    refusal = answer(409, {"error": {"message": "Task t is disabled"}})
    queue.odd = {2: [refusal], 3: [httpx.ReadTimeout("late")]}
    run = await offered(runs, 4)
    await rested(await runs.start(run.id))
    assert run.items["3"].outcome is Outcome.REFUSED
    assert run.items["3"].note.startswith("Task t is disabled")
    again = await runs.again(run.id)
    assert list(again.items) == ["3"]
    await rested(await runs.start(again.id))
    assert (queue.asked(2), queue.asked(3)) == (2, 1)


async def test_it_is_aborted_in_the_middle_and_the_rest_is_left(runs: Runs, queue: Queue) -> None:
    run = await offered(runs, 500)
    await runs.start(run.id, "500")
    await until(lambda: len(queue.jobs) >= 20)
    await runs.abort(run.id)
    await rested(run)
    assert run.phase is Phase.ABORTED
    assert len(queue.jobs) == run.counts[Outcome.DONE] < 500
    rest = await runs.again(run.id)
    assert len(rest.items) == run.counts[Outcome.LEFT]


async def test_rows_that_are_given_again_take_the_place_of_those_that_were_not_confirmed(runs: Runs) -> None:
    first = await offered(runs, 2)
    begun = await runs.start(first.id)
    second = await offered(runs, 3)
    other = await runs.offer(Creation("8", {"1": b"{}"}))
    planned = runs.plan(Choice("executions", "cancel", ids=("1",)))
    third = await offered(runs, 4)
    for kept in (begun, other, planned, third):
        assert await runs.find(kept.id) is kept
    with pytest.raises(NotFound):
        await runs.find(second.id)


async def test_rows_that_were_not_confirmed_are_kept_up_to_so_many_bytes(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratchet_web.bulk.keeping.KEPT_BYTES", 1_000)
    planned = await rested(runs.plan(Choice("executions", "cancel", ids=("1",))))
    first, second, third = [
        await runs.offer(Creation(task, {"1": b'"' + b"x" * 398 + b'"'})) for task in ("1", "2", "3")
    ]
    with pytest.raises(NotFound):
        await runs.find(first.id)
    for kept in (planned, second, third):
        assert await runs.find(kept.id) is kept


async def test_a_row_that_cannot_be_sent_fails_alone(runs: Runs, queue: Queue) -> None:
    inputs = {str(n + 1): json.dumps({"n": n}).encode() for n in range(1, 40)}
    # No check lets these pass; should one, it costs no more than its row.
    inputs |= {"11": b'{"n": 1e999}', "12": b'{"n": "\\ud800"}', "13": b"{"}
    run = await runs.offer(Creation("7", inputs))
    await rested(await runs.start(run.id))
    assert (run.phase, run.counts[Outcome.DONE], run.counts[Outcome.LEFT]) == (Phase.COMPLETED, 36, 0)
    assert len(queue.jobs) == 36
    assert run.items["13"] == Item("13", outcome=Outcome.FAILED, note=MISTAKEN)
    assert all(run.items[row].outcome in (Outcome.REFUSED, Outcome.FAILED) for row in ("11", "12"))


async def test_what_was_in_flight_at_the_end_is_not_known_and_not_offered_again(
    runs: Runs, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.silent = {3, 9}
    run = await offered(runs, 60)
    await runs.start(run.id)
    await until(lambda: len(queue.jobs) >= 20)

    async def broken(requests: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(runs._api, "spare", broken)
    await rested(run)
    assert (run.phase, "mistake" in run.trouble) == (Phase.ABORTED, True)
    assert (run.items["4"].outcome, run.items["4"].note) == (Outcome.FAILED, NOT_KNOWN)
    assert run.items["10"].note == NOT_KNOWN
    assert all(queue.asked(int(row) - 1) == 0 for row in left_of(run))
    monkeypatch.undo()
    again = await runs.again(run.id)
    assert list(again.items) == left_of(run)
    await rested(await runs.start(again.id))
    assert max(queue.asked(n) for n in range(1, 61)) == 1


async def test_what_was_in_flight_when_it_was_let_go_is_not_known(runs: Runs, queue: Queue) -> None:
    queue.silent = {3, 9}
    run = await offered(runs, 60)
    await runs.start(run.id)
    await until(lambda: len(queue.jobs) >= 20)
    await runs.stop()
    assert run.phase is Phase.ABORTED
    assert {run.items[row].note for row in ("4", "10")} == {NOT_KNOWN}
    assert all(queue.asked(int(row) - 1) == 0 for row in left_of(run))


async def test_what_is_told_of_rows_that_are_offered_again_is_of_these(runs: Runs, queue: Queue) -> None:
    told = {"form": "JSON", "good": 3, "faulty": 1, "faults": [{"row": 9}], "preview": [{"row": 2}]}
    queue.odd = {2: [answer(409, {"error": {"message": "Task t is disabled"}})]}
    inputs = {str(n + 1): json.dumps({"n": n}).encode() for n in range(1, 4)}
    run = await runs.offer(Creation("7", inputs, told))
    await rested(await runs.start(run.id))
    again = await runs.again(run.id)
    assert again.creation is not None
    preview = [{"row": 3, "value": {"n": 2}}]
    assert again.creation.summary == {**told, "good": 1, "faulty": 0, "faults": [], "preview": preview}


def left_of(run: Run) -> list[str]:
    return [row for row, item in run.items.items() if item.outcome is Outcome.LEFT]
