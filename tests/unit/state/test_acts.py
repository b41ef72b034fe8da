"""Acts on one row: what a role does not allow is said, and the server is not even asked."""

import inspect
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.acts import Acts
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.services import running, services
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

MORE: dict[str, Any] = {
    "switch_task": True,
    "switch_schedule": True,
    "deliver_again": 1,
    "set_priority": "HIGH",
}
ALL = sorted(Acts.event_handlers.keys() - {"setvar"})


@pytest.fixture
async def lesser(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeRatchet]:
    """A server on which the viewer's role allows nothing."""
    fake = FakeRatchet()
    api = Ratchet("http://prod.test", transport=fake.transport)
    async with running({"prod": api}, Surroundings(MemoryRooms())) as started:
        monkeypatch.setattr(started["prod"].person, "may", lambda act: False)
        yield fake


@pytest.mark.parametrize("handler", ALL)
async def test_what_a_role_does_not_allow_is_not_even_tried(lesser: FakeRatchet, handler: str) -> None:
    viewer = at("/jobs?server=prod")
    acts = await viewer.get_state(Acts)
    given: tuple[Any, ...] = ("1", MORE[handler]) if handler in MORE else ("1",)
    acting = Acts.event_handlers[handler].fn(acts, *given)
    assert (await acting if inspect.isawaitable(acting) else [event async for event in acting]) in ([], None)
    assert (await viewer.get_state(Notices)).items[-1]["text"] == UNFIT
    assert (acts.busy, lesser.transport.requests) == ([], [])


@pytest.fixture
async def free() -> AsyncIterator[FakeRatchet]:
    """A server on which everything is allowed."""
    fake = FakeRatchet()
    async with running(
        {"prod": Ratchet("http://prod.test", transport=fake.transport)}, Surroundings(MemoryRooms())
    ):
        yield fake


async def deleted(id: str, noun: str = "schedules") -> tuple[list[object], list[str], list[str]]:
    """Delete a row; return the events, which rows were busy meanwhile, and what was told."""
    viewer = at(f"/{noun}/{id}?server=prod")
    acts = await viewer.get_state(Acts)
    events, busy = [], []
    async for event in Acts.event_handlers[f"delete_{noun.removesuffix('s')}"].fn(acts, id):
        events.append(event)
        busy += acts.busy
    assert acts.busy == []
    return events, busy, [item["text"] for item in (await viewer.get_state(Notices)).items]


def schedule(fake: FakeRatchet, on_delete: httpx.Response) -> None:
    """Let the server have a schedule, and answer so to its deletion."""
    fake.put("schedules", "7", name="nightly", taskId="1", cronExpression="0 0 3 * * *", enabled=True)
    told = answer(200, {"data": fake.rows["schedules"]["7"]})
    fake.transport.on(
        "/api/v1/schedules/7", lambda request: on_delete if request.method == "DELETE" else told
    )


async def test_who_deletes_a_schedule_is_told_its_name_and_led_to_the_list(free: FakeRatchet) -> None:
    schedule(free, answer(204))
    events, busy, told = await deleted("7")
    assert (busy, told) == (["prod:schedules/7"], ["Deleted schedule nightly."])
    assert "/schedules?server=prod" in str(events[-1])


async def test_who_deletes_a_task_is_told_its_name_and_led_to_the_list(free: FakeRatchet) -> None:
    free.put("tasks", "7", name="report")
    told = answer(200, {"data": free.rows["tasks"]["7"]})
    free.transport.on("/api/v1/tasks/7", lambda request: answer(204) if request.method == "DELETE" else told)
    events, _, told_words = await deleted("7", "tasks")
    assert told_words == ["Deleted task report."]
    assert "/tasks?server=prod" in str(events[-1])


@pytest.mark.parametrize("status", [403, 404, 409, 500])
async def test_who_may_or_can_not_delete_a_schedule_stays_and_is_told_why(
    free: FakeRatchet, status: int
) -> None:
    schedule(free, answer(status, {"error": {"message": "Not today"}}))
    events, _, (told,) = await deleted("7")
    assert told.startswith("Could not delete schedule 7: Not today")
    assert not any(events)


async def test_a_schedule_that_is_gone_is_not_deleted_once_more(free: FakeRatchet) -> None:
    free.put("schedules", "7")
    free.delete("schedules", "7")
    events, _, (told,) = await deleted("7")
    assert told.startswith("Could not delete schedule 7: There is no schedules 7")
    assert not any(events)
    assert all(request.method != "DELETE" for request in free.transport.requests)


@pytest.mark.parametrize("noun", ["task", "schedule"])
async def test_half_of_a_character_reaches_nobody_who_sees_what_waits(free: FakeRatchet, noun: str) -> None:
    viewer = at(f"/{noun}s?server=prod")
    acts = await viewer.get_state(Acts)
    await Acts.event_handlers[f"switch_{noun}"].fn(acts, "7", False, "half \ud83d of a smile")
    (waiting,) = services(viewer).delays.all()
    assert waiting.intent.name == "half ? of a smile"
