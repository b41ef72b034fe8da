"""What is said of a task that is being written, and what of it is whose."""

import json
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ratchet_web.api import Ratchet, Unreachable
from ratchet_web.api.causes import Cause
from ratchet_web.live.services import Surroundings
from ratchet_web.logic.samples import sample
from ratchet_web.logic.schemas import Fault, schema_faults
from ratchet_web.models.acts import Act
from ratchet_web.models.dialect import Ability, Dialect
from ratchet_web.models.tasks import Task, TaskChange
from ratchet_web.state import tasks_calls
from ratchet_web.state import tasks_edit_form as forms
from ratchet_web.state.services import running, services
from ratchet_web.state.tasks_edit import EMPTY, TaskEdit
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.rooms import MemoryRooms
from tests.unit.state.test_services import at

EDITED = {"name": " a ", "version": "1.0.0", "source_code": "x", "description": "", "output_schema": "{}"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", ""),
        ('{"type": "object"}', ""),
        ("{", "This is not JSON"),
        ('{"type": "objekt"}', "schema.type"),
        ("7", "must be a JSON Schema"),
    ],
)
def test_a_schema_is_judged_as_text(text: str, part: str) -> None:
    error = forms.judged(text).error
    assert (part in error) if part else not error


def test_the_problems_of_a_schema_have_their_places() -> None:
    schema = {"type": "object", "properties": {"a": {"type": 7}, "b": {"minLength": -1}}}
    error, problems = forms.judged(json.dumps(schema))
    assert [each["path"] for each in problems] == ["properties.a.type", "properties.b.minLength"]
    assert error.startswith(f"schema.properties.a.type {problems[0]['message']}; ")
    # The editor itself shows where a text stops being JSON.
    assert forms.judged("{").problems == []


@pytest.mark.parametrize(
    ("given", "ours"),
    [
        ("inputSchema.properties.a", "input_schema"),
        ("sourceCode", "source_code"),
        ("name", "name"),
        ("", "form"),
    ],
)
def test_fields_of_the_server_find_their_place_in_the_form(given: str, ours: str) -> None:
    assert forms.named(given) == ours


def test_what_has_no_field_is_said_of_the_whole_form() -> None:
    told = [
        {"field": "inputSchema.type", "message": "is odd"},
        {"field": "inputSchema.title", "message": "too"},
        {"field": "metadata", "message": "is too large"},
        {"field": "", "message": "No."},
    ]
    assert forms.placed(told) == {"input_schema": "is odd; too", "form": "metadata: is too large; No."}


async def test_a_broken_schema_is_told_at_its_field_and_nothing_is_sent() -> None:
    state = TaskEdit()
    form = {"name": "a", "version": "1.0.0", "input_schema": "{", "output_schema": ""}
    assert await state._fields(form) is None
    assert set(state.errors) == {"input_schema"}


@pytest.fixture
async def viewer() -> AsyncIterator[TaskEdit]:
    """The form of a new task, on a server where everybody may do everything."""
    api = Ratchet("http://prod.test", transport=FakeRatchet().transport)
    async with running({"prod": api}, Surroundings(MemoryRooms())):
        yield await at("/tasks/new?server=prod").get_state(TaskEdit)


async def judge(state: TaskEdit, text: str) -> None:
    await TaskEdit.event_handlers["check_schema"].fn(state, "input_schema", text)
    await TaskEdit.event_handlers["make_sample"].fn(state, text)


