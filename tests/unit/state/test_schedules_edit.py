"""What is said of a schedule that is being written, what of it is sent, and to whom."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.services import Surroundings
from ratchet_web.models.jobs import JobPriority
from ratchet_web.models.schedules import MisfirePolicy, Schedule
from ratchet_web.state import schedules_edit_form as forms
from ratchet_web.state.editing import UNSAVED
from ratchet_web.state.notices import Notices
from ratchet_web.state.refusals import UNFIT
from ratchet_web.state.schedules import ScheduleDetail
from ratchet_web.state.schedules_edit import NO_TASK, ScheduleEdit
from ratchet_web.state.services import Services, running
from tests.doubles.ratchet import AT, FakeRatchet, body
from tests.doubles.rooms import MemoryRooms
from tests.doubles.transport import answer
from tests.unit.state.test_services import at

THEN = datetime(2026, 1, 2, tzinfo=UTC)
TYPED = {
    "name": " nightly ",
    "description": "",
    "cron_expression": "30 2 * * 1-5",
    "time_zone": "Europe/Amsterdam",
    "enabled": "true",
    "misfire_policy": "RUN_ONCE",
    "allow_overlap": "true",
    "priority": "HIGH",
    "max_retries": "0",
    "input": '{"n": 1}',
}
ROW = {
    "name": "nightly",
    "taskId": "7",
    "cronExpression": "0 0 9 * * *",
    "timeZone": "UTC",
    "enabled": True,
    "updatedAt": THEN.isoformat(),
}


POLICY = {"backoff": "FIXED", "delaySeconds": 60, "maxDelaySeconds": 300, "jitter": 0.2}
HOOK: dict[str, Any] = {"destinationType": "WEBHOOK", "webhook": {"url": "https://hooks.test/in"}}
SECRET = {"authentication": {"authType": "BEARER", "bearer": {"token": "t0pSecret"}}}
MASKED = {"authentication": {"authType": "BEARER", "bearer": {"token": "***"}}}


@pytest.fixture
async def fake() -> FakeRatchet:
    made = FakeRatchet()
    made.capabilities = {
        "server": "fake",
        "version": "1",
        "events": True,
        "scheduleOptions": True,
        "scheduleDelivery": True,
    }
    made.put(
        "tasks", "7", name="t", enabled=True, inputSchema={"type": "object"}, updatedAt="2026-01-01T00:00:00Z"
    )
    made.put("schedules", "5", **ROW)
    return made


@pytest.fixture
async def here(fake: FakeRatchet) -> AsyncIterator[Services]:
    clients = {"prod": Ratchet("http://prod.test", transport=fake.transport)}
    async with running(clients, Surroundings(MemoryRooms())) as started:
        yield started["prod"]


async def opened(address: str) -> ScheduleEdit:
    state = await at(f"{address}{'&' if '?' in address else '?'}server=prod").get_state(ScheduleEdit)
    assert isinstance(state, ScheduleEdit)
    await ScheduleEdit.event_handlers["load"].fn(state)
    return state


async def saved(state: ScheduleEdit, form: Any) -> ScheduleEdit:
    async for _ in ScheduleEdit.event_handlers["save"].fn(state, form):
        assert state.busy
    assert not state.busy
    return state


def sent(fake: FakeRatchet) -> list[tuple[str, str, Any]]:
    return [(r.method, r.url.path, body(r)) for r in fake.transport.requests if r.method != "GET"]


def takes(fake: FakeRatchet, **fields: Any) -> None:
    """Let the server have a new schedule 9 with these fields, whatever is asked for."""
    row = {**ROW, "id": "9", **fields}
    listed = answer(200, {"data": [], "meta": {"pagination": {"total": 0}}})
    fake.transport.on(
        f"{AT}/schedules", lambda request: answer(201, {"data": row}) if request.method == "POST" else listed
    )


def test_what_is_typed_becomes_the_fields_of_a_draft() -> None:
    fields, errors = forms.fields_of(TYPED, keeps_all=True)
    assert errors == {}
    assert fields == {
        "name": "nightly",
        "description": None,
        "cron_expression": "0 30 2 * * MON-FRI",
        "time_zone": "Europe/Amsterdam",
        "enabled": True,
        "misfire_policy": MisfirePolicy.RUN_ONCE,
        "allow_overlap": True,
        "priority": JobPriority.HIGH,
        "max_retries": 0,
        "input": {"n": 1},
    }


def test_what_a_server_keeps_nothing_of_is_not_read() -> None:
    fields, errors = forms.fields_of({**TYPED, "time_zone": "nowhere"}, keeps_all=False)
    assert (set(fields), errors) == ({"name", "description", "cron_expression", "enabled"}, {})


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "  ", "Give it a name"),
        ("name", "x" * 101, "100 characters at most"),
        ("cron_expression", "0 0 25 * * *", "Hours: “25” is not possible; allowed are 0 to 23"),
        ("cron_expression", "0 0 31 4 *", "April has at most 30 days"),
        ("time_zone", "Amsterdam", "did you mean Europe/Amsterdam?"),
        ("enabled", "yes", "one of the two"),
        ("misfire_policy", "PANIC", "one of the two"),
        ("priority", "", "one of the list"),
        ("max_retries", "-1", "from 0 to 100"),
        ("max_retries", "٣", "from 0 to 100"),
        ("max_retries", "101", "from 0 to 100"),
        ("input", "{", "This is not JSON"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, typed: str, said: str) -> None:
    _, errors = forms.fields_of({**TYPED, field: typed}, keeps_all=True)
    assert set(errors) == {field}
    assert said in errors[field]


def test_only_what_was_changed_counts_and_the_input_by_whatever_task() -> None:
    fields, _ = forms.fields_of(TYPED, keeps_all=True)
    assert set(forms.changed({"changed": "name input:7 nonsense"}, fields)) == {"name", "input"}
    assert forms.changed({}, fields) == fields


def test_a_base_is_the_time_of_the_last_change() -> None:
    assert forms.base_of(Schedule(id="1", updated_at=THEN)) == "t2026-01-02T00:00:00+00:00"
    assert all(map(forms.is_base, ("t", forms.base_of(Schedule(id="1", updated_at=THEN)))))
    assert not any(map(forms.is_base, ("", "r1-00000000", "t<script>", "t\n")))


async def test_a_new_schedule_is_sent_whole_and_its_page_opened(here: Services, fake: FakeRatchet) -> None:
    state = await opened("/schedules/new?task=7")
    assert (state.task_name, state.shown["time_zone"], state.preview) == ("t", "", {})
    fields, _ = forms.fields_of(TYPED, keeps_all=True)
    takes(fake, cronExpression="0 30 2 * * MON-FRI", timeZone="Europe/Amsterdam")
    await saved(state, TYPED)
    ((method, path, draft),) = sent(fake)
    assert (method, path, draft["taskId"], len(draft)) == ("POST", f"{AT}/schedules", "7", 1 + len(fields))
    assert (state.saved_to, state.saved_key != "") == ("/schedules/9", True)
    # The press that came twice made one schedule.
    await saved(state, TYPED)
    assert len(sent(fake)) == 1


async def test_what_the_server_did_not_keep_is_said(here: Services, fake: FakeRatchet) -> None:
    state = await opened("/schedules/new?task=7")
    takes(fake, cronExpression="0 30 2 * * MON-FRI")
    await saved(state, {name: TYPED[name] for name in ("name", "cron_expression", "time_zone")})
    told = [item["text"] for item in (await state.get_state(Notices)).items]
    assert told == ["Saved, but this server did not keep: time zone."]


async def test_a_server_without_the_options_is_sent_none(here: Services, fake: FakeRatchet) -> None:
    fake.capabilities = {"server": "fake", "version": "1", "events": True}
    state = await opened("/schedules/new?task=7")
    assert (state.shown["time_zone"], state.preview["zone"]) == ("UTC", "UTC")
    takes(fake)
    await saved(state, TYPED)
    ((_, _, draft),) = sent(fake)
    assert set(draft) == {"taskId", "name", "description", "cronExpression", "enabled"}


async def test_nothing_is_sent_without_a_task_or_with_anything_wrong(
    here: Services, fake: FakeRatchet
) -> None:
    state = await opened("/schedules/new")
    await saved(state, {**TYPED, "input": "{"})
    assert (state.errors, len(state.input_errors)) == ({"task_id": NO_TASK}, 1)
    for odd in ("text", {"name": 7}, {}):
        await saved(state, odd)
    assert sent(fake) == []


async def test_what_the_server_refuses_is_said_at_its_field(here: Services, fake: FakeRatchet) -> None:
    state = await opened("/schedules/new?task=7")
    details = [
        {"field": "cronExpression", "message": "is odd"},
        {"field": "input.n", "message": "is missing"},
        {"field": "outputDestinations", "message": "are odd"},
    ]
    error = {"error": {"code": "VALIDATION_ERROR", "message": "No.", "details": details}}
    fake.transport.on(f"{AT}/schedules", answer(400, error))
    await saved(state, TYPED)
    assert state.errors == {"cron_expression": "is odd"}
    assert state.work_errors == [{"field": "outputDestinations", "message": "are odd"}]
    assert state.input_errors == [{"field": "input.n", "message": "is missing"}]
    assert (state.unsaved, state.stumbles) == (UNSAVED, 1)


async def test_a_policy_and_destinations_are_sent_and_told_where_they_are_not_kept(
    here: Services, fake: FakeRatchet
) -> None:
    state = await opened("/schedules/new?task=7")
    takes(fake, retryPolicy=None, outputDestinations=[{**HOOK, "webhook": {**HOOK["webhook"], **MASKED}}])
    hook = {**HOOK, "webhook": {**HOOK["webhook"], **SECRET}}
    await saved(
        state, {**TYPED, "retry_policy": json.dumps(POLICY), "output_destinations": json.dumps([hook])}
    )
    ((_, _, made),) = sent(fake)
    assert (made["retryPolicy"], made["outputDestinations"]) == (POLICY, [hook])
    # That a secret comes back as a mask is no loss.
    told = (await state.get_state(Notices)).items[-1]["text"]
    assert ("retry policy" in told, "destinations" in told) == (True, False)


async def test_another_secret_is_a_difference_that_shows_nothing_of_it(
    here: Services, fake: FakeRatchet
) -> None:
    kept = {**HOOK, "webhook": {**HOOK["webhook"], **MASKED}}
    fake.put("schedules", "5", outputDestinations=[kept])
    state = await opened("/schedules/5/edit")
    assert "***" in state.shown["output_destinations"]
    hook = {**HOOK, "webhook": {**HOOK["webhook"], **SECRET}}
    given = {"base": "t2025", "changed": "output_destinations", "output_destinations": json.dumps([hook])}
    await saved(state, {**TYPED, **given})
    (difference,) = state.conflict["fields"]
    assert (difference["name"], sent(fake)) == ("output_destinations", [])
    assert "t0pSecret" not in str(state.conflict)


async def test_of_who_may_mask_nothing_no_destination_is_shown(here: Services, fake: FakeRatchet) -> None:
    fake.capabilities = {**fake.capabilities, "scheduleDelivery": False}
    fake.put("schedules", "5", outputDestinations=[{**HOOK, "webhook": {**HOOK["webhook"], **SECRET}}])
    assert (await opened("/schedules/5/edit")).shown["output_destinations"] == ""


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        ("retry_policy", '{"backoff": "FIXED", "delaySeconds": "soon"}', ["retryPolicy.delaySeconds"]),
        ("retry_policy", "{", ["retryPolicy"]),
        ("output_destinations", '[{"destinationType": "FILESYSTEM"}]', ["outputDestinations.0"]),
        ("output_destinations", "7", ["outputDestinations"]),
    ],
)
async def test_what_is_wrong_in_a_part_is_said_there_and_nothing_is_sent(
    here: Services, fake: FakeRatchet, name: str, text: str, places: list[str]
) -> None:
    state = await saved(await opened("/schedules/new?task=7"), {**TYPED, name: text})
    assert [each["field"] for each in state.work_errors] == places
    assert (sent(fake), state.unsaved, state.errors) == ([], UNSAVED, {})


async def test_a_lost_answer_is_not_called_a_failure(here: Services, fake: FakeRatchet) -> None:
    state = await opened("/schedules/new?task=7")
    fake.transport.on(f"{AT}/schedules", httpx.ReadTimeout("late"))
    await saved(state, TYPED)
    assert state.failure["title"] == "It is not known whether the schedule was saved"
    assert state.unsaved.startswith("It is not known whether the schedule was saved: ")
    assert state.stumbles == 0
    assert len(sent(fake)) == 1


async def test_only_what_was_changed_here_is_sent(here: Services, fake: FakeRatchet) -> None:
    state = await opened("/schedules/5/edit")
    changes = {**TYPED, "base": state.base, "changed": "description max_retries"}
    await saved(state, {**changes, "description": "Mine"})
    assert sent(fake) == [("PATCH", f"{AT}/schedules/5", {"description": "Mine", "maxRetries": 0})]


async def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_is_sent(
    here: Services, fake: FakeRatchet
) -> None:
    state = await opened("/schedules/5/edit")
    fake.put("schedules", "5", updatedAt="2026-01-03T00:00:00Z", description="Theirs")
    await saved(state, {**TYPED, "base": state.base, "changed": "description", "description": "Mine"})
    assert sent(fake) == []
    (field,) = state.conflict["fields"]
    assert (field["theirs"], field["mine"]) == ("Theirs", "Mine")
    await saved(state, {**TYPED, "base": "", "changed": "description"})
    assert (state.unsaved, sent(fake)) == (state._still_read(), [])


async def test_the_preview_follows_what_is_typed(here: Services, fake: FakeRatchet) -> None:
    for n in range(3):
        fake.put("schedules", str(20 + n), **{**ROW, "name": f"other {n}"})
    state = await opened("/schedules/5/edit")
    assert state.preview["words"] == "At 09:00, every day"
    assert state.preview["runs"][0]["beside"] == "3 others due then: other 0, other 1, other 2"
    look, by = (ScheduleEdit.event_handlers[name].fn for name in ("look", "look_by"))
    await look(state, "0 0 25 * * *")
    assert (state.preview["field"], state.preview.get("runs")) == ("hours", None)
    await look(state, "0 0 29 2 *")
    assert "leap years" in state.preview["hints"][0]
    await by(state, "Mars/Olympus")
    assert "no time zone" in state.preview["zone_error"]
    before = state.preview
    for odd in (7, None, "x" * 201, ["0 0 9 * * *"]):
        await look(state, odd)
    assert state.preview == before


async def test_who_may_not_write_schedules_is_told_and_nothing_is_asked(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = await opened("/schedules/5/edit")
    monkeypatch.setattr(here.person, "may", lambda act: False)
    before = len(fake.transport.requests)
    await saved(state, {**TYPED, "base": state.base})
    assert state.unsaved == UNFIT
    for handler in ("compare", "look"):
        await ScheduleEdit.event_handlers[handler].fn(state, "0 0 9 * * *")
    assert len(fake.transport.requests) == before


async def ran(state: ScheduleDetail, text: Any) -> list[Any]:
    handler = ScheduleDetail.event_handlers["run_with"].fn
    return [event async for event in handler(state, text) if event is not None]


async def detail(address: str) -> ScheduleDetail:
    state = await at(address).get_state(ScheduleDetail)
    assert isinstance(state, ScheduleDetail)
    await ScheduleDetail.event_handlers["load"].fn(state)
    return state


async def test_a_run_with_another_input_is_queued_once(here: Services, fake: FakeRatchet) -> None:
    fake.transport.on(f"{AT}/schedules/5/trigger", answer(201, {"data": {"id": "12", "taskId": "7"}}))
    state = await detail("/schedules/5?server=prod&trigger=input")
    (event,) = await ran(state, '{"n": 2}')
    assert "/jobs/12" in str(event)
    assert await ran(state, '{"n": 2}') == []
    assert sent(fake) == [("POST", f"{AT}/schedules/5/trigger", {"input": {"n": 2}})]


async def test_a_run_that_makes_no_sense_or_is_not_allowed_is_not_sent(
    here: Services, fake: FakeRatchet, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = await detail("/schedules/5?server=prod&trigger=input")
    for odd in ("{", 7, "1" * 1_000_001):
        assert await ran(state, odd) == []
        assert state.errors
    monkeypatch.setattr(here.person, "may", lambda act: False)
    assert await ran(state, "{}") == []
    assert state.errors == [{"field": "", "message": UNFIT}]
    closed = await detail("/schedules/5?server=prod")
    assert await ran(closed, "{}") == []
    assert sent(fake) == []
