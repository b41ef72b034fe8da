"""Failures that the console groups itself, where the server keeps none."""

from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.logic.failures_groups import grouped, picked
from ratchet_web.models.executions import Execution, ExecutionStatus
from ratchet_web.models.failures import FailureQuery, FailureState

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def failed(id, message, hours_ago, task="1", version="1.0.0"):
    """Return an execution that failed so many hours ago."""
    at = NOW - timedelta(hours=hours_ago)
    told = {"task_id": task, "task_name": f"task-{task}", "task_version": version, "completed_at": at}
    return Execution(id=id, status=ExecutionStatus.FAILED, error_message=message, **told)


ROWS = [
    failed("5", "Error: order 12 is lost", 1, task="2"),
    failed("4", "Error: order 9 is lost", 2, version="1.1.0"),
    failed("3", "Error: order 7 is lost", 30),
    failed("2", "Error: no till", 3),
    failed("1", None, 48),
]


def page(**wanted):
    query = FailureQuery(**wanted)
    return picked(query, grouped(ROWS, query, NOW))


def test_what_failed_in_the_same_way_is_one():
    orders, *_ = found = page().rows
    assert [row.count for row in found] == [3, 1, 1]
    assert (orders.error, orders.message) == ("Error", "order <n> is lost")
    assert (orders.first_seen, orders.last_seen) == (ROWS[2].completed_at, ROWS[0].completed_at)
    assert [(task.task_id, task.count, task.versions) for task in orders.tasks] == [
        ("1", 2, ("1.1.0", "1.0.0")),
        ("2", 1, ("1.0.0",)),
    ]
    assert orders.sample is not None
    assert (orders.sample.execution_id, orders.sample.error_message) == ("5", "Error: order 12 is lost")
    assert orders.executions == ("5", "4", "3")
    assert sum(orders.trend.counts) == 3
    assert not orders.state.known


@pytest.mark.parametrize(
    ("wanted", "counts"),
    [
        ({"since": NOW - timedelta(hours=24)}, [2, 1]),
        ({"until": NOW - timedelta(hours=24)}, [1, 1]),
        ({"q": "TILL"}, [1]),
        ({"sort": "count"}, [1, 1, 3]),
        ({"sort": "-first_seen"}, [1, 3, 1]),
        ({"limit": 1, "page": 2}, [1]),
    ],
)
def test_what_is_asked_for_is_found(wanted, counts):
    assert [row.count for row in page(**wanted).rows] == counts


def test_a_state_that_nobody_keeps_is_not_applied():
    found = page(state=FailureState.OPEN)
    assert (found.ignored, found.total) == (("state",), 3)
