"""Watching how one task fares: its last runs, its schedules, its figures over a period."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar, Final

from ratchet_web.api import Ratchet
from ratchet_web.live.executions import are_unfinished
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.monitoring import Change
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.series import Period, Series

STRIP: Final = 40
JUDGED: Final = 20
NEWEST_FAILURES: Final = 5
MOST_SCHEDULES: Final = 10
# From so many of its judged runs on a task is said to fail, not to fail now and then.
FAILING: Final = 0.25
ENDED: Final = (ExecutionStatus.COMPLETED, ExecutionStatus.FAILED)
SHOWN: Final = frozenset(
    {"id", "status", "duration_ms", "queued_at", "started_at", "completed_at", "error_message"}
)


@dataclass(frozen=True)
class TaskOverview(Topic):
    """`overview/12`: the last runs of a task as rows, the oldest first.

    `about`: `health` (`kind`, `words`), `failures`, `schedules` (with `more` where there are others).
    """

    LEAST_GAP_S: ClassVar = 1.5
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By its runs and by schedules; of what just began nobody says whose it is."""
        if is_about(change, "schedules"):
            return True
        known = any(row["id"] == change.id for row in last.rows)
        return is_about(change, "executions") and (known or change.kind == "created")

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return all of it."""
        newest = ExecutionQuery(task=self.id, limit=STRIP)
        failed = ExecutionQuery(task=self.id, status=ExecutionStatus.FAILED, limit=NEWEST_FAILURES)
        coming = ScheduleQuery(task=self.id, sort="next_run", limit=MOST_SCHEDULES)
        runs, failures, schedules = await asyncio.gather(
            api.executions.page(newest), api.executions.page(failed), api.schedules.page(coming)
        )
        # What a server could not narrow is not of this task.
        mine = [run for run in runs.rows if run.task_id == self.id][:STRIP]
        wrong = [run for run in failures.rows if not failed.misses(run)]
        about = {
            "health": health(mine),
            "failures": [_short(run) for run in wrong[:NEWEST_FAILURES]],
            "schedules": [list_row(each) for each in schedules.rows if each.task_id == self.id],
            "more": (schedules.total or 0) > MOST_SCHEDULES,
        }
        return Snapshot(tuple(_short(run) for run in reversed(mine)), about, are_unfinished(mine))


def health(newest_first: Sequence[Execution]) -> Row:
    """Return how a task fares by its last runs: `kind` (`ok`, `warn`, `bad`, `none`), and it in `words`."""
    ended = [run for run in newest_first if run.status in ENDED][:JUDGED]
    if not ended:
        return {"kind": "none", "words": "No run has ended yet" if newest_first else "It has never run"}
    failed = sum(run.status is ExecutionStatus.FAILED for run in ended)
    in_a_row = sum(1 for _ in takewhile(lambda run: run.status is ExecutionStatus.FAILED, ended))
    of_all = f"{failed} of the last {len(ended)} runs failed"
    if not failed:
        return {"kind": "ok", "words": f"Healthy: the last {_runs(len(ended))} completed"}
    if in_a_row > 1 or failed == len(ended):
        return {"kind": "bad", "words": f"Failing: the last {_runs(in_a_row)} failed"}
    if failed >= FAILING * len(ended):
        return {"kind": "bad", "words": f"Failing: {of_all}"}
    return {"kind": "warn", "words": f"Fails now and then: {of_all}"}


def _runs(count: int) -> str:
    return "run" if count == 1 else f"{count} runs"


def _short(run: Execution) -> Row:
    return {name: value for name, value in list_row(run).items() if name in SHOWN}


@dataclass(frozen=True)
class TaskFigures(Topic):
    """`figures/12/24h`: no rows; `about` has `stats` of a period, and `series`, its columns by buckets."""

    LEAST_GAP_S: ClassVar = 5.0
    id: str
    period: Period

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it counts."""
        return is_about(change, "executions")

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the figures; nothing, and without a question, where the server has none."""
        if not (await api.dialect()).can(Ability.ACTIVITY):
            return Snapshot()
        stats, series = await asyncio.gather(
            api.tasks.figures(self.id, self.period), api.tasks.series(self.id, self.period)
        )
        return Snapshot((), {"stats": stats.model_dump(mode="json"), "series": _columns(series)})


def _columns(series: Series) -> Row:
    told = series.model_dump(mode="json")
    rates = [
        None if good is None or bad is None or not good + bad else round(100 * bad / (good + bad), 2)
        for good, bad in zip(series.completed, series.failed, strict=False)
    ]
    counts = {name: told[name] for name in ("start", "completed", "failed", "cancelled")}
    return {**counts, **{name: told["duration_ms"][name] for name in ("p50", "p95", "p99")}, "rate": rates}
