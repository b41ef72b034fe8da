"""Rules of bulk runs."""

import csv
import io
import json

import pytest

from ratchet_web.logic.bulk import (
    VERBS,
    as_csv,
    as_json_lines,
    hindrance,
    is_act,
    is_reached,
    narrowing,
    needed_s,
)
from ratchet_web.models.dialect import Pace
from ratchet_web.models.jobs import JobQuery, JobStatus
from ratchet_web.models.pages import Query
from ratchet_web.models.runs import Item, Outcome
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (JobQuery(sort="queued_at", page=3, limit=50), ""),
        (JobQuery(status=JobStatus.PROCESSING, task="3"), "running, task 3"),
        (TaskQuery(enabled=False, q="beat"), "disabled, with “beat” in the name"),
        (ScheduleQuery(enabled=True), "enabled"),
    ],
)
def test_what_a_list_is_narrowed_by_is_told_in_words(query: Query, words: str) -> None:
    assert sorted(narrowing(query).split(", ")) == sorted(words.split(", "))


@pytest.mark.parametrize(
    ("noun", "verb", "state", "why"),
    [
        ("jobs", "cancel", "QUEUED", ""),
        ("jobs", "cancel", "PROCESSING", ""),
        ("jobs", "cancel", "COMPLETED", "already completed"),
        ("jobs", "cancel", "CANCELLED", "already cancelled"),
        ("jobs", "retry", "CANCELLED", ""),
        ("jobs", "retry", "PROCESSING", "running, not failed or cancelled"),
        ("executions", "retry", "FAILED", ""),
        ("executions", "retry", "CANCELLED", "cancelled, not failed"),
        ("executions", "cancel", "PENDING", ""),
        ("tasks", "enable", "ENABLED", "already enabled"),
        ("tasks", "disable", "ENABLED", ""),
        ("schedules", "disable", "DISABLED", "already disabled"),
        ("schedules", "enable", "GONE", "not there any more"),
        ("jobs", "cancel", "PAUSED", "in a state that is not known"),
        ("jobs", "retry", "PAUSED", "in a state that is not known"),
    ],
)
def test_who_cannot_be_acted_on_and_why(noun: str, verb: str, state: str, why: str) -> None:
    assert hindrance(noun, verb, state) == why


@pytest.mark.parametrize(
    ("noun", "verb"), [("jobs", "delete"), ("jobs", "__class__"), ("users", "enable"), (None, None), ([], {})]
)
def test_nonsense_is_no_act(noun: object, verb: object) -> None:
    assert not is_act(noun, verb)


@pytest.mark.parametrize(("noun", "verb"), [(noun, verb) for noun in VERBS for verb in VERBS[noun]])
def test_what_is_reached_cannot_be_acted_on_once_more(noun: str, verb: str) -> None:
    for state in ("QUEUED", "PENDING", "COMPLETED", "FAILED", "CANCELLED", "ENABLED", "DISABLED"):
        if is_reached(noun, verb, state):
            assert hindrance(noun, verb, state)


def test_time_is_what_goes_beyond_the_burst() -> None:
    pace = Pace(at_once=20, per_s=4, left_today=100)
    assert [needed_s(n, pace) for n in (0, 20, 60)] == [0, 0, 10]
    assert needed_s(60, pace.model_copy(update={"held_s": 5.0})) == 15


def test_exports_say_all_and_no_cell_is_a_formula() -> None:
    items = [
        Item("1", "=1+1", "QUEUED", Outcome.DONE, ""),
        Item("2", 'a "b", c', "QUEUED", Outcome.FAILED, "@x\n"),
    ]
    header, *rows = csv.reader(io.StringIO(as_csv(items)))
    assert header == ["id", "name", "was", "outcome", "note"]
    assert rows == [["1", "'=1+1", "QUEUED", "done", ""], ["2", 'a "b", c', "QUEUED", "failed", "'@x\n"]]
    lines = [json.loads(line) for line in as_json_lines(items).splitlines()]
    assert lines[0] == {"id": "1", "name": "=1+1", "was": "QUEUED", "outcome": "done", "note": ""}
