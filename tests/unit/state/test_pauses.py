"""Pausing and resuming: what is refused is said where it was asked; nonsense never reaches the server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.models.acts import Act
from ratchet_web.state.notices import Notices
from ratchet_web.state.pauses import NO_REASON, Pauses
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.services import running
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

WHY = "The mail service refuses us"


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeRatchet]:
    """A server on which the viewer may pause the queue and no task."""
    fake = FakeRatchet()
    api = Ratchet("http://prod.test", transport=fake.transport)
    async with running({"prod": api}, Surroundings(MemoryRooms())) as started:
        monkeypatch.setattr(started["prod"].person, "may", lambda act: act is Act.PAUSE_QUEUE)
        yield fake


async def did(name: str, *given: Any) -> tuple[Pauses, list[str], list[str]]:
    """Call a handler; return the state, what was busy meanwhile, and what was told."""
    viewer = at("/jobs?server=prod")
    state, busy = await viewer.get_state(Pauses), []
    async for _ in Pauses.event_handlers[name].fn(state, *given):
        busy += state.busy
    assert state.busy == []
    return state, busy, [item["text"] for item in (await viewer.get_state(Notices)).items]


def sent(fake: FakeRatchet) -> list[tuple[str, str]]:
    return [
        (request.method, request.url.path)
        for request in fake.transport.requests
        if "pauses" in str(request.url)
    ]


async def test_what_a_role_does_not_allow_is_not_even_tried(server: FakeRatchet) -> None:
    state, _, _ = await did("pause", "12", WHY)
    assert state.errors == {"prod:12": UNFIT}
    assert (await did("resume", "12"))[2] == [UNFIT]
    assert sent(server) == []


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, 5, None, {}])
async def test_without_a_reason_nothing_is_asked_for(server: FakeRatchet, reason: Any) -> None:
    state, busy, _ = await did("pause", "", reason)
    assert (state.errors, busy, sent(server)) == ({"prod:queue": NO_REASON}, [], [])


@pytest.mark.parametrize("task", ["../queue", "a b", None, 5, ["1"], "1" * 40])
async def test_what_can_be_no_task_is_not_asked_for(server: FakeRatchet, task: Any) -> None:
    for name, given in (("pause", (task, WHY)), ("resume", (task,))):
        state, busy, told = await did(name, *given)
        assert (state.errors, busy, told, sent(server)) == ({}, [], [], [])


async def test_why_the_server_refuses_is_told_in_the_question(server: FakeRatchet) -> None:
    told = {"error": {"code": "CONFLICT", "message": "The queue is paused already: a deploy", "status": 409}}
    server.transport.on("/api/v1/pauses/queue", lambda request: answer(409, told))
    state, busy, notices = await did("pause", "", WHY)
    assert state.errors == {"prod:queue": "The queue is paused already: a deploy. Nothing was changed."}
    assert (busy, notices) == (["prod:queue"], [])


async def test_it_is_paused_and_resumed(server: FakeRatchet) -> None:
    made = answer(200, {"data": {"id": "queue", "scope": "QUEUE", "reason": WHY}})
    server.transport.on(
        "/api/v1/pauses/queue", lambda request: answer(204) if request.method == "DELETE" else made
    )
    state, _, notices = await did("pause", "", WHY)
    assert (state.errors, notices) == ({"prod:queue": ""}, [])
    assert (await did("resume", ""))[2] == ["Resumed the queue: its jobs begin again."]
    assert sent(server) == [("PUT", "/api/v1/pauses/queue"), ("DELETE", "/api/v1/pauses/queue")]


async def test_what_somebody_else_resumed_is_said(server: FakeRatchet) -> None:
    gone = {"error": {"code": "NOT_FOUND", "message": "There is no pause of the queue", "status": 404}}
    server.transport.on("/api/v1/pauses/queue", lambda request: answer(404, gone))
    assert (await did("resume", ""))[2] == ["Nothing to resume: the queue is not paused any more."]
