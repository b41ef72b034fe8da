"""Hard times: what the preview tells is what croniter finds by walking on, and the sentence says the same."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter

from ratchet_web.logic.cron import coming, describe, next_run, normalise, values_of
from ratchet_web.logic.cron_load import is_due
from ratchet_web.logic.zones import zone_of
from tests.unit.logic.cron_cases import (
    AMSTERDAM,
    BEYOND_CRONITER,
    CASES,
    CHATHAM,
    IN_GAPS,
    LORD_HOWE,
    NEW_YORK,
    SANTIAGO,
    Case,
)

RUNS = 8
ids = [f"{case.cron} {case.zone} {case.after[:10]}" for case in CASES]


def walked(case: Case) -> list[datetime]:
    """Return what croniter itself finds, walking from one time to the next."""
    moments = croniter(
        normalise(case.cron),
        case.begin.astimezone(zone_of(case.zone)),
        ret_type=datetime,
        second_at_beginning=True,
        day_or=False,
    )
    return [moments.get_next().astimezone(UTC) for _ in range(RUNS)]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_preview_is_what_croniter_finds(case: Case) -> None:
    runs = coming(normalise(case.cron), case.zone, case.begin, RUNS)
    assert [run.at for run in runs] == walked(case)
    assert all(run.local.astimezone(UTC) == run.at for run in runs)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_sentence_says_what_it_does(case: Case) -> None:
    assert describe(case.cron) == case.words


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_what_is_due_at_a_minute_is_what_the_preview_has_there(case: Case) -> None:
    runs = coming(normalise(case.cron), case.zone, case.begin, RUNS)
    minutes = {run.at.replace(second=0) for run in runs}
    looked_at = {*minutes, *(minute + timedelta(minutes=1) for minute in minutes)}
    looked_at = {minute for minute in looked_at if minute < max(minutes)}
    found = {minute for minute in looked_at if is_due(normalise(case.cron), case.zone, minute)}
    assert found == looked_at & minutes


@pytest.mark.parametrize("case", BEYOND_CRONITER, ids=lambda case: case.cron)
def test_a_time_that_comes_twice_comes_twice_on_a_date_by_both_day_fields(case: Case) -> None:
    first, again, later, _ = coming(normalise(case.cron), case.zone, case.begin, 4)
    assert (first.local.replace(fold=1), again.note) == (again.local, "repeated")
    assert later.local.year == first.local.year + 1


@pytest.mark.parametrize(("case", "first", "second"), IN_GAPS, ids=lambda each: getattr(each, "cron", None))
def test_what_a_clock_leaves_out_fires_at_the_first_instant_after_it(
    case: Case, first: str, second: str
) -> None:
    runs = coming(normalise(case.cron), case.zone, case.begin, 2)
    assert [run.at.strftime("%m-%dT%H:%M:%S") for run in runs] == [first, second]


CHANGES = [
    (CHATHAM, "2027-04-03T14:00"),
    (CHATHAM, "2027-09-25T14:00"),
    (NEW_YORK, "2027-11-07T06:00"),
    (AMSTERDAM, "2027-10-31T01:00"),
    (LORD_HOWE, "2027-04-03T15:00"),
    (SANTIAGO, "2027-04-04T03:00"),
    (NEW_YORK, "2027-03-14T07:00"),
    (LORD_HOWE, "2027-10-02T15:30"),
]
DAYS = ("* * *", "* * SUN,SAT", "1-7 * SUN", "25-31 10 *", "25-31 10 SUN", "*/2 * MON-SAT", "1-7 11 *")


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize(("zone", "at"), CHANGES)
def test_around_a_change_of_clocks_each_minute_that_is_meant_fires(zone: str, at: str, days: str) -> None:
    change, clock = datetime.fromisoformat(at).replace(tzinfo=UTC), zone_of(zone)
    minutes = [change + timedelta(minutes=n) for n in range(-200, 200)]
    for times in ("30 1", "15,45 2", "0 *", "*/20 1-3", "0 0"):
        cron = normalise(f"{times} {days}")
        fields = values_of(cron)[1:]

        def meant(shown: datetime, fields: Sequence[frozenset[int]] = fields) -> bool:
            parts = (shown.minute, shown.hour, shown.day, shown.month, shown.isoweekday() % 7)
            return all(part in field for part, field in zip(parts, fields, strict=True))

        found, run = [], next_run(cron, minutes[0] - timedelta(seconds=1), zone)
        while run is not None and run <= minutes[-1]:
            found.append(run)
            run = next_run(cron, run, zone)
        wanted = [minute for minute in minutes if meant(minute.astimezone(clock))]
        # What was meant for the gap comes with its end.
        assert [each for each in found if each != change] == [each for each in wanted if each != change]
        assert set(wanted) <= set(found)


def test_there_are_enough_of_them() -> None:
    assert len({*CASES}) == len(CASES) >= 60
