"""Expressions whose times are hard, each with the moment from which it is looked at, and its sentence."""

from datetime import UTC, datetime
from typing import NamedTuple


class Case(NamedTuple):
    """An expression in a zone, from a moment (UTC) on, and what it is called in plain words."""

    cron: str
    zone: str
    after: str
    words: str

    @property
    def begin(self) -> datetime:
        return datetime.fromisoformat(self.after).replace(tzinfo=UTC)


AMSTERDAM, LONDON, NEW_YORK = "Europe/Amsterdam", "Europe/London", "America/New_York"
LORD_HOWE, SANTIAGO, SYDNEY = "Australia/Lord_Howe", "America/Santiago", "Australia/Sydney"
CHATHAM = "Pacific/Chatham"
SPRING, AUTUMN = "2027-03-27T00:00", "2027-10-30T00:00"
US_SPRING, US_AUTUMN = "2027-03-13T06:00", "2027-11-06T06:00"
PLAIN = "2026-11-30T12:00"

CASES = (
    # Clocks go forward: what is fixed to the gap fires after it, what repeats has nothing to catch up on.
    Case("30 2 * * *", AMSTERDAM, SPRING, "At 02:30, every day"),
    Case("0 2 * * *", AMSTERDAM, SPRING, "At 02:00, every day"),
    Case("0 3 * * *", AMSTERDAM, SPRING, "At 03:00, every day"),
    Case("59 1 * * *", AMSTERDAM, SPRING, "At 01:59, every day"),
    Case("0,30 2 * * *", AMSTERDAM, SPRING, "At 0 and 30 minutes past the hour, at 02:00, every day"),
    Case("30 2 * * SUN", AMSTERDAM, SPRING, "At 02:30, only on Sunday"),
    Case("30 1 * * *", LONDON, SPRING, "At 01:30, every day"),
    Case("30 2 * * *", NEW_YORK, US_SPRING, "At 02:30, every day"),
    Case("0 0 * * *", SANTIAGO, "2026-09-05T00:00", "At 00:00, every day"),
    Case("15 2 * * *", LORD_HOWE, "2027-10-02T00:00", "At 02:15, every day"),
    Case("0 2 * * *", LORD_HOWE, "2027-10-02T00:00", "At 02:00, every day"),
    Case("30 2 * * *", SYDNEY, "2027-10-02T00:00", "At 02:30, every day"),
    Case("*/15 * * * *", AMSTERDAM, "2027-03-28T00:20", "Every 15 minutes"),
    Case("0 * * * *", AMSTERDAM, "2027-03-27T23:20", "Every hour"),
    Case("0 0 */2 * * *", AMSTERDAM, "2027-03-27T20:20", "Every 2 hours"),
    Case("*/20 * * * *", LORD_HOWE, "2027-10-02T14:30", "Every 20 minutes"),
    Case("*/30 * * * * *", AMSTERDAM, "2027-03-28T00:58:40", "Every 30 seconds"),
    # Clocks go back: each time that the clock shows twice comes twice.
    Case("30 2 * * *", AMSTERDAM, AUTUMN, "At 02:30, every day"),
    Case("0 2 * * *", AMSTERDAM, AUTUMN, "At 02:00, every day"),
    Case("0 3 * * *", AMSTERDAM, AUTUMN, "At 03:00, every day"),
    Case("30 1 * * *", LONDON, AUTUMN, "At 01:30, every day"),
    Case("30 1 * * *", NEW_YORK, US_AUTUMN, "At 01:30, every day"),
    Case("45 1 * * *", LORD_HOWE, "2027-04-02T12:00", "At 01:45, every day"),
    Case("30 1 * * *", LORD_HOWE, "2027-04-02T12:00", "At 01:30, every day"),
    Case("30 23 * * *", SANTIAGO, "2027-04-02T12:00", "At 23:30, every day"),
    Case("30 2 * * *", SYDNEY, "2027-04-02T12:00", "At 02:30, every day"),
    Case("*/15 * * * *", AMSTERDAM, "2027-10-31T00:20", "Every 15 minutes"),
    Case("0 * * * *", AMSTERDAM, "2027-10-30T23:20", "Every hour"),
    Case("*/10 * * * *", LORD_HOWE, "2027-04-03T14:35", "Every 10 minutes"),
    Case("30 2 * * SUN", AMSTERDAM, AUTUMN, "At 02:30, only on Sunday"),
    Case("50 2 * * *", CHATHAM, "2027-09-25T00:00", "At 02:50, every day"),
    Case("30 3 * * *", CHATHAM, "2027-09-25T00:00", "At 03:30, every day"),
    Case("*/15 * * * *", CHATHAM, "2027-09-25T13:20", "Every 15 minutes"),
    Case("10 30 3 * * *", CHATHAM, "2027-04-03T00:00", "At 03:30:10, every day"),
    # Zones without changes of clocks, far from UTC, by the quarter of an hour, or whose rules were changed.
    Case("0 9 * * *", "Asia/Kathmandu", PLAIN, "At 09:00, every day"),
    Case("30 9 * * *", "Asia/Kolkata", PLAIN, "At 09:30, every day"),
    Case("0 0 * * *", "Pacific/Kiritimati", PLAIN, "At 00:00, every day"),
    Case("0 0 * * *", "Pacific/Apia", "2011-12-28T12:00", "At 00:00, every day"),
    Case("30 2 * * *", "America/Sao_Paulo", "2019-11-01T00:00", "At 02:30, every day"),
    Case("0 0 * * *", "America/Sao_Paulo", "2018-11-02T00:00", "At 00:00, every day"),
    Case("30 2 * * *", "Europe/Istanbul", "2016-10-28T00:00", "At 02:30, every day"),
    Case("0 1 * * *", "Europe/Moscow", "2014-10-24T00:00", "At 01:00, every day"),
    Case("30 1 * * *", "America/Mexico_City", "2023-04-01T00:00", "At 01:30, every day"),
    Case("15 0 * * *", "Africa/Casablanca", "2027-02-05T00:00", "At 00:15, every day"),
    Case("30 2 * * *", "UTC", SPRING, "At 02:30, every day"),
    # Leap days, the ends of months and of years.
    Case("0 0 29 2 *", "UTC", PLAIN, "At 00:00, on day 29 of the month, only in February"),
    Case("0 0 29 2 *", "UTC", "2096-01-01T00:00", "At 00:00, on day 29 of the month, only in February"),
    Case("0 12 29 * *", "UTC", "2027-01-01T00:00", "At 12:00, on day 29 of the month"),
    Case("0 12 30 * *", "UTC", "2027-01-01T00:00", "At 12:00, on day 30 of the month"),
    Case("0 12 31 * *", "UTC", "2027-01-01T00:00", "At 12:00, on day 31 of the month"),
    Case("59 59 23 31 12 *", "UTC", PLAIN, "At 23:59:59, on day 31 of the month, only in December"),
    Case("@yearly", AMSTERDAM, PLAIN, "At 00:00, on day 1 of the month, only in January"),
    Case("@annually", NEW_YORK, PLAIN, "At 00:00, on day 1 of the month, only in January"),
    Case("@monthly", AMSTERDAM, PLAIN, "At 00:00, on day 1 of the month"),
    Case("@weekly", AMSTERDAM, PLAIN, "At 00:00, only on Sunday"),
    Case("@daily", AMSTERDAM, PLAIN, "At 00:00, every day"),
    Case("@midnight", SYDNEY, PLAIN, "At 00:00, every day"),
    Case("@hourly", LORD_HOWE, PLAIN, "Every hour"),
    # Both day fields: both must match.
    Case("0 9 13 * FRI", "UTC", PLAIN, "At 09:00, on day 13 of the month, only if it is Friday"),
    Case("0 0 9 1-7 * MON", "UTC", PLAIN, "At 09:00, between day 1 and 7 of the month, only if it is Monday"),
    Case(
        "0 0 12 29 2 SUN",
        "UTC",
        PLAIN,
        "At 12:00, on day 29 of the month, only if it is Sunday, only in February",
    ),
    Case("0 9 ? * 1", "UTC", PLAIN, "At 09:00, only on Monday"),
    Case("0 9 1 * ?", "UTC", PLAIN, "At 09:00, on day 1 of the month"),
    # Names, numbers, steps, ranges and lists, with five and with six fields.
    Case("0 9 * * 1-5", "UTC", PLAIN, "At 09:00, Monday through Friday"),
    Case("0 9 * * 0", "UTC", PLAIN, "At 09:00, only on Sunday"),
    Case("0 9 * * 7", "UTC", PLAIN, "At 09:00, only on Sunday"),
    Case("0 9 * * FRI-MON", "UTC", PLAIN, "At 09:00, only on Sunday, Monday, Friday, and Saturday"),
    Case("0 9 * * MON-FRI/2", "UTC", PLAIN, "At 09:00, only on Monday, Wednesday, and Friday"),
    Case("0 9 * JAN,jul *", "UTC", PLAIN, "At 09:00, only in January and July"),
    Case("0 9 * 3-5 *", "UTC", PLAIN, "At 09:00, March through May"),
    Case("0 9 1 */3 *", "UTC", PLAIN, "At 09:00, on day 1 of the month, every 3 months"),
    Case(
        "0 9-17 * * MON-FRI",
        NEW_YORK,
        PLAIN,
        "At 0 minutes past the hour, between 09:00 and 17:59, Monday through Friday",
    ),
    Case("5/20 * * * *", "UTC", PLAIN, "Every 20 minutes, starting at 5 minutes past the hour"),
    Case(
        "10-30/10 8 * * *",
        "UTC",
        PLAIN,
        "Every 10 minutes, minutes 10 through 30 past the hour, between 08:00 and 08:59",
    ),
    Case(
        "15,45 30 9 * * *",
        "UTC",
        PLAIN,
        "At 15 and 45 seconds past the minute, at 30 minutes past the hour, at 09:00, every day",
    ),
    Case("* * * * *", "UTC", "2026-12-31T23:57:30", "Every minute"),
    Case(
        "*/10 * 23 31 12 *",
        AMSTERDAM,
        "2026-12-31T22:00",
        "Every 10 seconds, between 23:00 and 23:59, on day 31 of the month, only in December",
    ),
)

