"""Watching the server as a whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.models.executions import ExecutionQuery, ExecutionStats, ExecutionStatus
from ratchet_web.models.jobs import JobStats
from ratchet_web.models.monitoring import Change, Health
from ratchet_web.models.schedules import ScheduleQuery

FAILURES = ExecutionQuery(status=ExecutionStatus.FAILED, sort="-completed_at", limit=8)
MOST_CHECKS, MOST_WORD = 50, 100
COMING = ScheduleQuery(enabled=True, sort="next_run", limit=6)


@dataclass(frozen=True)
class Dashboard(Topic):
    """`dashboard`: no rows, everything is in `about`.

    `executions` and `jobs`: their statistics. `failures`: the last eight executions that failed.
    `schedules`: the next six. `health`: `status`, `version`, `checks`.
    """

    LEAST_GAP_S: ClassVar = 0.5
    SAFETY_S: ClassVar = 15.0

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it counts or lists."""
        return any(is_about(change, noun) for noun in ("executions", "jobs", "schedules"))

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return all of it."""
        executions, jobs, failures, schedules, health = await asyncio.gather(
            api.executions.stats(),
            api.jobs.stats(),
            api.executions.page(FAILURES),
            api.schedules.page(COMING),
            api.monitoring.health(),
        )
        failed = [row for row in failures.rows if row.status is ExecutionStatus.FAILED]
        coming = sorted(
            (s for s in schedules.rows if s.enabled), key=lambda s: (s.next_run is None, s.next_run)
        )
        about: Row = {
            "executions": executions.model_dump(mode="json"),
            "jobs": jobs.model_dump(mode="json"),
            "failures": [list_row(row) for row in failed[: FAILURES.limit]],
            "schedules": [list_row(row) for row in coming[: COMING.limit]],
            # Without the fields that differ at every look.
            "health": _health(health),
        }
        return Snapshot((), about, _busy(executions, jobs))


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


@dataclass(frozen=True)
class Link(Topic):
    """`link`: no rows; `about` says how changes reach this process. It asks nobody."""

    LEAST_GAP_S: ClassVar = 0.05

    state: Callable[[], Row]

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By no change of the server."""
        return False

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return what is known of the link."""
        return Snapshot((), self.state())

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Never by itself: the link says when it changed."""
        return None
