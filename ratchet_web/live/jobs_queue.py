"""Watching the queue: its lanes, what runs, what comes."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import parse_qsl

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.logic.jobs_queue import Hold, estimate, hold, idle_of, meaning, per_minute, rate
from ratchet_web.models.base import is_row_id
from ratchet_web.models.jobs_queue import Queue, QueueDelayed, QueueLane
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pauses import Pause

NAME = "jobs/queue"
# Waits get longer and paces change without any change of a job.
LOOK_S = 5.0


@dataclass(frozen=True)
class JobQueue(Topic):
    """`jobs/queue?task=3&job=12`: a row for each lane, the most urgent first.

    `about`: `waiting` and `running` in all, `workers` with what they run, `idle` how many of them do nothing,
    `delayed` bars with their times, `coming` jobs, `job` the one that was asked for, with its `estimate`.
    """

    NOUN: ClassVar = "jobs"
    # However fast the queue moves, a look a second is what a person can follow.
    LEAST_GAP_S: ClassVar = 1.0
    task: str | None = None
    job: str | None = None

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By jobs, by executions without one (those take workers too), and by what is paused."""
        return any(is_about(change, noun) for noun in ("jobs", "executions", "pauses"))

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Soon again, whatever is announced."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        return min(wait_s, LOOK_S) if wait_s and announced and not failures else wait_s

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the queue as it is."""
        queue, pauses = await asyncio.gather(api.jobs.queue(self.task, self.job), api.pauses.all())
        now = datetime.now(UTC)
        about = {
            "waiting": total(lane.waiting for lane in queue.lanes),
            "ready": total(lane.ready for lane in queue.lanes),
            "running": queue.running,
            "idle": idle_of(queue.workers),
            "workers": None if queue.workers is None else [list_row(each) for each in queue.workers],
            "delayed": None if queue.delayed is None else bars(queue.delayed, now),
            "coming": None if queue.coming is None else [list_row(each) for each in queue.coming],
            "job": asked_of(queue, now, pauses),
        }
        held = hold(pauses, self.task)
        rows = tuple(lane_row(lane, queue, now, held) for lane in queue.lanes)
        return Snapshot(rows, about, bool(about["waiting"] or queue.running))


def total(numbers: Iterator[int | None]) -> int | None:
    """Return the sum; None where one is not known."""
    known = list(numbers)
    return None if None in known else sum(n or 0 for n in known)


def lane_row(lane: QueueLane, queue: Queue, now: datetime, held: Hold) -> Row:
    """Return a lane as it is drawn; `share` of the deepest one, from 0 to 1."""
    depth = lane.waiting if lane.ready is None else lane.ready
    deepest = max((each.waiting if each.ready is None else each.ready) or 0 for each in queue.lanes)
    said = meaning(lane, queue, now, held)
    began = per_minute(lane.started, queue.window_s)
    return {
        "id": lane.priority.value,
        **list_row(lane),
        "depth": depth,
        "share": round((depth or 0) / deepest, 3) if deepest else 0,
        "pace": None if began is None else rate(began) if began else "none",
        "none_later": lane.scheduled == 0 and lane.retrying == 0,
        "words": said.words,
        "alarming": said.alarming,
    }


def bars(delayed: QueueDelayed, now: datetime) -> Row:
    """Return the bars of what is delayed, from now on, each with its time and its numbers by priority."""
    counts = {name: getattr(delayed, name) for name in ("critical", "high", "normal", "low")}
    columns = zip(*counts.values(), strict=False)
    step, start = timedelta(seconds=delayed.step_s), delayed.start or now
    found = [
        {"at": _instant(start + place * step), "n": sum(column), **dict(zip(counts, column, strict=True))}
        for place, column in enumerate(columns)
    ]
    end = start + len(found) * step
    return {
        "step_s": delayed.step_s,
        "bars": found,
        "end": _instant(end),
        "most": max((each["n"] for each in found), default=0),
        "n": sum(each["n"] for each in found),
        "later": delayed.later,
        "until": _instant(delayed.until) if delayed.until else None,
    }


def asked_of(queue: Queue, now: datetime, pauses: Sequence[Pause]) -> Row | None:
    """Return the job that was asked for, with what is estimated of its start; None where there is none."""
    if queue.job is None:
        return None
    found = estimate(queue.job, queue, now, hold(pauses, queue.job.task_id))
    at = _instant(found.at) if found.at else None
    return {**list_row(queue.job), "estimate": {"at": at, "words": found.words}}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parsed(name: str) -> JobQueue | None:
    """Return the topic of this name, None if it is none."""
    noun, _, params = name.partition("?")
    if noun != NAME:
        return None
    try:
        given = parse_qsl(params, keep_blank_values=True, strict_parsing=bool(params), max_num_fields=2)
    except ValueError:
        return None
    asked = dict(given)
    if len(asked) < len(given) or not asked.keys() <= {"task", "job"}:
        return None
    return JobQueue(name, **asked) if all(map(is_row_id, asked.values())) else None
