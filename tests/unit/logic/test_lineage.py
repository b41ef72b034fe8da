from datetime import UTC, datetime

import pytest

from ratchet_web.logic.lineage import difference
from ratchet_web.models.executions import Execution

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ran(**fields):
    told = {"id": "1", "input": {"n": 1}, "task_version": "1.0.0", "task_revision": 1, "completed_at": NOW}
    return Execution(**{**told, **fields})


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({}, {}, False),
        ({}, {"input": {"n": 2}}, True),
        ({"input": {"a": 1, "b": 2}}, {"input": {"b": 2, "a": 1}}, False),
        ({"input": None}, {"input": None}, False),
    ],
)
def test_whether_the_input_changed(before, after, changed):
    assert difference(ran(**before), ran(**after)).input_changed is changed


def test_attempts_of_a_job_have_one_input_whatever_was_read():
    assert difference(ran(), ran(input=None), one_job=True).input_changed is False


@pytest.mark.parametrize(
    ("after", "step"),
    [
        ({}, ""),
        ({"task_revision": 2}, "1.0.0 (revision 1) → 1.0.0 (revision 2)"),
        ({"task_revision": None, "task_version": "1.1.0"}, "1.0.0 → 1.1.0"),
        ({"task_revision": None, "task_version": None}, ""),
    ],
)
def test_the_step_of_the_version(after, step):
    assert difference(ran(), ran(**after)).version == step


@pytest.mark.parametrize(
    ("before", "after", "longer"), [(100, 250, 150), (250, 100, -150), (None, 5, None), (5, None, None)]
)
def test_how_much_longer_it_ran(before, after, longer):
    assert difference(ran(duration_ms=before), ran(duration_ms=after)).longer_ms == longer


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("a", "a", "same"),
        ("a", "b", "other"),
        ("a", None, "gone"),
        (None, "a", "new"),
        (None, None, ""),
    ],
)
def test_whether_the_error_is_the_same(before, after, word):
    assert difference(ran(error_message=before), ran(error_message=after)).error == word


def test_of_what_is_not_over_no_error_is_told():
    assert difference(ran(error_message="a"), ran(completed_at=None)).error == ""
