"""What the numbers of a queue mean, in a sentence: why it is so long, and what becomes of it. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from ratchet_web.models.jobs import WAITING, JobStatus
from ratchet_web.models.jobs_queue import Queue, QueueAsked, QueueLane, QueueWorker
from ratchet_web.models.pauses import Pause, PauseScope

# Shorter than that, a job that is ready is simply taken next.
AT_ONCE_S: Final = 5.0
# What grows or shrinks by less than this share of its pace holds steady.
STEADY: Final = 0.05
ENDED: Final = {
    JobStatus.COMPLETED: "has completed",
    JobStatus.FAILED: "has failed",
    JobStatus.CANCELLED: "was cancelled",
}
UNKNOWN: Final = "How fast it moves is not known."


class Said(NamedTuple):
    """A sentence; `alarming`: somebody should look."""

    words: str
    alarming: bool = False


class Estimate(NamedTuple):
    """When a job may begin, None where that cannot be told, and what is assumed, or why not."""

    at: datetime | None
    words: str


class Hold(NamedTuple):
    """What people hold back: `whole` names what stands still altogether, `some` says that a part does."""

    whole: str = ""
    some: bool = False


FREE: Final = Hold()


def hold(pauses: Iterable[Pause], task: str | None) -> Hold:
    """Return what holds the jobs of a task back, or those of all tasks."""
    scopes = {pause.scope: pause for pause in pauses if pause.task_id in (None, task) or task is None}
    if PauseScope.QUEUE in scopes:
        return Hold("the queue")
    if PauseScope.TASK in scopes:
        return Hold("the task") if task else Hold(some=True)
    return FREE


def per_minute(n: int | None, window_s: float | None) -> float | None:
    """Return how many a minute that is."""
    return None if n is None or not window_s else n * 60 / window_s


def idle_of(workers: tuple[QueueWorker, ...] | None) -> int | None:
    """Return how many workers would begin at once."""
    return None if workers is None else sum(worker.status == "idle" for worker in workers)


def meaning(lane: QueueLane, queue: Queue, now: datetime, held: Hold = FREE) -> Said:
    """Return what the numbers of a lane mean."""
    if held.whole and lane.waiting:
        return Said(f"Held back: {held.whole} is paused.")
    began, came = (per_minute(n, queue.window_s) for n in (lane.started, lane.arrived))
    if lane.ready is None or began is None or came is None:
        return Said("" if lane.waiting == 0 else UNKNOWN)
    if not lane.ready:
        return Said(_of_an_empty(lane, began))
    if not began:
        return _of_a_standing(lane, queue, now, held)
    if held.some and idle_of(queue.workers) and _oldest_s(lane, now) >= AT_ONCE_S:
        return Said("What waits longest is held back: tasks are paused.")
    return Said(_of_a_moving(lane.ready, began, came, _is_behind(lane, queue)))


def _of_an_empty(lane: QueueLane, began: float) -> str:
    if began:
        return f"Keeps up: jobs begin as they come, {rate(began)}."
    if lane.waiting:
        return "Nothing is ready: what waits has its time still to come."
    return "Nothing waits."


def _of_a_standing(lane: QueueLane, queue: Queue, now: datetime, held: Hold) -> Said:
    """Nothing of it began in the window."""
    waits_s = (now - lane.oldest_ready_at).total_seconds() if lane.oldest_ready_at else None
    if waits_s is not None and waits_s < AT_ONCE_S:
        return Said("Goes to the next free worker.")
    window_s = queue.window_s or 0.0
    stood = in_time(window_s if waits_s is None else min(window_s, waits_s))
    first = f"Nothing of it has begun for {stood}"
    idle = idle_of(queue.workers)
    if idle and held.some:
        return Said(f"{first}, and tasks are paused.")
    if idle:
        return Said(f"{first}, though {_workers(idle)} idle.", alarming=True)
    if _is_behind(lane, queue):
        return Said(f"{first}: higher priorities go first.")
    return Said(f"{first}: every worker is busy." if queue.workers else f"{first}: there is no worker.", True)


def _oldest_s(lane: QueueLane, now: datetime) -> float:
    return (now - lane.oldest_ready_at).total_seconds() if lane.oldest_ready_at else 0


def _is_behind(lane: QueueLane, queue: Queue) -> bool:
    """Whether jobs of a higher priority are ready, which go first."""
    return any(each.ready for each in queue.lanes[: queue.lanes.index(lane)])


def _of_a_moving(ready: int, began: float, came: float, behind: bool) -> str:
    grows = came - began
    if abs(grows) <= STEADY * began:
        waits = f"A new job waits about {in_time(60 * ready / began)}."
        return f"Holds steady: as many come as begin. {'Higher priorities go first.' if behind else waits}"
    if grows > 0:
        # Of one unit, however slow one of them is: they are to be compared.
        each = _an_hour if min(came, began, grows) < 1 else rate
        return f"Grows by {each(grows)}: {each(came)} come, {each(began)} begin."
    empty_s = 60 * ready / -grows
    return f"Empties in about {in_time(empty_s)} at this rate."


def estimate(job: QueueAsked, queue: Queue, now: datetime, held: Hold = FREE) -> Estimate:
    """Return when the job that was asked for may begin."""
    if job.status is JobStatus.PROCESSING:
        return Estimate(None, "It runs now.")
    if job.status not in WAITING:
        return Estimate(None, f"It waits for nothing: it {ENDED.get(job.status, 'is over')}.")
    if held.whole:
        return Estimate(None, f"It waits until {held.whole} is resumed.")
    if not job.ready:
        what = "its next attempt" if job.status is JobStatus.RETRYING else "its time"
        return Estimate(job.due_at, f"It waits for {what}; from then on for a free worker.")
    if job.ahead is None:
        return Estimate(None, "Not known: too many jobs are ahead of it to count.")
    if not job.ahead:
        return Estimate(None, "No job is ahead of it: it begins as soon as a worker is free.")
    many = "One ready job goes" if job.ahead == 1 else f"{job.ahead:,} ready jobs go"
    first = f"{many} before it, of a higher priority or queued earlier"
    pace = per_minute(job.begun, queue.window_s)
    if not pace:
        return Estimate(None, f"Not known: {first}, and none has begun in {in_time(queue.window_s or 0)}.")
    words = (
        f"{first}. It assumes that jobs go on to begin as in the last {in_time(queue.window_s or 0)} "
        f"({rate(pace)}), and that nothing of a higher priority comes between."
    )
    return Estimate(now + timedelta(minutes=job.ahead / pace), words)


def _workers(n: int) -> str:
    return "a worker is" if n == 1 else f"{n:,} workers are"


def rate(per_min: float) -> str:
    """Return a pace as people say it: `12 a minute`, `2.5 a minute`, `8 an hour`."""
    if per_min >= 9.95:
        return f"{round(per_min):,} a minute"
    if per_min >= 1:
        return f"{per_min:.1f}".removesuffix(".0") + " a minute"
    return _an_hour(per_min)


def _an_hour(per_min: float) -> str:
    return f"{max(1, round(60 * per_min)):,} an hour"


def in_time(seconds: float) -> str:
    """Return about how long that is: `40 s`, `8 min`, `2 h 10 min`, `3 d`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24):,} d"
