"""The form that changes a job: what is refused, what came in between, and what is sent."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.state.jobs_edit import JobEdit
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.services import Services, running
from tests.doubles.ratchet import AT, FakeRatchet, body
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

BASE = {"priority": "NORMAL", "scheduled_for": "", "max_retries": "3"}
POLICY = {"backoff": "FIXED", "delaySeconds": 60, "maxDelaySeconds": 300, "jitter": 0.2}
ROW: dict[str, Any] = {"status": "QUEUED", "priority": "NORMAL", "maxRetries": 3}


@pytest.fixture
def fake() -> FakeRatchet:
    made = FakeRatchet()
    made.put("jobs", "7", **ROW)
    return made


@pytest.fixture
async def here(fake: FakeRatchet) -> AsyncIterator[Services]:
    clients = {"prod": Ratchet("http://prod.test", transport=fake.transport)}
    async with running(clients, Surroundings(MemoryRooms())) as started:
        yield started["prod"]


def patched(fake: FakeRatchet) -> list[Any]:
    return [body(request) for request in fake.transport.requests if request.method == "PATCH"]


def answered(fake: FakeRatchet, status: int, said: Any) -> None:
    """Let a change be answered so, and a look with the row."""
    row = answer(200, {"data": {"id": "7", **fake.rows["jobs"]["7"]}})
    fake.transport.on(
        f"{AT}/jobs/7", lambda request: answer(status, said) if request.method == "PATCH" else row
    )


async def saved(
    change: Any, base: Any = BASE, address: str = "/jobs/7?edit=1&server=prod"
) -> tuple[JobEdit, list[Any]]:
    form = await at(address).get_state(JobEdit)
    assert isinstance(form, JobEdit)
    handler = JobEdit.event_handlers["save"].fn
    return form, [event async for event in handler(form, change, base) if event is not None]


async def test_only_what_was_changed_is_sent_and_the_page_is_open_again(
    here: Services, fake: FakeRatchet
) -> None:
    answered(fake, 200, {"data": {"id": "7", **ROW, "priority": "HIGH"}})
    form, (event,) = await saved({"priority": "HIGH"})
    assert patched(fake) == [{"priority": "HIGH"}]
    assert "/jobs/7" in str(event)
    assert (form.errors, form.told, form.busy, bool(form.saved_key)) == ([], "", False, True)


async def test_a_change_of_somebody_else_is_told_first(here: Services, fake: FakeRatchet) -> None:
    fake.put("jobs", "7", maxRetries=5)
    form, events = await saved({"priority": "HIGH"})
    assert (events, patched(fake)) == ([], [])
    assert "its retries became 5" in form.told
    assert form.latest == {**BASE, "max_retries": "5", "retry_policy": "", "output_destinations": ""}


async def test_a_policy_and_destinations_that_others_changed_are_told_too(
    here: Services, fake: FakeRatchet
) -> None:
    hook = {
        "destinationType": "WEBHOOK",
        "webhook": {"url": "https://hooks.test/in", "headers": {"X-Token": "***"}},
    }
    fake.put("jobs", "7", retryPolicy=POLICY, outputDestinations=[hook])
    base = {**BASE, "retry_policy": "", "output_destinations": ""}
    form, events = await saved({"retry_policy": ""}, base)
    assert (events, patched(fake)) == ([], [])
    assert "its retry policy was changed and its output destinations were changed" in form.told
    # From what it is since, it can be saved, and a mask is sent back as it is.
    answered(fake, 200, {"data": {"id": "7", **ROW, "outputDestinations": [hook]}})
    await saved({"output_destinations": form.latest["output_destinations"]}, form.latest)
    ((sent,),) = [each["outputDestinations"] for each in patched(fake)]
    assert sent["webhook"]["headers"] == {"X-Token": "***"}


async def test_what_is_wrong_in_a_policy_is_said_at_its_part(here: Services, fake: FakeRatchet) -> None:
    nowhere = '[{"destinationType": "WEBHOOK", "webhook": {"url": "x"}}]'
    change = {"retry_policy": '{"delaySeconds": "soon"}', "output_destinations": nowhere}
    form, _ = await saved(change)
    assert [each["field"] for each in form.errors] == [
        "retryPolicy.delaySeconds",
        "outputDestinations.0.webhook.url",
    ]
    assert fake.count("/jobs/7") == 0


async def test_a_job_that_began_meanwhile_is_told_with_its_state(here: Services, fake: FakeRatchet) -> None:
    answered(fake, 409, {"error": {"message": "Job 7 is PROCESSING"}})
    fake.rows["jobs"]["7"]["status"] = "PROCESSING"
    looks = iter(("QUEUED", "PROCESSING"))

    def told(request: Any) -> Any:
        if request.method == "PATCH":
            return answer(409, {"error": {"message": "Job 7 is PROCESSING"}})
        return answer(200, {"data": {"id": "7", **ROW, "status": next(looks, "PROCESSING")}})

    fake.transport.on(f"{AT}/jobs/7", told)
    form, _ = await saved({"priority": "HIGH"})
    assert form.told == "Nothing was changed: job 7 runs by now."
    assert form.errors == []


async def test_what_the_server_refuses_is_said_at_the_field(here: Services, fake: FakeRatchet) -> None:
    details = [{"field": "scheduledFor", "message": "is out of reach"}]
    answered(fake, 400, {"error": {"message": "Invalid", "details": details}})
    form, _ = await saved({"scheduled_for": "2030-01-01T00:00:00Z"})
    assert form.errors == [{"field": "scheduledFor", "message": "is out of reach"}]


async def test_a_server_that_only_says_yes_is_not_believed(here: Services, fake: FakeRatchet) -> None:
    answered(fake, 200, {"success": True})
    form, events = await saved({"priority": "HIGH"})
    assert events == []
    assert "did not change the priority" in form.errors[0]["message"]


@pytest.mark.parametrize("change", [{"priority": "SOON"}, {"status": "CANCELLED"}, 5, {"max_retries": "x"}])
async def test_nonsense_is_not_even_asked_for(here: Services, fake: FakeRatchet, change: Any) -> None:
    form, _ = await saved(change)
    assert form.errors
    assert fake.count("/jobs/7") == 0


async def test_a_role_that_may_not_is_told(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(here.person, "may", lambda act: False)
    form, _ = await saved({"priority": "HIGH"})
    assert form.errors == [{"field": "", "message": UNFIT}]
    assert fake.count("/jobs/7") == 0


@pytest.mark.parametrize("address", ["/jobs/x?server=prod", "/jobs?server=prod"])
async def test_a_page_that_is_no_job_changes_nothing(here: Services, fake: FakeRatchet, address: str) -> None:
    _, events = await saved({"priority": "HIGH"}, address=address)
    assert (events, patched(fake)) == ([], [])