async def test_for_who_may_not_edit_no_schema_is_judged_and_no_sample_made(
    viewer: TaskEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = services(viewer).person
    monkeypatch.setattr(person, "may", lambda act: act is not Act.EDIT_TASK)
    await judge(viewer, '{"type": 7}')
    await judge(viewer, '{"type": "integer"}')
    assert (viewer.errors, viewer.schema_problems, viewer.sample, viewer.sample_count) == ({}, {}, "", 0)
    monkeypatch.setattr(person, "may", lambda act: act is Act.EDIT_TASK)
    await judge(viewer, '{"type": 7}')
    assert "schema.type" in viewer.errors["input_schema"]
    assert [each["path"] for each in viewer.schema_problems["input_schema"]] == ["type"]
    await judge(viewer, '{"type": "integer"}')
    assert (viewer.sample, viewer.errors, viewer.schema_problems) == (
        "1",
        {"input_schema": ""},
        {"input_schema": []},
    )


@pytest.mark.parametrize("field", ["name", "version", "description", "source_code", "input_schema"])
async def test_half_a_character_is_told_at_its_field_and_nothing_is_sent(
    viewer: TaskEdit, field: str
) -> None:
    form = {"name": "a", "version": "1.0.0", "source_code": "x", field: '"\ud800"'}
    for handler in ("save", "compare"):
        told = TaskEdit.event_handlers[handler].fn(viewer, form)
        if handler == "save":
            assert [each async for each in told] == []
            assert "half of a character" in viewer.errors[field]
        else:
            await told
    assert viewer.unsaved


async def test_half_a_character_in_what_is_judged_is_told(viewer: TaskEdit) -> None:
    await TaskEdit.event_handlers["check"].fn(viewer, "'\ud800'")
    assert "half of a character" in viewer.problems[0]["message"]
    for schema in ('{"title": "\ud800"}', '{"title": "\\ud800"}'):
        await judge(viewer, schema)
        assert "half of a character" in viewer.errors["input_schema"]
    assert viewer.sample == ""


async def test_a_faulty_schema_is_judged_once(viewer: TaskEdit, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[Any] = []

    def faults(schema: Any, root: str) -> list[Fault]:
        judged.append(schema)
        return schema_faults(schema, root)

    monkeypatch.setattr(forms, "schema_faults", faults)
    await TaskEdit.event_handlers["check_schema"].fn(viewer, "input_schema", '{"type": 7}')
    assert judged == [{"type": 7}]


async def test_samples_are_made_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def made(schema: Any) -> Any:
        threads.append(threading.current_thread())
        return sample(schema)

    for module in (forms, tasks_calls):
        monkeypatch.setattr(module, "sample", made)
    await TaskEdit()._fill("", "new", EMPTY)
    fake = FakeRatchet()
    fake.put("tasks", "7", name="t", inputSchema={"type": "integer"})
    async with Ratchet("http://prod.test", transport=fake.transport) as api:
        await tasks_calls.calls(api, "7")
    assert len(threads) == 2
    assert threading.current_thread() not in threads


def test_empty_schemas_are_no_schemas() -> None:
    assert forms.fields_of(EDITED) == {
        "name": "a",
        "version": "1.0.0",
        "description": None,
        "source_code": "x",
        "input_schema": None,
        "output_schema": {},
    }


def test_what_is_no_text_or_far_too_long_is_not_read() -> None:
    assert forms.texts({"name": "a", "version": 7, "source_code": "x" * 2_000_001}) == {"name": "a"}
    assert forms.texts("name") == {}


def test_a_base_is_the_revision_with_the_description_or_a_time() -> None:
    first = Task(id="1", revision=3, description="a")
    assert forms.base_of(first) != forms.base_of(Task(id="1", revision=3, description="b"))
    assert forms.revision_of(forms.base_of(first)) == 3
    dated = forms.base_of(Task(id="1", updated_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC)))
    assert dated == "t2026-01-02T03:04:00+00:00"
    assert forms.revision_of(dated) is None
    for text in (forms.base_of(first), dated, forms.base_of(Task(id="1"))):
        assert forms.is_base(text)
    for text in ("", "r0-00000000", "r1", "t<script>", "r1-00000000\n"):
        assert not forms.is_base(text)


def test_two_versions_differ_only_where_their_meaning_does() -> None:
    schema = {"type": "object", "title": "T"}
    theirs = Task(id="1", name="a", version="1.0.1", source_code="x", input_schema=schema)
    mine = forms.fields_of({**EDITED, "input_schema": '{"title": "T", "type": "object"}'})
    assert forms.differences(theirs, mine) == [
        {"name": "version", "label": "Version", "theirs": "1.0.1", "mine": "1.0.0"},
        {"name": "output_schema", "label": "Output schema", "theirs": "", "mine": "{}"},
    ]


def test_only_what_was_changed_is_saved_over_what_others_made() -> None:
    fields = forms.fields_of(EDITED)
    assert forms.changed({"changed": "version input_schema nonsense"}, fields) == {
        "version": "1.0.0",
        "input_schema": None,
    }
    assert forms.changed({}, fields) == fields
    theirs = Task(id="1", name="other", version="1.0.1", input_schema={})
    mine = forms.changed({"changed": "version"}, fields)
    assert [each["name"] for each in forms.differences(theirs, mine)] == ["version"]


async def test_the_page_fills_with_what_is_there() -> None:
    state = TaskEdit()
    await state._fill("", "new", EMPTY)
    assert (state.doc_key, state.draft_key, state.base) == ("new", "task.new", "")
    assert "async function main(input)" in state.source
    assert '"required": [' in state.input_schema
    # Whatever somebody writes in place of the example may return what it likes.
    assert state.output_schema == ""


@pytest.mark.parametrize(
    ("errors", "failure", "words", "stumbles"),
    [
        ({"name": "Taken."}, {}, "Not saved yet: mend what is marked above.", 1),
        ({"input_schema": ""}, {"message": "There is no task 42"}, "Not saved yet: There is no task 42", 0),
        (
            {},
            {"title": "It is not known whether the task was saved", "message": "No answer."},
            "It is not known whether the task was saved: No answer.",
            0,
        ),
        ({"form": "metadata: is too large"}, {}, "Not saved yet: metadata: is too large", 0),
    ],
)
def test_the_bar_says_why_nothing_was_saved(
    errors: dict[str, str], failure: dict[str, str], words: str, stumbles: int
) -> None:
    state = TaskEdit()
    state.errors, state.failure = errors, failure
    state._say_why()
    assert (state.unsaved, state.stumbles) == (words, stumbles)


async def test_a_lost_answer_is_not_taken_for_a_refusal() -> None:
    state = TaskEdit()
    await state._explain(Unreachable("No answer.", cause=Cause.LATE))
    state._say_why()
    assert state.failure["title"] == "It is not known whether the task was saved"
    assert state.unsaved == "It is not known whether the task was saved: No answer."
    await state._explain(Unreachable("Nobody listens.", cause=Cause.REFUSED))
    assert state.failure["title"] == "The task was not saved"


class Changed:
    """A server without revisions, on which somebody changed the task at `at`."""

    def __init__(self, at: datetime) -> None:
        self.theirs = Task(id="1", name="a", version="2.0.0", source_code="theirs", updated_at=at)
        self.sent: list[TaskChange] = []
        self.api = self.tasks = self

    async def dialect(self) -> Dialect:
        return Dialect(cannot={Ability.CHECK: "no", Ability.VERSIONS: "no"})

    async def get(self, id: str) -> Task:
        return self.theirs

    async def change(self, id: str, draft: TaskChange, *, revision: int | None = None) -> Task:
        assert revision is None
        self.sent.append(draft)
        return self.theirs


@pytest.mark.parametrize(
    ("base", "named", "saved", "shown"),
    [
        ("t2026-01-01T00:00:00+00:00", "version source_code", [], ["version", "source_code"]),
        ("t2026-01-02T00:00:00+00:00", "version source_code", ["version", "source_code"], []),
        # Nothing was changed here, or only to what it is there already.
        ("t2026-01-01T00:00:00+00:00", "", [], []),
        ("t2026-01-01T00:00:00+00:00", "name", [], []),
    ],
)
async def test_without_revisions_the_time_of_the_last_change_tells_of_another(
    monkeypatch: pytest.MonkeyPatch, base: str, named: str, saved: list[str], shown: list[str]
) -> None:
    server = Changed(datetime(2026, 1, 2, tzinfo=UTC))
    monkeypatch.setattr("ratchet_web.state.tasks_edit.services", lambda _: server)
    state = TaskEdit()
    state.id = "1"
    fields = forms.fields_of({**EDITED, "output_schema": ""})
    task = await state._send(fields, {"base": base, "changed": named})
    assert [name for draft in server.sent for name in sorted(draft.model_fields_set, reverse=True)] == saved
    assert [each["name"] for each in state.conflict.get("fields", [])] == shown
    assert (task is None) == bool(shown)
    assert state.conflict.get("base", "") == ("t2026-01-02T00:00:00+00:00" if shown else "")
