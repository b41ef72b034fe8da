"""Cron expressions: what is accepted, how it is written down, when it fires."""

from datetime import UTC, datetime

import pytest

from ratchet_web.logic.cron import CronError, describe, next_run, normalise


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("*/5 * * * *", "0 */5 * * * *"),
        ("0 9 * * 1-5", "0 0 9 * * MON-FRI"),
        ("0 0 9 * * 1", "0 0 9 * * MON"),
        ("0 0 9 * * 0", "0 0 9 * * SUN"),
        ("0 0 9 * * 7", "0 0 9 * * SUN"),
        ("0 0 9 * * 0-7", "0 0 9 * * *"),
        ("0 0 9 * * 6,0", "0 0 9 * * SUN,SAT"),
        ("0 0 9 * * 5-7", "0 0 9 * * SUN,FRI,SAT"),
        ("0 0 9 * * fri-mon", "0 0 9 * * SUN,MON,FRI,SAT"),
        ("0 0 9 * * */2", "0 0 9 * * SUN,TUE,THU,SAT"),
        ("0 0 9 * * 1-5/2", "0 0 9 * * MON,WED,FRI"),
        ("0 0 9 * * 5/2", "0 0 9 * * FRI"),
        ("0 0 9 ? jan ?", "0 0 9 * JAN *"),
        ("  30 0 9 1 * mon ", "30 0 9 1 * MON"),
        ("@daily", "0 0 0 * * *"),
        ("@Weekly", "0 0 0 * * SUN"),
        ("0 0 0 29 2 *", "0 0 0 29 2 *"),
    ],
)
def test_it_is_written_as_six_fields_with_names(given, normal):
    assert normalise(given) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ("", "", "5 fields, or 6 with seconds first, not 0"),
        ("0 0 9 * * * 2027", "", "not 7"),
        ("0 60 9 * * *", "minutes", "0 to 59"),
        ("60 * * * * *", "seconds", "0 to 59"),
        ("0 25 * * *", "hours", None),
        ("0 0 9 L * *", "day of month", "1 to 31"),
        ("0 0 9 1W * *", "day of month", "1 to 31"),
        ("0 0 9 * 13 *", "month", "JAN to DEC"),
        ("0 0 9 * FOO *", "month", "JAN to DEC"),
        ("0 0 9 * * 1#2", "day of week", "SUN to SAT"),
        ("0 0 9 * * 8", "day of week", "0 and 7 are Sunday"),
        ("*/0 * * * *", "minutes", "a step is 1 to 59"),
        ("0 0 22-2 * * *", "hours", "write “22-23,0-2”"),
        ("0 0 9 ,1 * *", "day of month", None),
        ("0 ? 9 * * *", "minutes", None),
        ("0 0 0 30 2 *", "day of month", "no date ever matches"),
        ("@reboot", "", "@daily"),
        ("0 ٣ * * * *", "minutes", None),
    ],
)
def test_a_mistake_is_named_with_its_field(given, field, told):
    with pytest.raises(CronError) as caught:
        normalise(given)
    if told:
        assert caught.value.field == field
        assert told in str(caught.value)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 0 9 * * MON", "2026-11-23T10:00:00", "2026-11-30T09:00:00"),
        ("*/5 * * * * *", "2026-11-23T10:00:03", "2026-11-23T10:00:05"),
        ("*/5 * * * * *", "2026-11-23T10:00:05", "2026-11-23T10:00:10"),
        ("*/5 * * * * *", "2026-11-23T10:00:04.999", "2026-11-23T10:00:05"),
        ("0 0 0 29 2 *", "2026-11-23T10:00:00", "2028-02-29T00:00:00"),
        # Both the day of the month and the day of the week must match.
        ("0 0 9 1 * MON", "2026-11-23T10:00:00", "2027-02-01T09:00:00"),
        ("0 30 9 * * SUN,SAT", "2026-11-23T10:00:00", "2026-11-28T09:30:00"),
    ],
)
def test_the_next_run_is_after_and_in_utc(expression, after, expected):
    found = next_run(expression, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_what_never_comes_has_no_next_run():
    assert next_run("0 0 0 30 2 *", datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 9 * * 1-5", "At 09:00, Monday through Friday"),
        ("*/5 * * * * *", "Every 5 seconds"),
        ("@daily", "At 00:00, every day"),
        ("0 30 14 1 * MON", "At 14:30, on day 1 of the month, only if it is Monday"),
    ],
)
def test_it_is_said_in_plain_words(expression, words):
    assert describe(expression) == words
