"""The window and the buckets of what is drawn above the list of executions."""

from datetime import UTC, datetime, timedelta

import pytest

from ratchet_web.live.executions import MOST_BUCKETS, ExecutionList, ExecutionsInTime, step_s, window
from ratchet_web.live.topics import parse
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.narrowing import RANGES

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        (ExecutionQuery(), NOW - timedelta(days=1), NOW),
        (ExecutionQuery(range="15m"), NOW - timedelta(minutes=15), NOW),
        (ExecutionQuery(since=NOW - timedelta(days=9)), NOW - timedelta(days=9), NOW),
        (ExecutionQuery(until=NOW - timedelta(days=9)), NOW - timedelta(days=10), NOW - timedelta(days=9)),
    ],
)
def test_a_list_is_shown_over_its_range_and_else_over_a_day(
    query: ExecutionQuery, since: datetime, until: datetime
) -> None:
    assert window(query, NOW) == (since, until)


@pytest.mark.parametrize("range", RANGES)
def test_the_buckets_of_a_range_are_many_and_not_too_many(range: str) -> None:
    length = RANGES[range]  # type: ignore[index]
    buckets = length.total_seconds() / step_s(NOW - length, NOW)
    assert MOST_BUCKETS / 2 <= buckets <= MOST_BUCKETS


def test_a_window_of_a_moment_or_of_ages_has_buckets_too() -> None:
    assert step_s(NOW, NOW + timedelta(seconds=3)) == 1
    assert step_s(datetime(1000, 1, 1, tzinfo=UTC), NOW) == 365 * 86_400


def test_a_list_with_a_range_is_looked_at_again_as_time_goes_on() -> None:
    topics = [parse(name) for name in ("executions?range=15m", "executions?range=30d", "executions")]
    waits = [topic.wait_s(True, 0, False, 0) for topic in topics if isinstance(topic, ExecutionList)]
    assert waits == [pytest.approx(9.375), 60.0, 60.0]


def test_a_list_that_cannot_be_read_and_a_window_that_ended_are_looked_at_no_sooner_for_their_range() -> None:
    failing = (True, 0.0, False, 9)
    listed, plain = parse("executions?range=15m"), parse("executions")
    assert isinstance(listed, ExecutionList)
    assert isinstance(plain, ExecutionList)
    assert listed.wait_s(*failing) == plain.wait_s(*failing) == 60
    moving = ExecutionsInTime("in time", ExecutionQuery(range="15m"))
    ended = ExecutionsInTime("in time", ExecutionQuery(until=NOW))
    assert (moving.wait_s(True, 0, False, 0), moving.wait_s(*failing)) == (10, 60)
    assert (ended.wait_s(True, 0, False, 0), ended.wait_s(*failing)) == (60, 60)
