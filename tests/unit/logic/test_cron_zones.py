"""Due times where a zone's clock is set forward or back, against instants that are known."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ratchet_web.logic.cron import coming, next_run, next_run_ms
from ratchet_web.logic.zones import ZoneError, zone_of

AMSTERDAM, NEW_YORK, LORD_HOWE = "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"


def runs(expression, zone, after, count):
    """Return each run as its instant in UTC, what the clock shows, and the note."""
    found = coming(expression, zone, datetime.fromisoformat(after), count)
    return [f"{run.at:%m-%dT%H:%M} {run.local:%H:%M%z} {run.note or '-'}" for run in found]


@pytest.mark.parametrize(
    ("zone", "expression", "after", "expected"),
    [
        (
            AMSTERDAM,
            "0 30 2 * * *",
            "2027-03-27T12:00Z",
            ["03-28T01:00 03:00+0200 shifted", "03-29T00:30 02:30+0200 -"],
        ),
        (
            NEW_YORK,
            "0 30 2 * * *",
            "2027-03-13T12:00Z",
            ["03-14T07:00 03:00-0400 shifted", "03-15T06:30 02:30-0400 -"],
        ),
        (
            LORD_HOWE,
            "0 15 2 * * *",
            "2027-10-02T12:00Z",
            ["10-02T15:30 02:30+1100 shifted", "10-03T15:15 02:15+1100 -"],
        ),
        # Midnight itself is missing there: the day begins at one.
        (
            "America/Santiago",
            "0 0 0 * * *",
            "2026-09-05T12:00Z",
            ["09-06T04:00 01:00-0300 shifted", "09-07T03:00 00:00-0300 -"],
        ),
        # Both times of the gap fall onto the first instant after it, which fires once.
        (
            AMSTERDAM,
            "0 15,45 2 * * *",
            "2027-03-27T12:00Z",
            ["03-28T01:00 03:00+0200 shifted", "03-29T00:15 02:15+0200 -"],
        ),
    ],
)
def test_a_time_that_does_not_exist_fires_at_the_first_instant_after(zone, expression, after, expected):
    assert runs(expression, zone, after, 2) == expected


@pytest.mark.parametrize(
    ("zone", "expression", "after", "expected"),
    [
        (
            AMSTERDAM,
            "0 30 2 * * *",
            "2026-10-24T12:00Z",
            ["10-25T00:30 02:30+0200 -", "10-25T01:30 02:30+0100 repeated", "10-26T01:30 02:30+0100 -"],
        ),
        (
            NEW_YORK,
            "0 30 1 * * *",
            "2026-10-31T12:00Z",
            ["11-01T05:30 01:30-0400 -", "11-01T06:30 01:30-0500 repeated", "11-02T06:30 01:30-0500 -"],
        ),
        (
            LORD_HOWE,
            "0 45 1 * * *",
            "2027-04-03T00:00Z",
            ["04-03T14:45 01:45+1100 -", "04-03T15:15 01:45+1030 repeated", "04-04T15:15 01:45+1030 -"],
        ),
    ],
)
def test_a_time_that_the_clock_shows_twice_fires_twice(zone, expression, after, expected):
    assert runs(expression, zone, after, 3) == expected


@pytest.mark.parametrize("expression", ["0 0 * * * *", "0 */15 * * * *", "0 30 * * * *", "*/20 59 * * * *"])
@pytest.mark.parametrize(
    ("zone", "change"),
    [
        (AMSTERDAM, "2027-03-28T01:00Z"),
        (AMSTERDAM, "2026-10-25T01:00Z"),
        (NEW_YORK, "2027-03-14T07:00Z"),
        (NEW_YORK, "2026-11-01T06:00Z"),
    ],
)
def test_what_comes_each_hour_comes_as_elapsed_time_asks(expression, zone, change):
    """Where whole hours are missing or repeated, it is as if it ran by UTC."""
    begin = datetime.fromisoformat(change) - timedelta(hours=5)
    local = [run.at for run in coming(expression, zone, begin, 60)]
    assert local == [run.at for run in coming(expression, "UTC", begin, 60)]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2027-10-02T14:40Z", ["14:45 01:15", "15:00 01:30", "15:15 01:45", "15:30 02:30", "15:45 02:45"]),
        ("2027-04-03T14:10Z", ["14:15 01:15", "14:30 01:30", "14:45 01:45", "15:00 01:30", "15:15 01:45"]),
    ],
)
def test_a_change_of_half_an_hour_moves_no_quarter(after, expected):
    found = coming("0 */15 * * * *", LORD_HOWE, datetime.fromisoformat(after), 5)
    assert [f"{run.at:%H:%M} {run.local:%H:%M}" for run in found] == expected


@pytest.mark.parametrize(
    "expression", ["0 30 2 * * *", "0 0 */2 * * *", "*/20 15,45 1-3 * * *", "0 30 2 28 3 *", "0 30 2 * * SUN"]
)
@pytest.mark.parametrize("zone", [AMSTERDAM, NEW_YORK, LORD_HOWE, "UTC"])
def test_it_is_the_same_wherever_one_begins_to_look(expression, zone):
    """No instant is left out and none comes again, however often the next one is computed."""
    begin = datetime(2027, 3, 1, tzinfo=UTC)
    found = [run.at for run in coming(expression, zone, begin, 60)]
    assert found == sorted(set(found))
    for earlier, later in pairwise(found):
        assert next_run(expression, later - timedelta(milliseconds=1), zone) == later
        assert next_run(expression, earlier + (later - earlier) / 2, zone) == later


def test_the_next_run_is_in_milliseconds():
    after = int(datetime(2026, 11, 23, 10, 30, 0, 999_000, tzinfo=UTC).timestamp() * 1000)
    assert (
        next_run_ms("0 0 * * * *", "UTC", after)
        == int(datetime(2026, 11, 23, 11, tzinfo=UTC).timestamp()) * 1000
    )
    assert next_run_ms("0 0 0 30 2 *", "UTC", after) is None


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Europe/Amsterdm", "did you mean Europe/Amsterdam?"),
        ("europe/amsterdam", "did you mean Europe/Amsterdam?"),
        ("Amsterdam", "did you mean Europe/Amsterdam?"),
        ("lord howe", "did you mean Australia/Lord_Howe?"),
        ("utc", "did you mean UTC?"),
        ("../../etc/passwd", "write an IANA name"),
        ("", "write an IANA name"),
    ],
)
def test_an_unknown_zone_is_named_with_the_nearest(name, told):
    with pytest.raises(ZoneError, match=r"there is no time zone") as caught:
        zone_of(name)
    assert told in str(caught.value)
