"""The run dialog: one press is one run, whatever a browser sends and whatever becomes of the answer."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import reflex as rx

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.run import RunDialog
from ratchet_web.state.services import Services, running
from tests.doubles.ratchet import AT, FakeRatchet, body
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

OPTIONS = {"attempt": "one", "priority": "", "scheduled_for": "", "max_retries": ""}


@pytest.fixture
async def fake() -> FakeRatchet:
    made = FakeRatchet()
    made.put("tasks", "7", name="t", enabled=True, updatedAt="2026-01-01T00:00:00Z")
    for noun in ("executions", "jobs"):
        made.transport.on(f"{AT}/{noun}", answer(201, {"data": {"id": "12", "taskId": "7"}}))
    return made


@pytest.fixture
async def here(fake: FakeRatchet) -> AsyncIterator[Services]:
    clients = {"prod": Ratchet("http://prod.test", transport=fake.transport)}
    async with running(clients, Surroundings(MemoryRooms())) as started:
        yield started["prod"]


async def opened() -> RunDialog:
    viewer = at("/tasks/7?run=7&server=prod")
    dialog = await viewer.get_state(RunDialog)
    assert isinstance(dialog, RunDialog)
    await RunDialog.event_handlers["open"].fn(dialog)
    return dialog


async def sent(dialog: rx.State, *given: Any) -> list[Any]:
    handler = RunDialog.event_handlers["submit"].fn
    return [event async for event in handler(dialog, *given) if event is not None]


def posted(fake: FakeRatchet) -> list[tuple[str, Any]]:
    return [(r.url.path, body(r)) for r in fake.transport.requests if r.method == "POST"]


async def test_a_press_that_comes_twice_runs_once(here: Services, fake: FakeRatchet) -> None:
    dialog = await opened()
    (event,) = await sent(dialog, '{"a": 1}', OPTIONS)
    assert "/executions/12" in str(event)
    assert await sent(dialog, '{"a": 1}', OPTIONS) == []
    assert posted(fake) == [(f"{AT}/executions", {"taskId": "7", "input": {"a": 1}})]
    # The second half of a double click, when its answer has come and the page is being left.
    assert await sent(dialog, '{"a": 1}', {**OPTIONS, "attempt": "two"}) == []
    assert len(posted(fake)) == 1


async def test_a_dialog_that_is_opened_again_runs_another(here: Services, fake: FakeRatchet) -> None:
    dialog = await opened()
    await sent(dialog, "{}", OPTIONS)
    await RunDialog.event_handlers["open"].fn(dialog)
    await sent(dialog, "{}", {**OPTIONS, "attempt": "two"})
    assert len(posted(fake)) == 2


async def test_an_option_makes_it_a_job(here: Services, fake: FakeRatchet) -> None:
    (event,) = await sent(await opened(), "{}", {**OPTIONS, "priority": "HIGH", "max_retries": "5"})
    assert "/jobs/12" in str(event)
    job = {"taskId": "7", "input": {}, "priority": "HIGH", "maxRetries": 5}
    assert posted(fake) == [(f"{AT}/jobs", job)]


@pytest.mark.parametrize(
    ("options", "list_"), [({}, "/executions?task=7"), ({"priority": "LOW"}, "/jobs?task=7")]
)
async def test_a_lost_answer_is_not_asked_for_again_and_says_where_to_look(
    here: Services, fake: FakeRatchet, options: dict[str, str], list_: str
) -> None:
    dialog = await opened()
    for noun in ("executions", "jobs"):
        fake.transport.on(f"{AT}/{noun}", httpx.ReadTimeout("late"))
    assert await sent(dialog, "{}", {**OPTIONS, **options}) == []
    assert (len(posted(fake)), dialog.doubt, dialog.busy) == (1, list_, False)
    assert dialog.errors


async def test_what_the_server_refuses_is_told_at_its_field(here: Services, fake: FakeRatchet) -> None:
    details = [{"field": "input.size", "message": "is too small"}]
    refusal = answer(400, {"error": {"message": "no", "details": details}})
    fake.transport.on(f"{AT}/executions", refusal)
    dialog = await opened()
    assert await sent(dialog, "{}", OPTIONS) == []
    assert dialog.errors == [{"field": "input.size", "message": "is too small"}]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("{", OPTIONS),
        (None, OPTIONS),
        ("x" * 1_000_001, OPTIONS),
        ('{"a": 1e999}', OPTIONS),
        ("[NaN]", OPTIONS),
        ('"\\ud800"', OPTIONS),
        ('{"\ud800": 1}', OPTIONS),
        ("{}", None),
        ("{}", {**OPTIONS, "priority": "SOON"}),
        ("{}", {**OPTIONS, "max_retries": "1000"}),
    ],
)
async def test_nonsense_runs_nothing(
    here: Services, fake: FakeRatchet, text: object, options: object
) -> None:
    dialog = await opened()
    assert await sent(dialog, text, options) == []
    assert (posted(fake), bool(dialog.errors)) == ([], True)


async def test_what_a_role_does_not_allow_is_not_tried(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here.person, "may", lambda act: False)
    dialog = await opened()
    await sent(dialog, "{}", OPTIONS)
    assert (posted(fake), dialog.errors) == ([], [{"field": "", "message": UNFIT}])


async def test_recent_inputs_are_those_of_the_task(here: Services, fake: FakeRatchet) -> None:
    rows = [
        {"id": "1", "taskId": "7", "input": {"n": 1}, "status": "FAILED"},
        {"id": "2", "taskId": "8", "input": 3},
    ]
    fake.transport.on(f"{AT}/executions", answer(200, {"data": rows}))
    dialog = await opened()
    async for _ in RunDialog.event_handlers["look_for_recent"].fn(dialog):
        assert dialog.recent_state == "loading"
    assert [each["preview"] for each in dialog.recent] == ['{"n":1}']
