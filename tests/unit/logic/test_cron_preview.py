"""What a page says of an expression: hints, runs in words, and what else is due."""

from datetime import UTC, datetime

import pytest

from ratchet_web.logic.cron import CronError, coming, normalise, values_of
from ratchet_web.logic.cron_hints import hints
from ratchet_web.logic.cron_load import Timed, due_beside, is_due
from ratchet_web.logic.cron_preview import RUNS, Others, preview, run_rows

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NONE = Others((), 0)


def told(expression: str) -> list[str]:
    normal = normalise(expression)
    return hints(normal, NOW, coming(normal, "UTC", NOW, RUNS))


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("0 0 29 2 *", "29 February comes in leap years only: more than a year lies between two runs"),
        ("0 0 29 2 *", "2028, 2032, 2036, 2040"),
        ("0 9 13 * FRI", "This date and weekday meet seldom"),
        ("0 0 31 * *", "February, April, June, September and November are left out: there is no day 31."),
        ("0 0 30 * *", "February is left out: there is no day 30."),
        ("0 0 29 * *", "February is left out, but in leap years: there is no day 29."),
        ("*/5 * * * * *", "It fires 12 times in a minute"),
        ("*/7 * * * *", "Every 7 minutes begins anew with each hour: the last step is only 4 minutes."),
        ("0 */5 * * *", "Every 5 hours begins anew with each day: the last step is only 4 hours."),
    ],
)
def test_what_is_easily_overlooked_is_pointed_out(expression: str, part: str) -> None:
    assert part in " ".join(told(expression))


@pytest.mark.parametrize(
    "expression",
    ["@daily", "*/5 * * * *", "0 9 * * MON-FRI", "0 0 1 1 *", "0 9,17 * * *", "0 9-17 * * *", "0 0 28 * *"],
)
def test_what_is_as_it_looks_needs_no_words(expression: str) -> None:
    assert told(expression) == []


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 0 31 2 *", "February has at most 29 days"),
        ("0 0 30 FEB *", "February has at most 29 days"),
        ("0 0 31 4,6 *", "April has at most 30 days"),
        ("0 0 31 2,4 *", "April has at most 30 days"),
    ],
)
def test_a_date_that_no_year_has_is_named(expression: str, said: str) -> None:
    with pytest.raises(CronError, match=said) as caught:
        normalise(expression)
    assert caught.value.field == "day of month"


def test_the_numbers_of_each_field_are_known() -> None:
    fields = values_of(normalise("0,30 */30 8-10 1 JAN FRI-SUN"))
    assert [sorted(field) for field in fields] == [[0, 30], [0, 30], [8, 9, 10], [1], [1], [0, 5, 6]]


def test_runs_are_told_by_the_clock_of_the_zone_with_what_its_changes_do() -> None:
    rows = run_rows("30 2 * * *", "Europe/Amsterdam", datetime(2027, 3, 27, 12, tzinfo=UTC))
    assert rows[0] == {
        "at": "2027-03-28T01:00:00Z",
        "local": "Sun 28 Mar 2027, 03:00",
        "offset": "UTC+2",
        "note": "The clock goes forward over the time that was meant: it runs right after.",
    }
    rows = run_rows("30 2 * * *", "Europe/Amsterdam", datetime(2027, 10, 30, 12, tzinfo=UTC))
    assert [row["offset"] for row in rows[:2]] == ["UTC+2", "UTC+1"]
    assert [row["note"][:19] for row in rows[:2]] == ["", "The clock goes back"]
    half_past = run_rows("5 30 9 1 1 *", "Asia/Kolkata", NOW)[0]
    assert half_past["local"] == "Fri 1 Jan 2027, 09:30:05"
    assert next(row["offset"] for row in run_rows("@yearly", "Asia/Kolkata", NOW)) == "UTC+5:30"
    assert next(row["offset"] for row in run_rows("@yearly", "America/St_Johns", NOW)) == "UTC-3:30"
    assert run_rows("nonsense", "UTC", NOW) == run_rows("@daily", "Mars/Olympus", NOW) == []


def test_a_mistake_is_told_with_its_field_and_costs_the_runs_only() -> None:
    wrong = preview("0 0 25 * * *", "UTC", NOW, NONE)
    assert (wrong["field"], wrong["error"][:23], "runs" in wrong) == (
        "hours",
        "“25” is not possible; a",
        False,
    )
    nowhere = preview("@daily", "Amsterdam", NOW, NONE)
    assert nowhere["words"] == "At 00:00, every day"
    assert "did you mean Europe/Amsterdam?" in nowhere["zone_error"]


def test_what_else_is_due_goes_by_its_own_clock() -> None:
    at = datetime(2026, 12, 1, 8, 0, 30, tzinfo=UTC)
    others = [
        Timed("same", "0 9 * * *", "Europe/Amsterdam"),
        Timed("another hour", "0 9 * * *", "UTC"),
        Timed("each second", "* * * * * *", "Asia/Kathmandu"),
        Timed("nonsense", "0 0 99 * * *", "UTC"),
        Timed("nowhere", "* * * * *", "Mars/Olympus"),
    ]
    assert due_beside(at, others) == ["same", "each second"]


def test_what_a_change_of_clocks_moves_is_due_where_it_runs() -> None:
    after_the_gap = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert is_due("30 2 * * *", "Europe/Amsterdam", after_the_gap)
    assert not is_due("30 4 * * *", "Europe/Amsterdam", after_the_gap)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (NONE, "No other schedule is enabled."),
        (Others((Timed("a", "@daily", "UTC"),), 1), "Held against the one other schedule that is enabled."),
        (
            Others((Timed("a", "@daily", "UTC"),) * 200, 200),
            "Held against the 200 other schedules that are enabled.",
        ),
        (Others((Timed("a", "@daily", "UTC"),) * 200, 340), "Held against 200 of 340 other schedules"),
        (Others((Timed("a", "@daily", "UTC"),) * 200, None), "those beyond are not looked at"),
        (Others(trouble="It is away."), "What else is due is not known: It is away."),
    ],
)
def test_how_far_others_were_looked_at_is_said(others: Others, said: str) -> None:
    assert said in preview("@daily", "UTC", NOW, others)["load"]


def test_many_that_are_due_together_are_counted_and_a_few_named() -> None:
    others = Others(tuple(Timed(f"s{n}", "@hourly", "UTC") for n in range(5)), 5)
    runs = preview("@daily", "UTC", NOW, others)["runs"]
    assert [run["beside"] for run in runs] == ["5 others due then: s0, s1, s2 and 2 more"] * RUNS
