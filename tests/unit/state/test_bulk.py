"""What any browser may send: nonsense does nothing, what is meant is done on the server of the address."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import reflex as rx

from ratchet_web.api import Ratchet
from ratchet_web.bulk.run import Run
from ratchet_web.live.services import Surroundings
from ratchet_web.models.runs import Phase
from ratchet_web.state.bulk import MOST_TICKED, Bulk
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.servers import LOST
from ratchet_web.state.services import Services, running
from ratchet_web.state.viewing import watch
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at, turn


@pytest.fixture
async def fake() -> FakeRatchet:
    return FakeRatchet()


@pytest.fixture
async def here(fake: FakeRatchet) -> AsyncIterator[Services]:
    for id in ("1", "2", "3"):
        fake.put("jobs", id, status="FAILED", taskId="7")
        fake.transport.on(f"/api/v1/jobs/{id}/retry", answer(200, {"data": {"id": id, "status": "QUEUED"}}))
    async with running(
        {"prod": Ratchet("http://prod.test", transport=fake.transport)}, Surroundings(MemoryRooms())
    ) as started:
        yield started["prod"]


async def sent(viewer: rx.State, name: str, *given: Any) -> list[Any]:
    """Return the events that a handler answers what a browser sends."""
    bulk = await viewer.get_state(Bulk)
    answered = Bulk.event_handlers[name].fn(bulk, *given)
    if hasattr(answered, "__aiter__"):
        return [event async for event in answered if event is not None]
    event = await answered
    return [] if event is None else [event]


async def planned(viewer: rx.State, here: Services, *given: Any) -> Run:
    """Return the run that a choice leads to, counted; the viewer's page is led to it."""
    (event,) = await sent(viewer, *given)
    (run,) = here.runs._runs.values()
    assert f"bulk={run.id}" in str(event)
    assert run.task
    await run.task
    turn(viewer, f"/jobs?status=FAILED&server=prod&bulk={run.id}")
    return run


@pytest.mark.parametrize(
    ("handler", "given"),
    [
        ("choose", ("jobs", "delete", ["1"])),
        ("choose", ("users", "cancel", ["1"])),
        ("choose", ("jobs", "cancel", [])),
        ("choose", ("jobs", "cancel", "123")),
        ("choose", ("jobs", "cancel", ["1", {"2": 3}])),
        ("choose", ("jobs", "cancel", ["../1"])),
        ("choose", ("jobs", "cancel", [str(n) for n in range(MOST_TICKED + 1)])),
        ("choose", ({}, None, None)),
        ("choose_all", ("jobs", "__init__")),
        ("choose_all", (7, [])),
        ("export", ("exe",)),
        ("export", ({},)),
    ],
)
async def test_nonsense_does_nothing(here: Services, handler: str, given: tuple[Any, ...]) -> None:
    assert await sent(at("/jobs?server=prod"), handler, *given) == []
    assert not here.runs._runs


@pytest.mark.parametrize("handler", ["abort", "again", "start", "export"])
async def test_where_no_run_is_open_that_is_said(here: Services, handler: str) -> None:
    viewer = at("/jobs?server=prod&bulk=../../x")
    given = {"start": ({"number": [1]},), "export": ("csv",)}.get(handler, ())
    assert await sent(viewer, handler, *given) == []
    assert "no such run" in (await viewer.get_state(Notices)).items[-1]["text"]
    assert not (await viewer.get_state(Bulk)).busy


@pytest.mark.parametrize("handler", ["abort", "again", "start", "export"])
async def test_a_server_that_refuses_to_tell_of_a_run_is_quoted(
    here: Services, fake: FakeRatchet, handler: str
) -> None:
    fake.capabilities = {"server": "fake", "version": "1", "bulk": True}
    fake.transport.on("/api/v1/bulk/12", answer(400, {"error": {"message": "No id of mine"}}))
    viewer = at("/jobs?server=prod&bulk=s12")
    given = {"start": ({},), "export": ("csv",)}.get(handler, ())
    assert await sent(viewer, handler, *given) == []
    assert "No id of mine" in (await viewer.get_state(Notices)).items[-1]["text"]
    assert not (await viewer.get_state(Bulk)).busy


