"""What is wrong, in sentences that lead to the place. Pure; every threshold stands here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Final, Literal, NamedTuple

from ratchet_web.logic.jobs_queue import hold, in_time, meaning
from ratchet_web.logic.trends import Ended, total
from ratchet_web.models.jobs_queue import Queue, QueueLane
from ratchet_web.models.monitoring import Check
from ratchet_web.models.pauses import Pause
from ratchet_web.models.schedules import Schedule

# A lane whose oldest job has been ready for so long, while none began, is stuck.
STUCK: Final = timedelta(minutes=1)
# Where nobody tells since when jobs wait: for so long nothing ended while some did.
STANDING: Final = timedelta(minutes=5)
# A schedule whose time passed so long ago is late; clocks differ by some seconds.
LATE: Final = timedelta(minutes=2)
# Failures are judged by the last so many minutes at least, and their normal rate by the day before.
RECENT: Final = timedelta(minutes=30)
NORMAL: Final = timedelta(hours=24)
# Fewer than these say nothing of a rate.
FEWEST_RECENT, FEWEST_NORMAL, FEWEST_FAILED = 5, 20, 3
# Above its normal: twice as high, and by more than chance (three standard deviations) would have it.
TIMES_NORMAL, DEVIATIONS = 2.0, 3.0
# Where no normal rate is known yet.
WITHOUT_NORMAL: Final = 0.5
# More than this share of a whole day is wrong, also where it is normal, or too few to know what is.
MOST: Final = 0.5
MOST_NAMED: Final = 3

HEALTH: Final = ("/system", "See health")
Level = Literal["bad", "warn"]


class Alert(NamedTuple):
    """Something that is wrong: a title, a sentence with its figures, and where to look."""

    id: str
    level: Level
    title: str
    words: str
    href: str
    link: str


class Standing(NamedTuple):
    """What the console itself has seen of a queue that tells little: how many wait, since when none ended."""

    waiting: int
    since: datetime


@dataclass(frozen=True)
class Situation:
    """What is known at a moment; None where the server does not tell.

    `recent` are those that ended from `recent_since` on, `normal` those of the time before, from
    `normal_since` on: a day, unless less is known.
    """

    now: datetime
    queue: Queue | None = None
    pauses: Sequence[Pause] = ()
    standing: Standing | None = None
    schedules: Sequence[Schedule] | None = None
    recent: Ended | None = None
    recent_since: datetime | None = None
    normal: Ended | None = None
    checks: Sequence[Check] | None = None
    normal_since: datetime | None = None

    def unjudged(self) -> list[str]:
        """Return in words what nothing can be said of."""
        queue = self.queue and (self.queue.workers is not None or any(_oldest(self.queue)))
        told = {
            "how long jobs wait": queue or self.standing,
            "workers": self.queue is not None and self.queue.workers is not None,
            "late schedules": self.schedules is not None,
            "the rate of failures": self.recent is not None and self.recent.all is not None,
            "the health of its parts": self.checks is not None,
        }
        return [what for what, known in told.items() if not known]


def judged_since(now: datetime, step_s: int) -> datetime:
    """Return from when on failures are judged: where a bucket of `step_s` begins, which counts as a whole."""
    since_s = int((now - RECENT).timestamp())
    return datetime.fromtimestamp(since_s - since_s % step_s, UTC)


def alerts(situation: Situation) -> list[Alert]:
    """Return what is wrong, the worst first."""
    workers = list(_workers(situation.queue))
    # What has an alert of its own, with figures, is not told twice.
    checks = [check for check in situation.checks or () if not (workers and check.name == "workers")]
    found = [
        *_unwell(checks),
        *workers,
        *_stuck(situation),
        *_failing(situation),
        *_late(situation.schedules or (), situation.now),
    ]
    return sorted(found, key=lambda alert: alert.level != "bad")


def _unwell(checks: Iterable[Check]) -> Iterator[Alert]:
    for check in (each for each in checks if each.status in ("degraded", "unhealthy")):
        level: Level = "bad" if check.status == "unhealthy" else "warn"
        name = check.name.replace("_", " ").capitalize()
        words = check.message or f"The server says that it is {check.status}."
        title = f"{name} is {check.status}"
        yield Alert(f"health-{check.name}", level, title, words, *HEALTH)


def _workers(queue: Queue | None) -> Iterator[Alert]:
    if queue is None or queue.workers is None or any(each.status != "starting" for each in queue.workers):
        return
    waiting = sum(lane.ready or 0 for lane in queue.lanes)
    wait = f"{_jobs(waiting)} ready and cannot begin" if waiting else "What is queued will not begin"
    starting = len(queue.workers)
    some = "a worker is starting" if starting == 1 else f"{starting} workers are starting"
    words = f"No worker is there{f', {some}' if starting else ''}: {wait[0].lower() + wait[1:]}."
    yield Alert("workers", "bad" if not starting else "warn", "No worker", words, *HEALTH)


def _stuck(situation: Situation) -> Iterator[Alert]:
    queue, now = situation.queue, situation.now
    held = hold(situation.pauses, None)
    if situation.standing and not held.whole and now - situation.standing.since >= STANDING:
        stood = _since(situation.standing.since, now)
        words = f"{_jobs(situation.standing.waiting)} waiting, and nothing has ended for {stood}."
        yield Alert("queue", "warn", "The queue stands still", words, "/jobs/queue", "See the queue")
    if queue is None or queue.workers == ():
        return
    waits = [lane for lane in queue.lanes if _is_stuck(lane, now)]
    stuck = [lane for lane in waits if meaning(lane, queue, now, held).alarming]
    if not stuck:
        return
    worst = min(stuck, key=lambda lane: lane.oldest_ready_at or now)
    ready = sum(lane.ready or 0 for lane in stuck)
    said = meaning(worst, queue, now, held).words
    words = f"{_jobs(ready)} ready, the oldest for {_since(worst.oldest_ready_at, now)}. {said}"
    level: Level = "bad" if "idle" in said or "no worker" in said else "warn"
    yield Alert("queue", level, "The queue is stuck", words, "/jobs/queue", "See the queue")


def _is_stuck(lane: QueueLane, now: datetime) -> bool:
    return bool(lane.ready) and lane.oldest_ready_at is not None and now - lane.oldest_ready_at >= STUCK


def _failing(situation: Situation) -> Iterator[Alert]:
    recent, normal = situation.recent or Ended(), situation.normal or Ended()
    since = situation.recent_since or situation.now - RECENT
    enough = (recent.all or 0) >= FEWEST_RECENT and (recent.failed or 0) >= FEWEST_FAILED
    usual = normal.failure if (normal.all or 0) >= FEWEST_NORMAL else None
    if enough and is_above(recent.failure or 0, recent.all or 0, usual):
        above, compare = "More failures than normal", f"normally {_percent(usual or 0)}"
        if usual is None:
            above, compare = "Many executions fail", "and no normal rate is known yet"
        yield _failed(above, recent, since, situation.now, f", {compare}")
        return
    whole = Ended(*map(total, zip(recent, normal, strict=True)))
    if (whole.failed or 0) >= FEWEST_FAILED and (whole.failure or 0) > MOST and not _recovered(recent):
        day = situation.normal_since or since - NORMAL
        yield _failed("Most executions fail", whole, day, situation.now)


def _recovered(recent: Ended) -> bool:
    """Return whether enough of what ended last went well."""
    return (recent.all or 0) >= FEWEST_FAILED and (recent.failure or 0) <= MOST


def _failed(title: str, ended: Ended, since: datetime, now: datetime, compare: str = "") -> Alert:
    words = (
        f"{ended.failed:,} of the {ended.all:,} executions that ended in the last "
        f"{_since(since, now)} failed: {_percent(ended.failure or 0)}{compare}."
    )
    begun = since.astimezone(UTC).replace(second=0, microsecond=0)
    href = f"/executions?ended_since={begun:%Y-%m-%dT%H:%M:%SZ}&sort=-completed_at&status=FAILED"
    return Alert("failures", "bad", title, words, href, "See what failed")


def is_above(rate: float, ended: int, usual: float | None) -> bool:
    """Return whether a failure rate among so many is above its normal, None where that is not known."""
    if usual is None:
        return rate >= WITHOUT_NORMAL
    # None among few does not mean never.
    likely = max(usual, 1 / FEWEST_NORMAL)
    chance = DEVIATIONS * sqrt(likely * (1 - likely) / ended)
    return rate >= TIMES_NORMAL * usual and rate > usual + chance


def _late(schedules: Iterable[Schedule], now: datetime) -> Iterator[Alert]:
    late = [each for each in schedules if each.enabled and each.next_run and now - each.next_run >= LATE]
    if not late:
        return
    late.sort(key=lambda each: each.next_run or now)
    told = [f"{each.name} by {_since(each.next_run, now)}" for each in late[:MOST_NAMED]]
    more = len(late) - len(told)
    rest = [f"{more} more"] if more else []
    many = "A schedule is late" if len(late) == 1 else f"{len(late):,} schedules are late"
    href = f"/schedules/{late[0].id}" if len(late) == 1 else "/schedules?enabled=true&sort=next_run"
    words = f"{many}: {', '.join([*told, *rest])}."
    yield Alert("schedules", "warn", "Late schedules", words, href, "See schedules")


def _oldest(queue: Queue) -> Iterator[bool]:
    return (lane.oldest_ready_at is not None or lane.ready is not None for lane in queue.lanes)


def _since(at: datetime | None, now: datetime) -> str:
    return in_time((now - (at or now)).total_seconds())


def _jobs(n: int) -> str:
    return "One job is" if n == 1 else f"{n:,} jobs are"


def _percent(share: float) -> str:
    value = 100 * share
    return f"{value:.1f}".removesuffix(".0") + " %" if value < 10 else f"{round(value)} %"
