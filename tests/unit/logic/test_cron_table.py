"""Hard times: what the preview tells is what croniter finds by walking on, and the sentence says the same."""

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter

from ratchet_web.logic.cron import coming, describe, normalise
from ratchet_web.logic.cron_load import is_due
from ratchet_web.logic.zones import zone_of
from tests.unit.logic.cron_cases import CASES, Case

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


def test_there_are_enough_of_them() -> None:
    assert len({*CASES}) == len(CASES) >= 60