async def test_more_ticks_than_are_taken_is_said(here: Services) -> None:
    viewer = at("/jobs?server=prod")
    assert await sent(viewer, "choose", "jobs", "retry", [str(n) for n in range(MOST_TICKED + 1)]) == []
    assert "100" in (await viewer.get_state(Notices)).items[-1]["text"]
    assert not here.runs._runs


async def test_what_a_role_does_not_allow_is_not_even_tried(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = at("/jobs?status=FAILED&server=prod")
    run = await planned(viewer, here, "choose_all", "jobs", "retry")
    monkeypatch.setattr(here.person, "may", lambda act: False)
    sent_before = len(fake.transport.requests)
    for handler, *given in (
        ("choose", "jobs", "retry", ["1"]),
        ("choose_all", "jobs", "retry"),
        ("start", {}),
        ("abort",),
        ("again",),
    ):
        assert await sent(viewer, handler, *given) == []
        notices = await viewer.get_state(Notices)
        assert notices.items[-1]["text"] == UNFIT
        notices.items = []
    assert (run.phase, list(here.runs._runs)) == (Phase.READY, [run.id])
    assert len(fake.transport.requests) == sent_before


async def test_the_ticked_rows_are_meant_each_once(here: Services) -> None:
    run = await planned(at("/jobs?server=prod"), here, "choose", "jobs", "retry", ["1", "2", "1"])
    assert list(run.items) == ["1", "2"]


async def test_all_that_match_the_address_are_meant_begun_and_downloaded(here: Services) -> None:
    viewer = at("/jobs?status=FAILED&server=prod")
    run = await planned(viewer, here, "choose_all", "jobs", "retry")
    assert len(run.items) == 3
    assert await sent(viewer, "start", {"number": "", "reason": 5}) == []
    # A second press of the same viewer begins nothing, and is no mistake.
    assert await sent(viewer, "start", {"number": ""}) == []
    assert run.task
    await run.task
    assert await sent(viewer, "start", {"number": ""}) == []
    assert (await viewer.get_state(Notices)).items == []
    assert (run.phase, run.counts["done"]) == (Phase.COMPLETED, 3)
    (download,) = await sent(viewer, "export", "jsonl")
    assert f"retry-jobs-{run.id}.jsonl" in str(download)
    assert await sent(viewer, "abort") == []
    assert "ended already" in (await viewer.get_state(Notices)).items[-1]["text"]


async def test_half_of_a_character_reaches_nobody_who_watches_the_run(here: Services) -> None:
    viewer = at("/jobs?status=FAILED&server=prod")
    run = await planned(viewer, here, "choose_all", "jobs", "retry")
    await sent(viewer, "start", {"reason": "half \ud83d of a smile"})
    assert run.reason == "half ? of a smile"


async def test_a_wrong_number_is_told_at_its_field_and_two_presses_begin_it_once(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ratchet_web.bulk.run.TYPED_ABOVE", 2)
    viewer = at("/jobs?status=FAILED&server=prod")
    run = await planned(viewer, here, "choose_all", "jobs", "retry")
    await sent(viewer, "start", {"number": "4"})
    assert "nothing was begun" in (await viewer.get_state(Bulk)).wrong
    await asyncio.gather(sent(viewer, "start", {"number": "3"}), sent(viewer, "start", {"number": "3"}))
    assert run.task
    await run.task
    assert [fake.transport.count(f"/api/v1/jobs/{id}/retry") for id in ("1", "2", "3")] == [1, 1, 1]


async def test_a_run_is_watched_where_its_page_is_and_means_nothing_on_another_server(here: Services) -> None:
    viewer = at("/tasks?server=prod&bulk=0123abcd.failed")
    await watch(viewer, "tasks")
    assert {"bulk", "bulk/0123abcd.failed"} <= here.hub._watched.keys()
    assert "bulk" in LOST
