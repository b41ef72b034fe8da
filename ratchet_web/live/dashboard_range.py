"""Watching a stretch of time: what ended in it and how, how deep the queue was, against the time before."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from ratchet_web.api import Ratchet
from ratchet_web.live.counted import counted
from ratchet_web.live.dashboard import optional, waiting_now
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.logic.comparing import Compared, Good, compared, compared_share
from ratchet_web.logic.trends import LANES, Ended, Trend, mean, step_of, trend_of
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import ExecutionStats
from ratchet_web.models.monitoring import Change
from ratchet_web.models.series import PERIODS, Period
from ratchet_web.models.stats import TaskRuns

TOP: Final = 5
# What is over changes only as time goes on.
BEFORE_S: Final = 30.0
KEPT: Final = timedelta(days=30)
UNKNOWN: Final = ExecutionStats()


@dataclass
class Before:
    """The figures of the period before, read at a time of the loop."""

    stats: ExecutionStats = UNKNOWN
    at: float = float("-inf")


@dataclass(frozen=True)
class DashboardRange(Topic):
    """`dashboard/24h`: no rows; `about` has all that belongs to a range of time that ends now.

    `figures`: by name, `value` and how it changed (`mark`, `words`, `kind`, `before`). `beside`: whether
    anything is known of the period before, so that figures of now can stand beside it. `series`: columns by
    the `start` of their buckets of `step_ms`; `lanes`: which of the queue there are. `failing`, `slowest`:
    tasks, null where nobody says. `since`: from when on something is known, in ms, null: all of it.
    """

    # What charts show is drawn once in five seconds at most.
    LEAST_GAP_S: ClassVar = 5.0
    SAFETY_S: ClassVar = 15.0

    period: Period
    before: Before = field(default_factory=Before, compare=False, repr=False)

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever ends or waits."""
        return is_about(change, "executions") or is_about(change, "jobs")

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return all of it."""
        now = datetime.now(UTC)
        dialect = await api.dialect()
        if not dialect.can(Ability.SERIES):
            return self._counted(api, now)
        period = self.period
        since = max(now - 2 * period.length, now - KEPT)
        stats, series, failing, slowest, queue, before = await asyncio.gather(
            api.executions.figures(period),
            api.executions.series(period, since),
            optional(api.executions.top(period, "failed", TOP)),
            optional(api.executions.top(period, "slowest", TOP)),
            optional(api.jobs.queue()),
            self._earlier(api, now),
        )
        trend = trend_of(series, step_of(period))
        cut = now - period.length
        earlier = trend.between(now - 2 * period.length, cut)
        about = {
            "figures": figures(stats, before, waiting_now(queue), earlier),
            "beside": self._has_earlier and _is_known(before, earlier),
            **_drawn(trend.between(cut - timedelta(seconds=step_of(period)))),
            "failing": None if failing is None else _failing(failing.tasks),
            "slowest": None if slowest is None else _top(slowest.tasks),
            "since": None,
        }
        return Snapshot((), about, bool(stats.running_executions or stats.pending_executions))

    @property
    def _has_earlier(self) -> bool:
        return 2 * self.period.length <= KEPT

    async def _earlier(self, api: Ratchet, now: datetime) -> ExecutionStats:
        """Return the figures of the period before; unknown where the server no longer has them."""
        if not self._has_earlier:
            return UNKNOWN
        if time.monotonic() - self.before.at > BEFORE_S:
            found = await optional(api.executions.figures(self.period, now - self.period.length))
            self.before.stats, self.before.at = found or UNKNOWN, time.monotonic()
        return self.before.stats

    def _counted(self, api: Ratchet, now: datetime) -> Snapshot:
        """Return what the console has counted itself."""
        counting = counted(api)
        trend = counting.trend(self.period, int(now.timestamp()))
        last, over = counting.last, trend.ended()
        stats = ExecutionStats(
            running_executions=last.running if last else None,
            completed_executions=over.completed,
            failed_executions=over.failed,
            success_rate=over.success,
        )
        about = {
            "figures": figures(stats, UNKNOWN, last.waiting if last else None, Trend()),
            "beside": False,
            **_drawn(trend),
            "failing": None,
            "slowest": None,
            "since": counting.since_s * 1000 if counting.since_s else None,
        }
        return Snapshot((), about, True)


def figures(stats: ExecutionStats, before: ExecutionStats, waiting: int | None, earlier: Trend) -> Row:
    """Return each figure with how it changed; what runs and waits now stands beside its mean of before."""
    was = Ended(before.completed_executions, before.failed_executions)
    run, wait = (stats.duration_ms, before.duration_ms), (stats.wait_ms, before.wait_ms)
    told: dict[str, tuple[float | None, Compared]] = {
        "running": (stats.running_executions, _of_means(stats.running_executions, mean(earlier.running))),
        "queued": (waiting, _of_means(waiting, mean(earlier.waiting), "less")),
        "failed": (stats.failed_executions, compared(stats.failed_executions, was.failed, "less")),
        "success": (stats.success_rate, compared_share(stats.success_rate, was.success, "more")),
    }
    for name, (ours, theirs) in (("run", run), ("wait", wait)):
        for which in ("p50", "p95"):
            pair = getattr(ours, which), getattr(theirs, which)
            told[f"{name}_{which}"] = (pair[0], compared(*pair, "less", "ms"))
    return {name: {"value": value, **change._asdict()} for name, (value, change) in told.items()}


def _is_known(before: ExecutionStats, earlier: Trend) -> bool:
    """Return whether the server was there: none that ended, and no look at it, may mean that it was not."""
    ended = before.completed_executions or before.failed_executions
    return bool(ended) or any(mean(of) is not None for of in (earlier.running, earlier.waiting))


def _of_means(now: int | None, usual: float | None, good: Good = "neither") -> Compared:
    return compared(now, None if usual is None else round(usual, 1), good)


def _drawn(trend: Trend) -> Row:
    return {
        "series": {
            "start": [at.isoformat().replace("+00:00", "Z") for at in trend.start],
            "completed": list(trend.completed),
            "failed": list(trend.failed),
            **{name: list(trend.depth[name]) for name in (*LANES, "all") if name in trend.depth},
        },
        "step_ms": trend.step_s * 1000,
        "lanes": [name for name in (*LANES, "all") if name in trend.depth],
    }


def _top(tasks: Sequence[TaskRuns]) -> list[Row]:
    return [list_row(task) for task in tasks[:TOP]]


def _failing(tasks: Sequence[TaskRuns]) -> list[Row]:
    """Return those that fail most; their rate is of those that were `not_cancelled`, None where unknown."""
    some = [task for task in tasks if task.failed][:TOP]
    return [{**list_row(task), "not_cancelled": _not_cancelled(task)} for task in some]


def _not_cancelled(task: TaskRuns) -> int | None:
    return None if task.completed is None or task.failed is None else task.completed + task.failed


def parsed(name: str) -> DashboardRange | None:
    """Return the topic of this name, None if it is none."""
    noun, _, range = name.partition("/")
    return DashboardRange(name, PERIODS[range]) if noun == "dashboard" and range in PERIODS else None
