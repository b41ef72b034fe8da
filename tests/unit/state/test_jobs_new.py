"""Queueing a job: one press is one job, and what is wrong is said at its field."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.jobs_new import JobNew
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.services import Services, running
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_run import posted
from tests.unit.state.test_services import at

POLICY = {"backoff": "FIXED", "delaySeconds": 60, "maxDelaySeconds": 300, "jitter": 0.2}
TO_NOWHERE = {"destinationType": "WEBHOOK", "webhook": {"url": "x"}}
UPWARDS = {"destinationType": "FILESYSTEM", "filesystem": {"path": "../x"}}
OPTIONS: dict[str, Any] = {"priority": "HIGH", "maxRetries": 2, "retryPolicy": POLICY}


@pytest.fixture
def fake() -> FakeRatchet:
    made = FakeRatchet()
    made.put("tasks", "7", name="t", enabled=True, updatedAt="2026-01-01T00:00:00Z")
    made.transport.on(f"{AT}/jobs", answer(201, {"data": {"id": "12", "taskId": "7"}}))
    return made


@pytest.fixture
async def here(fake: FakeRatchet) -> AsyncIterator[Services]:
    clients = {"prod": Ratchet("http://prod.test", transport=fake.transport)}
    async with running(clients, Surroundings(MemoryRooms())) as started:
        yield started["prod"]


async def opened() -> JobNew:
    form = await at("/jobs/new?task=7&server=prod").get_state(JobNew)
    assert isinstance(form, JobNew)
    await JobNew.event_handlers["open"].fn(form)
    return form


async def sent(form: JobNew, *given: Any) -> list[Any]:
    handler = JobNew.event_handlers["submit"].fn
    return [event async for event in handler(form, *given) if event is not None]


async def test_a_press_that_comes_twice_queues_once_and_opens_the_job(
    here: Services, fake: FakeRatchet
) -> None:
    form = await opened()
    assert form.draft_key.endswith("task.7")
    (event,) = await sent(form, '{"a": 1}', OPTIONS, "one")
    assert "/jobs/12" in str(event)
    assert await sent(form, '{"a": 1}', OPTIONS, "one") == []
    # Its answer has come by then, and the page is being left.
    assert await sent(form, '{"a": 1}', OPTIONS, "two") == []
    assert posted(fake) == [(f"{AT}/jobs", {"taskId": "7", "input": {"a": 1}, **OPTIONS})]


async def test_a_page_that_is_opened_again_queues_another(here: Services, fake: FakeRatchet) -> None:
    form = await opened()
    await sent(form, "{}", OPTIONS, "one")
    await JobNew.event_handlers["open"].fn(form)
    await sent(form, "{}", OPTIONS, "two")
    assert len(posted(fake)) == 2


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"priority": "SOON"}, "priority"),
        ({"maxRetries": 101}, "maxRetries"),
        ({"retryPolicy": {**POLICY, "jitter": 2}}, "retryPolicy.jitter"),
        ({"outputDestinations": [TO_NOWHERE]}, "outputDestinations.0.webhook.url"),
        ({"outputDestinations": [UPWARDS]}, "outputDestinations.0.filesystem.path"),
        ({"taskId": "8"}, ""),
        ("nothing", ""),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    here: Services, fake: FakeRatchet, options: Any, field: str
) -> None:
    form = await opened()
    assert await sent(form, "{}", options, "one") == []
    assert [error["field"] for error in form.errors] == [field]
    assert (posted(fake), form.busy) == ([], False)


async def test_what_the_server_refuses_is_said_at_its_field(here: Services, fake: FakeRatchet) -> None:
    details = [{"field": "outputDestinations.0.filesystem", "message": "cannot be used"}]
    fake.transport.on(f"{AT}/jobs", answer(400, {"error": {"message": "Invalid", "details": details}}))
    form = await opened()
    await sent(form, "{}", OPTIONS, "one")
    assert form.errors == [{"field": "outputDestinations.0.filesystem", "message": "cannot be used"}]
    assert form.saved_key == ""


async def test_a_lost_answer_says_where_to_look(here: Services, fake: FakeRatchet) -> None:
    form = await opened()
    fake.transport.on(f"{AT}/jobs", httpx.ReadTimeout("late"))
    await sent(form, "{}", OPTIONS, "one")
    assert form.doubt == "/jobs?task=7"
    assert len(posted(fake)) == 1


@pytest.mark.parametrize("text", ["{", 5, "1" * 1_000_001])
async def test_an_input_that_is_none_is_not_sent(here: Services, fake: FakeRatchet, text: Any) -> None:
    form = await opened()
    await sent(form, text, OPTIONS, "one")
    assert form.errors
    assert posted(fake) == []


async def test_a_role_that_may_not_is_told(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await opened()
    monkeypatch.setattr(here.person, "may", lambda act: False)
    await sent(form, "{}", OPTIONS, "one")
    assert form.errors == [{"field": "", "message": UNFIT}]
    assert posted(fake) == []
