"""What is easily overlooked in a cron expression: dates that come rarely, and those that some months lack."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ratchet_web.logic.cron import MONTHS, Run, values_of

YEAR = timedelta(days=366)
_LEAP, _COMMON = 2028, 2027
# More than so many in a minute are worth a word: each is a job.
_OFTEN = 1


def hints(expression: str, after: datetime, runs: Sequence[Run]) -> list[str]:
    """Return sentences about a normalised expression, whose next runs after a moment are these."""
    seconds, minutes, hours, days, months, _ = values_of(expression)
    uneven = [_uneven(minutes, 60, "minute", "hour"), _uneven(hours, 24, "hour", "day")]
    found = [_rare(after, runs), _short_months(days, months), *uneven, _often(len(seconds))]
    return [each for each in found if each]


def _rare(after: datetime, runs: Sequence[Run]) -> str:
    """Return what to know where more than a year lies between two runs, or before the first."""
    moments = [after, *(run.at for run in runs)]
    if not any(later - earlier > YEAR for earlier, later in pairwise(moments)):
        return ""
    leap = all((run.local.month, run.local.day) == (2, 29) for run in runs)
    why = "29 February comes in leap years only" if leap else "This date and weekday meet seldom"
    years = ", ".join(dict.fromkeys(str(run.local.year) for run in runs[:4]))
    return f"{why}: more than a year lies between two runs, which come in {years}."


def _short_months(days: Iterable[int], months: Iterable[int]) -> str:
    """Return which months are left out because they end before the first of the days."""
    first, wanted = min(days), sorted(months)
    out = [_name(month) for month in wanted if first > _length(_COMMON, month)]
    if not out or len(out) == len(wanted):
        return ""
    listed = ", ".join(out[:-1]) + f" and {out[-1]}" if len(out) > 1 else out[0]
    leap = ", but in leap years" if first == 29 else ""
    return f"{listed} {'are' if len(out) > 1 else 'is'} left out{leap}: there is no day {first}."


def _uneven(values: Iterable[int], whole: int, unit: str, larger: str) -> str:
    """Return what becomes of a step that does not divide the next larger unit."""
    steps = {later - earlier for earlier, later in pairwise(sorted(values))}
    step, last = min(steps, default=whole), max(values)
    if len(steps) != 1 or step == 1 or last + step < whole or whole % step == 0:
        return ""
    return (
        f"Every {step} {unit}s begins anew with each {larger}: the last step is only {whole - last} {unit}s."
    )


def _often(seconds: int) -> str:
    return f"It fires {seconds} times in a minute, and each time queues a job." if seconds > _OFTEN else ""


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _name(month: int) -> str:
    return MONTHS[month - 1]
