"""The queue as it is now: what waits in which lane, what runs, what comes when."""

from datetime import datetime
from typing import Literal

from ratchet_web.models.base import Id, Wire
from ratchet_web.models.jobs import JobPriority, JobStatus


class QueueLane(Wire):
    """The waiting jobs of one priority; None where nobody says, or looking would take too long.

    `waiting` are all of them: `ready` wait for a worker alone, `scheduled` for a set time, `retrying` for
    their next attempt. `oldest_job_id` has been ready for longest, since `oldest_ready_at`. `arrived` (became
    ready), `started` (attempts) and `ended` are those of the queue's window.
    """

    priority: JobPriority = JobPriority("unknown")
    waiting: int | None = None
    ready: int | None = None
    scheduled: int | None = None
    retrying: int | None = None
    oldest_job_id: Id | None = None
    oldest_ready_at: datetime | None = None
    arrived: int | None = None
    started: int | None = None
    ended: int | None = None


# The priority of a lane in which all of them stand together.
EVERY = JobPriority("all")


def lane_of(queued: int | None, retrying: int | None, priority: JobPriority = EVERY) -> QueueLane:
    """Return a lane of which only the numbers by status are known: who of them is ready, nobody says."""
    waiting = None if queued is None or retrying is None else queued + retrying
    return QueueLane(priority=priority, waiting=waiting, retrying=retrying)


class QueueWorker(Wire):
    """A worker and what it runs: an attempt of a job, or an execution without one."""

    name: str = ""
    status: Literal["idle", "busy", "starting"] = "starting"
    execution_id: Id | None = None
    job_id: Id | None = None
    task_id: Id | None = None
    task_name: str | None = None
    priority: JobPriority | None = None
    started_at: datetime | None = None


class QueueDelayed(Wire):
    """Jobs that wait for their time, counted by buckets of `step_s` from `start` on, in each priority.

    `later`: how many have a time after the last bucket; None: more than are looked at, and buckets from
    `until` on are not known.
    """

    start: datetime | None = None
    step_s: int = 0
    critical: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    normal: tuple[int, ...] = ()
    low: tuple[int, ...] = ()
    later: int | None = None
    until: datetime | None = None


class QueueComing(Wire):
    """A job that waits for its time, or for its next attempt."""

    id: Id
    task_id: Id = ""
    task_name: str | None = None
    priority: JobPriority = JobPriority("unknown")
    status: JobStatus = JobStatus("unknown")
    due_at: datetime | None = None
    retry_count: int | None = None
    max_retries: int | None = None


class QueueAsked(Wire):
    """The job that was asked for.

    `ahead`: the ready ones that go before it, None where it is not ready or they are too many to count;
    `begun`: how many jobs, of whichever task, began in the queue's window.
    """

    id: Id
    status: JobStatus = JobStatus("unknown")
    priority: JobPriority = JobPriority("unknown")
    task_id: Id = ""
    task_name: str | None = None
    ready: bool | None = None
    due_at: datetime | None = None
    execution_id: Id | None = None
    ahead: int | None = None
    begun: int | None = None


class Queue(Wire):
    """`GET /jobs/queue`. `window_s`: of which time what moved is counted; `running`: jobs that run."""

    lanes: tuple[QueueLane, ...] = ()
    window_s: float | None = None
    running: int | None = None
    workers: tuple[QueueWorker, ...] | None = None
    delayed: QueueDelayed | None = None
    coming: tuple[QueueComing, ...] | None = None
    job: QueueAsked | None = None