# Times with seconds in a gap, which croniter moves by whole minutes, and the instants at which they fire.
IN_GAPS = (
    (Case("45 15 2 * * *", LORD_HOWE, "2027-10-02T00:00", ""), "10-02T15:30:00", "10-03T15:15:45"),
    (Case("45 10,20 2 * * *", LORD_HOWE, "2027-10-02T00:00", ""), "10-02T15:30:00", "10-03T15:10:45"),
    # What is meant at the very time to which it would be moved has nothing to catch up on.
    (Case("10,45 15,30 2 * * *", LORD_HOWE, "2027-10-02T12:00", ""), "10-02T15:30:10", "10-02T15:30:45"),
    (Case("10 30 2 * * *", LORD_HOWE, "2027-10-02T12:00", ""), "10-02T15:30:10", "10-03T15:30:10"),
    (Case("45 50 2 * * *", CHATHAM, "2027-09-25T12:00", ""), "09-25T14:00:00", "09-26T13:05:45"),
    (Case("59 44 3 * * *", CHATHAM, "2027-09-25T12:00", ""), "09-25T14:00:00", "09-26T13:59:59"),
    (Case("30 30 2 * * *", AMSTERDAM, SPRING, ""), "03-27T01:30:30", "03-28T01:00:00"),
    (Case("20 */20 * * * *", LORD_HOWE, "2027-10-02T15:10:20", ""), "10-02T15:40:20", "10-02T16:00:20"),
)

# Times that the clock shows twice and of which croniter leaves one out, as both day fields are set.
BEYOND_CRONITER = (
    Case("30 1 1-7 11 SUN", NEW_YORK, US_AUTUMN, ""),
    Case("30 2 25-31 10 SUN", AMSTERDAM, AUTUMN, ""),
    Case("45 1 1-7 4 SUN", LORD_HOWE, "2027-04-02T12:00", ""),
)
