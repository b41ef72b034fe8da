"""Fixing and running again: what is read, what is refused, and what is sent."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.executions_rerun import ExecutionRerun
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.services import running, services
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

SCHEMA = {"type": "object"}
OLDER = {"revision": 1, "version": "1.0.0", "sourceCode": "old", "inputSchema": {"type": "array"}}


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeRatchet]:
    """A server with a failed execution, whose task was changed since."""
    fake = FakeRatchet()
    fake.capabilities = {"server": "fake", "version": "1", "events": True, "sourceCode": True}
    fake.put("tasks", "7", name="t", version="2.0.0", revision=2, sourceCode="new", inputSchema=SCHEMA)
    fake.put("executions", "1", status="FAILED", taskId="7", taskRevision=1, input={"n": 1})
    fake.transport.on(f"{AT}/tasks/7/versions/1", lambda request: answer(200, {"data": OLDER}))
    api = Ratchet("http://prod.test", transport=fake.transport)
    async with running({"prod": api}, Surroundings(MemoryRooms())) as started:
        fake.person = started["prod"].person  # type: ignore[attr-defined]
        yield fake


def retries(server: FakeRatchet) -> list[Any]:
    sent = [each for each in server.transport.requests if each.url.path.endswith("/retry")]
    return [json.loads(each.content) for each in sent]


async def read(address: str) -> ExecutionRerun:
    """Read what the page of this address shows, without watching it: no socket is there."""
    state = await at(f"{address}{'&' if '?' in address else '?'}server=prod").get_state(ExecutionRerun)
    state.id = "1"
    state.choice = "same" if "version=same" in address else "newest"
    await state._read(services(state).api)
    return state


async def submitted(state: ExecutionRerun, text: Any) -> list[str]:
    handler = ExecutionRerun.event_handlers["submit"].fn
    events = [str(event) async for event in handler(state, text) if event is not None]
    assert not state.busy
    return events


async def test_the_newest_version_is_offered_first_beside_the_one_that_failed(server: FakeRatchet) -> None:
    state = await read("/executions/1/rerun")
    assert (state.choice, state.older) == ("newest", {"revision": 1, "source_code": "old"})
    assert (state.initial, state.input_schema) == ({"value": {"n": 1}}, SCHEMA)
    same = await read("/executions/1/rerun?version=same")
    assert (same.choice, same.input_schema) == ("same", {"type": "array"})
    assert same.form_key == state.form_key


async def test_where_the_task_is_what_it_was_there_is_nothing_to_choose(server: FakeRatchet) -> None:
    server.put("executions", "1", taskRevision=2)
    state = await read("/executions/1/rerun?version=same")
    assert (state.choice, state.older) == ("newest", {})


async def test_what_did_not_fail_or_is_too_large_has_no_form(server: FakeRatchet) -> None:
    server.put("executions", "1", leftOut={"input": 900_000})
    state = await read("/executions/1/rerun")
    assert (state.form_key, state.too_large) == ("", 900_000)
    server.put("executions", "1", leftOut={}, status="COMPLETED")
    assert (await read("/executions/1/rerun")).form_key == ""


async def test_the_input_and_the_version_that_was_chosen_are_sent(server: FakeRatchet) -> None:
    made = {"data": {"id": "9", "status": "PENDING", "taskRevision": 1}}
    server.transport.on(f"{AT}/executions/1/retry", lambda request: answer(201, made))
    state = await read("/executions/1/rerun?version=same")
    events = await submitted(state, '{"n": 2}')
    assert retries(server) == [{"input": {"n": 2}, "taskRevision": 1}]
    assert "/executions/9" in events[-1]
    assert state.saved_key == "9"


async def test_what_was_retried_meanwhile_is_not_retried_until_somebody_has_read_of_it(
    server: FakeRatchet,
) -> None:
    made = {"data": {"id": "10", "status": "PENDING"}}
    server.transport.on(f"{AT}/executions/1/retry", lambda request: answer(201, made))
    state = await read("/executions/1/rerun")
    server.put("executions", "1", retriedBy="9")
    assert await submitted(state, "{}") == []
    assert (retries(server), "as execution 9" in state.errors[0]["message"]) == ([], True)
    assert len(await submitted(state, "{}")) == 1
    assert retries(server) == [{"input": {}}]


@pytest.mark.parametrize(
    "text", [None, 7, "{", "x" * 600_000, '{"a": 1e999}', "NaN", '"\\ud800"', '"\ud800"']
)
async def test_nonsense_is_refused_and_nothing_is_sent(server: FakeRatchet, text: Any) -> None:
    state = await read("/executions/1/rerun")
    assert await submitted(state, text) == []
    assert state.errors
    assert not retries(server)


async def test_a_press_for_another_page_or_by_who_may_not_sends_nothing(
    server: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = await read("/executions/1/rerun")
    state.id = "2"
    assert await submitted(state, "{}") == []
    assert "still being read" in state.errors[0]["message"]
    monkeypatch.setattr(server.person, "may", lambda act: False)  # type: ignore[attr-defined]
    assert await submitted(state, "{}") == []
    assert state.errors == [{"field": "", "message": UNFIT}]
    assert not retries(server)
