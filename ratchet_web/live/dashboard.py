"""Watching the server as a whole: what is wrong, what runs and waits now, what comes."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.api.retry import passing
from ratchet_web.live.counted import note, standing
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.logic.alerts import NORMAL, RECENT, Alert, Situation, alerts, judged_since
from ratchet_web.logic.counting import Counting
from ratchet_web.logic.jobs_queue import idle_of
from ratchet_web.logic.schedules_load import Load, load
from ratchet_web.logic.trends import Trend, step_of, trend_of
from ratchet_web.models.dialect import Ability, Dialect
from ratchet_web.models.executions import ExecutionQuery, ExecutionStats, ExecutionStatus
from ratchet_web.models.jobs import JobStats
from ratchet_web.models.jobs_queue import Queue
from ratchet_web.models.monitoring import Change, Health
from ratchet_web.models.schedules import Schedule, ScheduleQuery
from ratchet_web.models.series import PERIODS

FAILURES: Final = ExecutionQuery(status=ExecutionStatus.FAILED, sort="-completed_at", limit=5)
MOST_CHECKS, MOST_WORD, MOST_WORKERS, SHOWN_SCHEDULES = 50, 100, 50, 6
# Of so many schedules, those that fire first, the load is told and lateness judged.
COMING: Final = ScheduleQuery(enabled=True, sort="next_run", limit=100)
# Times of tasks, and the rate of failures, change slowly.
TYPICAL_S, RATE_S = 60.0, 5.0
DAY: Final = PERIODS["24h"]
T = TypeVar("T")


@dataclass
class Known:
    """What was read a while ago and is still good; times are those of the loop."""

    typical: dict[str, float] = field(default_factory=dict)
    typical_at: float = float("-inf")
    trend: Trend | None = None
    trend_at: float = float("-inf")
    # Whether the last look made do with an earlier trend.
    behind: bool = False
    load: Load | None = None
    load_of: object = None


@dataclass(frozen=True)
class Dashboard(Topic):
    """`dashboard`: no rows, everything is in `about`. What belongs to a range is `dashboard/24h`.

    `executions` and `jobs`: their statistics. `alerts`: what is wrong; `unjudged`: of what nothing is known.
    `failures`: the last executions that failed. `schedules`: the next ones, with `typical_ms`; `load`: what
    comes within an hour. `queue`: since when the oldest job is ready. `workers`, `idle`: null where nobody
    says. `health`: `status`, `version`, `checks`. `counted_since`: from when on the console counts by itself.
    """

    LEAST_GAP_S: ClassVar = 1.0
    SAFETY_S: ClassVar = 15.0

    known: Known = field(default_factory=Known, compare=False, repr=False)

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it counts or lists."""
        return any(is_about(change, noun) for noun in ("executions", "jobs", "schedules", "pauses"))

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Soon again, where the rate of failures that was told is not the newest."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        return min(wait_s, RATE_S) if wait_s and self.known.behind and not failures else wait_s

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return all of it."""
        dialect = await api.dialect()
        (executions, jobs, failures, schedules, health), (queue, pauses) = await asyncio.gather(
            asyncio.gather(
                api.executions.stats(),
                api.jobs.stats(),
                api.executions.page(FAILURES),
                api.schedules.page(COMING),
                api.monitoring.health(),
            ),
            asyncio.gather(optional(api.jobs.queue()), optional(api.pauses.all())),
        )
        now = datetime.now(UTC)
        own = None if dialect.can(Ability.SERIES) else note(api, now, executions, queue)
        trend = await self._day(api, own, now)
        await self._learn_times(api, dialect)
        since = judged_since(now, step_of(DAY))
        coming = sorted((s for s in schedules.rows if s.enabled), key=_first)
        situation = Situation(
            now,
            queue,
            pauses or (),
            standing(own) if own else None,
            coming,
            trend.between(since).ended() if trend else None,
            since,
            trend.between(since - NORMAL, since).ended() if trend else None,
            health.checks if dialect.can(Ability.HEALTH) else None,
            max(since - NORMAL, own.since) if own and own.since else None,
        )
        failed = [row for row in failures.rows if row.status is ExecutionStatus.FAILED]
        about: Row = {
            "executions": executions.model_dump(mode="json"),
            "jobs": jobs.model_dump(mode="json"),
            "alerts": [told(each) for each in alerts(situation)],
            "unjudged": situation.unjudged(),
            "failures": [list_row(row) for row in failed[: FAILURES.limit]],
            "schedules": [self._coming(each) for each in coming[:SHOWN_SCHEDULES]],
            "load": self._load(coming, now),
            "queue": _queued(queue),
            "workers": _workers(queue),
            "idle": idle_of(queue.workers) if queue else None,
            # Without the fields that differ at every look.
            "health": _health(health),
            "counted_since": own.since_s * 1000 if own and own.since_s else None,
        }
        return Snapshot((), about, _busy(executions, jobs))

    async def _day(self, api: Ratchet, own: Counting | None, now: datetime) -> Trend | None:
        """Return the last day, in quarters of an hour."""
        if own is not None:
            return own.trend(DAY, int(now.timestamp()))
        self.known.behind = time.monotonic() - self.known.trend_at <= RATE_S
        if not self.known.behind:
            since = now - NORMAL - RECENT - timedelta(seconds=step_of(DAY))
            found = await optional(api.executions.series(DAY, since))
            self.known.trend = trend_of(found, step_of(DAY)) if found else None
            self.known.trend_at = time.monotonic()
        return self.known.trend

    async def _learn_times(self, api: Ratchet, dialect: Dialect) -> None:
        """Find out how long the runs of each task take, on average."""
        if not dialect.can(Ability.SERIES) or time.monotonic() - self.known.typical_at <= TYPICAL_S:
            return
        found = await optional(api.executions.top(PERIODS["7d"], "runs", 100))
        if found:
            means = ((task.task_id, task.duration_ms.mean) for task in found.tasks)
            self.known.typical = {id: mean for id, mean in means if mean is not None}
        self.known.typical_at = time.monotonic()

    def _load(self, coming: Sequence[Schedule], now: datetime) -> Row:
        """Return what comes within an hour, computed anew by the minute and when schedules changed."""
        minute_s = int(now.timestamp()) // 60 * 60
        timing = tuple((each.id, each.task_id, each.cron_expression, each.time_zone) for each in coming)
        of = (minute_s, timing, self.known.typical_at)
        if self.known.load is None or self.known.load_of != of:
            self.known.load = load(coming, self.known.typical, int(now.timestamp()))
            self.known.load_of = of
        found = self.known.load
        most_at = None if found.most_at_s is None else found.most_at_s * 1000
        work_ms = found.work_ms if found.timed else None
        return {"runs": found.runs, "most": found.most, "most_at": most_at, "work_ms": work_ms}

    def _coming(self, schedule: Schedule) -> Row:
        return {**list_row(schedule), "typical_ms": self.known.typical.get(schedule.task_id)}


async def optional(asked: Awaitable[T]) -> T | None:
    """Return an answer, None where the server has none for us; one that is away is an error still."""
    try:
        return await asked
    except RatchetError as error:
        if passing(error):
            raise
        return None


def told(alert: Alert) -> Row:
    """Return an alert as browsers get it."""
    return alert._asdict()


def _first(schedule: Schedule) -> tuple[bool, Any]:
    return schedule.next_run is None, schedule.next_run


def waiting_now(queue: Queue | None) -> int | None:
    """Return how many jobs wait for a worker alone; where nobody tells those apart, all that wait."""
    each = [lane.waiting if lane.ready is None else lane.ready for lane in queue.lanes] if queue else [None]
    return None if None in each else sum(n or 0 for n in each)


def _queued(queue: Queue | None) -> Row:
    """Return how many wait now, of them since when the oldest, and how many later: null where unknown."""
    lanes = queue.lanes if queue else ()
    oldest = min((lane.oldest_ready_at for lane in lanes if lane.oldest_ready_at), default=None)
    apart = [lane for lane in lanes if lane.ready is not None and lane.waiting is not None]
    later = sum((lane.waiting or 0) - (lane.ready or 0) for lane in apart)
    return {
        "now": waiting_now(queue),
        "oldest_at": oldest.isoformat() if oldest else None,
        "later": later if len(apart) == len(lanes) and lanes else None,
    }


def _workers(queue: Queue | None) -> list[Row] | None:
    if queue is None or queue.workers is None:
        return None
    return [list_row(each) for each in queue.workers[:MOST_WORKERS]]


def _health(health: Health) -> Row:
    """Return what is shown of it: the components by name, each once."""
    checks = list({check.name: list_row(check) for check in health.checks}.values())
    return {
        "status": health.status[:MOST_WORD],
        "version": health.version[:MOST_WORD],
        "checks": checks[:MOST_CHECKS],
    }


def _busy(executions: ExecutionStats, jobs: JobStats) -> bool:
    moving = (executions.pending_executions, executions.running_executions, jobs.processing_jobs)
    return any(moving) or bool(jobs.queued_jobs or jobs.retrying_jobs)
