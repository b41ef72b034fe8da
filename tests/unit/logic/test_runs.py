"""What a run is made of: options that a browser sent, inputs to begin with."""

import pytest

from ratchet_web.logic.recent_inputs import LONGEST, MOST, recent_inputs
from ratchet_web.logic.run_options import read_options
from ratchet_web.models.executions import Execution, NewExecution
from ratchet_web.models.jobs import JobPriority, NewJob

NOTHING = {"attempt": "a", "priority": "", "scheduled_for": "", "max_retries": ""}


def test_a_run_without_options_is_an_execution() -> None:
    options, wrong = read_options(NOTHING)
    assert not wrong
    assert options.draft("7", {"a": 1}) == NewExecution(task_id="7", input={"a": 1})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("priority", "HIGH", JobPriority.HIGH), ("max_retries", "0", 0), ("max_retries", "100", 100)],
)
def test_a_run_with_any_option_is_a_job(name: str, text: str, value: object) -> None:
    options, wrong = read_options({**NOTHING, name: text})
    assert not wrong
    draft = options.draft("7", None)
    assert isinstance(draft, NewJob)
    assert getattr(draft, name) == value
    assert draft.model_fields_set == {"task_id", "input", name}


def test_a_time_is_a_moment_with_a_zone() -> None:
    options, wrong = read_options({**NOTHING, "scheduled_for": "2026-11-29T18:00:00.000Z"})
    assert not wrong
    assert options.scheduled_for is not None
    assert options.draft("7", None).wire()["scheduledFor"] == "2026-11-29T18:00:00Z"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"priority": "SOON"}, "priority"),
        ({"max_retries": "101"}, "maxRetries"),
        ({"max_retries": "-1"}, "maxRetries"),
        ({"max_retries": "3.5"}, "maxRetries"),
        ({"scheduled_for": "tomorrow"}, "scheduledFor"),
        ({"scheduled_for": "2026-11-29T18:00:00"}, "scheduledFor"),
        ({"attempt": "x" * 65}, "attempt"),
        ({"stranger": "x"}, "stranger"),
        ("no options at all", "options"),
        (None, "options"),
    ],
)
def test_what_no_form_sends_is_told_at_its_field(given: object, field: str) -> None:
    assert [each["field"] for each in read_options(given)[1]] == [field]


def run(id: int, input: object) -> Execution:
    return Execution.model_validate({"id": id, "input": input})


def test_inputs_come_once_each_the_newest_first() -> None:
    runs = [run(5, {"a": 1, "b": 2}), run(4, None), run(3, {"b": 2, "a": 1}), run(2, [{"b": 1, "a": 2}])]
    found = recent_inputs(runs)
    assert [each.run.id for each in found] == ["5", "2"]
    assert (found[0].text, found[0].preview) == ('{\n  "a": 1,\n  "b": 2\n}', '{"a":1,"b":2}')


def test_inputs_are_few_and_short() -> None:
    assert len(recent_inputs(run(n, {"n": n}) for n in range(100))) == MOST
    assert recent_inputs([run(1, "x" * LONGEST)]) == []
    assert len(recent_inputs([run(1, "x" * 1_000)])[0].preview) < 130
