"""When a job that waits for a worker may begin. Pure."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

# Of fewer that ended no pace can be told.
LEAST_ENDED: Final = 5


class QueueAhead(NamedTuple):
    """Due jobs of its priority or a higher one that were queued before a job, and how many ended in an hour.

    None where nobody says.
    """

    jobs: int | None = None
    ended: int | None = None


def estimated_start(ahead: QueueAhead, now: datetime) -> datetime | None:
    """Return when it begins if jobs go on to end as in the last hour; None where that cannot be told."""
    if ahead.jobs is None or ahead.ended is None or ahead.ended < LEAST_ENDED:
        return None
    return now + timedelta(hours=ahead.jobs / ahead.ended)


def in_words(ahead: QueueAhead) -> str:
    """Return what is assumed, or why nothing can be told."""
    if ahead.jobs is None or ahead.ended is None:
        return "Not known: the server does not tell what is ahead of it."
    if not ahead.jobs:
        return "No job is ahead of it: it begins as soon as a worker is free."
    many = f"{ahead.jobs:,} due jobs are" if ahead.jobs > 1 else "One due job is"
    first = f"{many} ahead of it, of its priority or a higher one and queued before it"
    if ahead.ended < LEAST_ENDED:
        return f"Not known: {first}, and only {ahead.ended} ended in the last hour: too few to tell."
    assumed = "It assumes that this goes on, and that no job of a higher priority comes."
    return f"{first}, and {ahead.ended:,} ended in the last hour. {assumed}"
