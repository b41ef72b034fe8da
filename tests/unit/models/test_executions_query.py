"""What an address asks of the list of executions, and what that means now."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.pages import Query
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.tasks import TaskQuery

NOW = datetime(2026, 1, 31, 12, 0, 0, 987_000, UTC)
NOON = "2026-01-31T12:00:00.000Z"


def query(**given: str) -> ExecutionQuery:
    parsed, bad = ExecutionQuery.parse(given)
    assert not bad
    return parsed


def test_a_range_stays_one_in_the_address_and_becomes_exact_at_each_look() -> None:
    asked = query(range="24h", status="FAILED")
    assert asked.address() == "/executions?status=FAILED&range=24h"
    first, later = asked.as_of(NOW), asked.as_of(NOW + timedelta(hours=1))
    assert first.filters()["queued_after"] == "2026-01-30T12:00:00.000Z"
    assert later.filters()["queued_after"] == "2026-01-30T13:00:00.000Z"
    assert first.range is None


def test_exact_times_go_before_a_range() -> None:
    asked = query(range="1h", until="2026-01-31T13:00:00+01:00").as_of(NOW)
    assert asked.filters() == {"queued_before": NOON}


def test_a_range_of_the_ends_becomes_exact_beside_one_of_the_beginnings() -> None:
    asked = query(range="24h", ended="1h")
    assert asked.address() == "/executions?range=24h&ended=1h"
    assert asked.as_of(NOW).filters() == {
        "queued_after": "2026-01-30T12:00:00.000Z",
        "completed_after": "2026-01-31T11:00:00.000Z",
    }
    until = query(ended="1h", ended_until=NOON).as_of(NOW)
    assert until.filters() == {"completed_before": NOON}
    assert until.as_of(NOW) is until


def test_one_instant_has_one_address() -> None:
    assert query(since="2026-01-31T13:00:00.0009+01:00") == query(since="2026-01-31T12:00:00Z")


def test_each_filter_goes_to_the_server_by_the_name_of_the_contract() -> None:
    given = {
        "min_ms": "10",
        "max_ms": "20",
        "error": "1",
        "text": "a b",
        "input": "c",
        "output": "d",
        "min_progress": "50",
    }
    asked = query(**given, max_progress="75", since=NOON, until=NOON)
    assert asked.filters() == {
        "queued_after": NOON,
        "queued_before": NOON,
        "duration_gte": "10",
        "duration_lte": "20",
        "has_error": "true",
        "error_message_like": "a b",
        "input_like": "c",
        "output_like": "d",
        "progress_gte": "0.5",
        "progress_lte": "0.75",
    }
    assert query(**dict(parse_qsl(asked.address().partition("?")[2]))) == asked
    assert set(asked.narrows) == {*given, "max_progress", "since", "until"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("range", "2h"),
        ("since", "yesterday"),
        ("since", "1700000000"),
        ("until", "2026-01-31T12:00:00"),
        ("since", "0001-01-01T00:00:00+14:00"),
        ("min_ms", "-1"),
        ("max_ms", "1e3"),
        ("max_ms", "9" * 30),
        ("error", "maybe"),
        ("text", "x" * 201),
        ("min_progress", "101"),
    ],
)
def test_nonsense_is_named_and_the_rest_stands(name: str, value: str) -> None:
    parsed, bad = ExecutionQuery.parse({"status": "FAILED", name: value})
    assert bad == (name,)
    assert parsed == ExecutionQuery(status=ExecutionStatus.FAILED)


@pytest.mark.parametrize(
    ("given", "row", "missed"),
    [
        ({"since": NOON}, {"queued_at": NOON}, ()),
        ({"since": NOON}, {"queued_at": "2026-01-31T11:59:59.999Z"}, ("since",)),
        ({"until": NOON}, {"queued_at": "2026-01-31T12:00:00.001Z"}, ("until",)),
        ({"since": NOON, "until": NOON}, {"queued_at": None}, ("since", "until")),
        ({"ended_since": NOON}, {"completed_at": NOON}, ()),
        ({"ended_since": NOON}, {"completed_at": "2026-01-31T11:59:59.999Z"}, ("ended_since",)),
        ({"ended_until": NOON}, {"completed_at": None}, ("ended_until",)),
        ({"min_ms": "5"}, {"duration_ms": 5}, ()),
        ({"min_ms": "5", "max_ms": "9"}, {"duration_ms": None}, ("min_ms", "max_ms")),
        ({"error": "1"}, {"error_message": None}, ("error",)),
        ({"error": "0"}, {"error_message": "x"}, ("error",)),
        ({"text": "TIME"}, {"error_message": "Timeout"}, ()),
        ({"text": "time"}, {"error_message": None}, ("text",)),
        ({"min_progress": "50"}, {"progress": 0.5}, ()),
        ({"max_progress": "50"}, {"progress": None}, ("max_progress",)),
    ],
)
def test_a_row_that_a_server_should_not_have_sent_is_known(
    given: dict[str, str], row: dict[str, Any], missed: tuple[str, ...]
) -> None:
    assert query(**given).misses(Execution.model_validate({"id": "1", **row})) == missed


@pytest.mark.parametrize(
    ("model", "name"),
    [
        *((ExecutionQuery, name) for name in ("text", "input", "output")),
        (TaskQuery, "q"),
        (ScheduleQuery, "q"),
    ],
)
def test_a_text_with_nul_is_told_as_making_no_sense(model: type[Query], name: str) -> None:
    # Databases take it for the end of the text, and then find everything.
    assert model.parse({name: "\0nope"}) == (model(), (name,))
