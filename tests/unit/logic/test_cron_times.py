"""Due times by bucket are those that `coming` names one by one, also where a clock is turned."""

from datetime import UTC, datetime
from itertools import takewhile

import pytest

from ratchet_web.logic.cron import coming, expanded, normalise
from ratchet_web.logic.cron_times import Buckets, Due, due, stretches
from ratchet_web.logic.zones import ZoneError

AMSTERDAM, NEW_YORK, LORD_HOWE = "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"
EXPRESSIONS = (
    *("0 30 2 * * *", "0 15,45 2 * * *", "0 */15 * * * *", "0 0 * * * *", "0 45 1 * * *", "30 */7 1-3 * * *"),
    *("0 0 0 * * *", "0 30 9 * * MON-FRI", "0 0 12 1,15 * MON", "0 7-59/20 * * * *", "5 7 1-23/2 * * *"),
    *("0 0 0 29 2 *", "0 0 0 31 * *", "0 20 2 * * SUN"),
)
# Each begins before the clock is turned in its zone; the last two are a leap day, and a day like any other.
TIMES = (
    *((AMSTERDAM, "2027-03-27T20:00Z"), (AMSTERDAM, "2026-10-24T20:00Z")),
    *((NEW_YORK, "2027-03-14T00:00Z"), (NEW_YORK, "2026-10-31T22:00Z")),
    *((LORD_HOWE, "2027-10-02T08:00Z"), (LORD_HOWE, "2027-04-03T08:00Z")),
    *(("America/Santiago", "2026-09-05T20:00Z"), ("Pacific/Chatham", "2027-04-03T08:00Z")),
    *(("Asia/Kathmandu", "2028-02-28T12:00Z"), ("UTC", "2026-12-31T18:00Z")),
)


def seconds(text):
    return int(datetime.fromisoformat(text).timestamp())


def one_by_one(expression, zone, after_s, buckets):
    """Return the same by the rule itself."""
    found = {}
    runs = (
        int(run.at.timestamp()) for run in coming(expression, zone, datetime.fromtimestamp(after_s, UTC), 110)
    )
    for at_s in takewhile(lambda at_s: at_s < buckets.end_s, runs):
        before = found.get(place := (at_s - buckets.start_s) // buckets.step_s)
        found[place] = Due(before.times + 1, before.first_s) if before else Due(1, at_s)
    return found


@pytest.mark.parametrize(("zone", "start"), TIMES)
def test_due_times_are_those_of_the_one_rule(zone, start):
    buckets = Buckets(seconds(start), 1_800, 48)
    for expression in EXPRESSIONS:
        after_s = buckets.start_s - 1
        expected = one_by_one(expression, zone, after_s, buckets)
        assert due(expression, zone, after_s, buckets) == expected, expression


@pytest.mark.parametrize("zone", [AMSTERDAM, NEW_YORK, LORD_HOWE])
def test_what_comes_often_is_counted_as_elapsed_time_asks(zone):
    start = seconds("2026-01-01T00:00Z")
    year = Buckets(start, 86_400, 365)
    for expression, each_s in (("* * * * * *", 1), ("0 * * * * *", 60), ("*/10 * * * * *", 10)):
        found = due(expression, zone, start - 1, year)
        assert {cell.times for cell in found.values()} == {86_400 // each_s}
        assert len(found) == 365


def test_only_what_is_later_counts():
    buckets = Buckets(seconds("2026-06-01T00:00Z"), 3_600, 3)
    found = due("0 */20 * * * *", "UTC", seconds("2026-06-01T01:20Z"), buckets)
    assert found == {1: Due(1, seconds("2026-06-01T01:40Z")), 2: Due(3, seconds("2026-06-01T02:00Z"))}
    assert due("0 0 0 29 2 *", "UTC", buckets.start_s, buckets) == {}


def test_a_day_must_match_in_the_month_and_in_the_week():
    june = Buckets(seconds("2026-06-01T00:00Z"), 86_400, 30)
    assert list(due(normalise("0 9 1-7 * MON"), "UTC", june.start_s - 1, june)) == [0]
    assert expanded("0 0 9 1-7 6 SUN,MON")[3:] == (frozenset(range(1, 8)), {6}, {0, 1})


def test_a_year_falls_into_stretches_where_its_clock_is_turned():
    found = stretches(AMSTERDAM, seconds("2026-01-01T00:00Z"), seconds("2027-01-01T00:00Z"))
    assert [each.offset_s for each in found] == [3_600, 7_200, 3_600]
    assert [each.begin_s for each in found[1:]] == [
        seconds("2026-03-29T01:00Z"),
        seconds("2026-10-25T01:00Z"),
    ]


def test_a_zone_that_there_is_not_is_told():
    with pytest.raises(ZoneError):
        due("0 0 9 * * *", "Europe/Atlantis", 0, Buckets(0, 60, 10))
