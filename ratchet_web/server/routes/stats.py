"""`/tasks/stats`, `/executions/stats`, `/jobs/stats`, `/schedules/stats`.

They stand before the nouns' own routes, which would take `stats` for an id.

A period looks at what waits or runs now and at what ended in that time; `from` says when that begins. `all`
counts every row that is kept: what retention removed is no longer in it. Percentiles are exact, or within
`percentileErrorPercent`. What nothing is known of is null.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response

from ratchet_web.logic.histograms import Summary
from ratchet_web.models import envelopes
from ratchet_web.models.executions import ExecutionStats
from ratchet_web.models.jobs import JobStats
from ratchet_web.models.schedules import ScheduleStats
from ratchet_web.models.stats import TopTasks
from ratchet_web.models.tasks import TaskStats
from ratchet_web.server import wire
from ratchet_web.server.parameters.stats import (
    EndedPeriodParameters,
    PeriodParameters,
    TaskPeriodParameters,
    TopParameters,
)
from ratchet_web.server.routes.base import Running, answer, router
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.stats import Code, Counts, TaskTally
from ratchet_web.server.store.tallies import Tally

routes = router()

Figures = dict[str, Any]
_OPEN = (ExecutionCode.PENDING, ExecutionCode.RUNNING)


@routes.get("/tasks/stats", response_model=envelopes.Figures[TaskStats])
async def tasks(server: Running, parameters: Annotated[PeriodParameters, Query()]) -> Response:
    """Count the tasks that there are, whatever the period."""
    counts = await server.store.tasks.counts()
    figures = {
        "totalTasks": counts.total,
        "enabledTasks": counts.enabled,
        "disabledTasks": counts.total - counts.enabled,
        "registryTasks": counts.synced,
        "databaseTasks": counts.total - counts.synced,
        "validationErrors": counts.faulty,
        "lastSync": wire.instant((await server.store.tasks.last_sync()).last_ms),
    }
    return answer(wire.stats(figures, server.now_ms(), parameters.period))


@routes.get("/executions/stats", response_model=envelopes.Figures[ExecutionStats])
async def executions(server: Running, parameters: Annotated[EndedPeriodParameters, Query()]) -> Response:
    """Count executions by status, with the times that they took; of one that is over, what ended."""
    now_ms = server.now_ms()
    counts = await server.store.stats.executions(parameters.span(now_ms), now_ms)
    over, ended = parameters.until is not None, counts.by_status
    told = {code: None if over and code in _OPEN else n for code, n in ended.items()}
    figures = {
        "totalExecutions": sum(n or 0 for n in told.values()),
        **{f"{code.name.lower()}Executions": n for code, n in told.items()},
        "averageDurationMs": counts.run.mean,
        "successRate": share(ended[ExecutionCode.COMPLETED], ended[ExecutionCode.FAILED]),
        "executionsLast24h": None if over else counts.last_24h,
        **_times(counts),
    }
    return answer(wire.stats(figures, now_ms, parameters.period))


@routes.get("/executions/stats/tasks", response_model=envelopes.Figures[TopTasks])
async def executions_by_task(server: Running, parameters: Annotated[TopParameters, Query()]) -> Response:
    """Return the tasks with the most runs or failures, or the longest runs, among those that had an end."""
    now_ms = server.now_ms()
    rows, found = await server.store.stats.by_task(parameters.span(now_ms), now_ms)
    ranked = sorted((_task(row) for row in rows), key=_RANKS[parameters.sort], reverse=True)
    figures = {
        "tasks": [row for row in ranked if row["runs"]][: parameters.limit],
        "from": wire.instant(found.since_ms),
        "percentileErrorPercent": percent(found.error),
    }
    return answer(wire.stats(figures, now_ms, parameters.period))


@routes.get("/jobs/stats", response_model=envelopes.Figures[JobStats])
async def jobs(server: Running, parameters: Annotated[TaskPeriodParameters, Query()]) -> Response:
    """Count jobs by status, with the times that their attempts waited and took."""
    now_ms = server.now_ms()
    counts = await server.store.stats.jobs(parameters.span(now_ms), now_ms)
    ended = counts.by_status
    figures = {
        "totalJobs": sum(ended.values()),
        **{f"{code.name.lower()}Jobs": n for code, n in ended.items()},
        "averageWaitTimeMs": counts.wait.mean,
        "successRate": share(ended[JobCode.COMPLETED], ended[JobCode.FAILED]),
        "jobsLast24h": counts.last_24h,
        **_times(counts),
    }
    return answer(wire.stats(figures, now_ms, parameters.period))


@routes.get("/schedules/stats", response_model=envelopes.Figures[ScheduleStats])
async def schedules(server: Running, parameters: Annotated[PeriodParameters, Query()]) -> Response:
    """Count the schedules that there are; the mean interval is that of the jobs queued in the period."""
    now_ms = server.now_ms()
    counts = await server.store.schedules.counts(now_ms)
    intervals = await server.store.stats.intervals(parameters.since_ms(now_ms))
    figures = {
        "totalSchedules": counts.total,
        "enabledSchedules": counts.enabled,
        "disabledSchedules": counts.total - counts.enabled,
        "schedulesReadyToRun": counts.due,
        "averageExecutionIntervalMinutes": (
            intervals.total_ms / intervals.number / 60_000 if intervals.number else None
        ),
        "nextExecution": wire.instant(counts.next_run),
        "lastExecution": wire.instant(counts.last_run),
    }
    return answer(wire.stats(figures, now_ms, parameters.period))


def share(good: int, bad: int) -> float | None:
    """Return how many percent are good, None where there is nothing to judge by."""
    return 100 * good / (good + bad) if good + bad else None


def percent(error: float) -> float:
    """Return a relative error in percent."""
    return round(100 * error, 1)


def _times(counts: Counts[Code]) -> Figures:
    return {
        "durationMs": asdict(counts.run),
        "waitMs": asdict(counts.wait),
        "from": wire.instant(counts.since_ms),
        "percentileErrorPercent": percent(counts.error),
    }


def _task(row: TaskTally) -> Figures:
    tally: Tally = row.tally
    ended = tally.ended
    completed, failed = ended[ExecutionCode.COMPLETED], ended[ExecutionCode.FAILED]
    run: Summary = tally.run.summary()
    return {
        "taskId": str(row.task_id),
        "taskName": row.name,
        "runs": sum(ended.values()),
        "completed": completed,
        "failed": failed,
        "cancelled": ended[ExecutionCode.CANCELLED],
        "failureRate": share(failed, completed),
        "durationMs": asdict(run),
        "waitMs": asdict(tally.wait.summary()),
    }


_RANKS: Mapping[str, Callable[[Figures], tuple[float, ...]]] = {
    "failed": lambda row: (row["failed"], row["runs"]),
    "slowest": lambda row: (
        -1 if row["durationMs"]["p95"] is None else row["durationMs"]["p95"],
        row["runs"],
    ),
    "runs": lambda row: (row["runs"], row["failed"]),
}
