"""Figures over time that the console counts itself, and those of a server."""

from datetime import UTC, datetime, timedelta

from ratchet_web.logic.counting import Counting, Look
from ratchet_web.logic.schedules_load import load
from ratchet_web.logic.trends import Ended, mean, trend_of
from ratchet_web.models.schedules import Schedule
from ratchet_web.models.series import PERIODS, GaugeColumns, Gauges, Series

HOUR, DAY = PERIODS["1h"], PERIODS["24h"]
T0 = 1_700_000_040  # the begin of a minute


def look(at_s: int, completed: int | None, failed: int = 0, waiting: int | None = 0) -> Look:
    return Look(at_s, completed, failed, {"all": waiting}, 1)


def test_what_ended_between_two_looks_is_counted_at_the_later_one():
    counting = Counting()
    counting.note(look(T0, 100, 7, 3))
    counting.note(look(T0 + 20, 104, 7, 9))
    counting.note(look(T0 + 70, 105, 8, 2))
    trend = counting.trend(HOUR, T0 + 70)
    assert (trend.completed[-2:], trend.failed[-2:], trend.depth["all"][-2:]) == ((4, 1), (0, 1), (9, 2))
    assert trend.completed[:-2] == (None,) * 59
    assert trend.start[-2] == datetime.fromtimestamp(T0, UTC)
    assert counting.trend(DAY, T0 + 70).ended() == Ended(5, 1)
    assert counting.since_s == T0


def test_nothing_is_told_of_time_in_which_nobody_looked_nor_of_removed_rows():
    counting = Counting()
    for at_s, completed in ((0, 10), (600, 90), (620, 40), (640, None), (660, 45), (680, 46)):
        counting.note(look(T0 + at_s, completed, 0))
    assert counting.trend(HOUR, T0 + 680).ended() == Ended(1, 0)


def test_old_cells_are_forgotten():
    counting = Counting()
    for hour in range(30):
        counting.note(look(T0 + 3600 * hour, hour))
    assert len(counting._cells[60]) <= 25
    assert len(counting._cells[900]) == 30


def test_what_runs_is_told_by_its_mean_and_a_look_costs_no_memory():
    counting = Counting()
    for at_s in range(0, 1_800, 2):
        counting.note(Look(T0 + at_s, at_s, 0, {"all": 1}, at_s % 4))
    cells = [cell for kept in counting._cells.values() for cell in kept.values()]
    assert all(isinstance(cell.running, int) for cell in cells)
    assert [value for value in counting.trend(HOUR, T0 + 1_798).running if value is not None] == [1.0] * 30


def test_how_long_nothing_has_ended_is_known_from_the_first_look_on():
    counting = Counting()
    counting.note(look(T0, 5, waiting=3))
    counting.note(look(T0 + 100, 5, waiting=3))
    assert counting.moved_s == T0
    counting.note(look(T0 + 200, 6, waiting=3))
    assert counting.moved_s == T0 + 200
    counting.note(look(T0 + 300, 6, waiting=0))
    assert counting.moved_s == T0 + 300
    counting.note(look(T0 + 9000, 6, waiting=3))
    assert counting.moved_s == T0 + 9000


def test_series_of_a_server():
    start = tuple(datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(4))
    lane = GaugeColumns(mean=(1, 2, None, 4), max=(3, 4, None, 9))
    short = GaugeColumns(mean=(1,), max=(1,))
    gauges = Gauges(critical=lane, high=lane, normal=lane, low=short, running=lane)
    series = Series(start=start, completed=(1, None, 3, 4), failed=(0, 1), gauges=gauges)
    trend = trend_of(series, 3600)
    assert trend.depth["critical"] == (3, 4, None, 9)
    assert "low" not in trend.depth
    assert (trend.waiting, mean(trend.running)) == ((3, 6, None, 12), 7 / 3)
    assert trend.failed == (None,) * 4
    late = trend.between(start[2])
    assert (late.completed, late.depth["high"], late.ended()) == ((3, 4), (None, 9), Ended(7, None))
    assert Ended(7, None).success is None
    assert trend.between(start[0], start[2]).completed == (1, None)


def test_the_load_of_the_next_hour():
    rows = [
        Schedule(id="1", task_id="a", cron_expression="0 */10 * * * *", enabled=True),
        Schedule(id="2", task_id="b", cron_expression="0 0 * * * *", enabled=True),
        Schedule(id="3", task_id="a", cron_expression="0 * * * * *", enabled=False),
        Schedule(id="4", task_id="a", cron_expression="nonsense", enabled=True),
    ]
    at = int(datetime(2026, 5, 4, 12, 5, tzinfo=UTC).timestamp())
    found = load(rows, {"a": 2000.0}, at)
    assert (found.runs, found.most, found.timed, found.work_ms) == (7, 2, 6, 12_000)
    assert found.most_at_s == at + timedelta(minutes=55).total_seconds()
    assert load([], {}, at).most_at_s is None
