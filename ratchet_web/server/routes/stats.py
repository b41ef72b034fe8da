"""`/tasks/stats`, `/executions/stats`, `/jobs/stats`, `/schedules/stats`.

They stand before the nouns' own routes, which would take `stats` for an id.
"""

from fastapi import Response

from ratchet_web.server import wire
from ratchet_web.server.routes.base import Running, answer, router
from ratchet_web.server.store.codes import ExecutionCode

routes = router()


@routes.get("/tasks/stats")
async def tasks(server: Running) -> Response:
    """Count tasks."""
    counts = await server.store.tasks.counts()
    figures = {
        "totalTasks": counts.total,
        "enabledTasks": counts.enabled,
        "disabledTasks": counts.total - counts.enabled,
        "registryTasks": 0,
        "databaseTasks": counts.total,
        "lastSync": None,
    }
    return answer(wire.stats(figures, server.now_ms()))


@routes.get("/executions/stats")
async def executions(server: Running) -> Response:
    """Count executions by status."""
    counts = await server.store.executions.counts(server.now_ms())
    by_status = counts.by_status
    completed, failed = by_status[ExecutionCode.COMPLETED], by_status[ExecutionCode.FAILED]
    ended = completed + failed
    figures = {
        "totalExecutions": sum(by_status.values()),
        **{f"{code.name.lower()}Executions": n for code, n in by_status.items()},
        "averageDurationMs": counts.completed_duration_ms / completed if completed else None,
        "successRate": 100 * completed / ended if ended else None,
        "executionsLast24h": counts.last_24h,
    }
    return answer(wire.stats(figures, server.now_ms()))


@routes.get("/jobs/stats")
async def jobs(server: Running) -> Response:
    """Count jobs by status."""
    counts = await server.store.jobs.counts(server.now_ms())
    figures = {
        "totalJobs": sum(counts.by_status.values()),
        **{f"{code.name.lower()}Jobs": n for code, n in counts.by_status.items()},
        "averageWaitTimeMs": counts.mean_wait_ms,
        "jobsLast24h": counts.last_24h,
    }
    return answer(wire.stats(figures, server.now_ms()))


@routes.get("/schedules/stats")
async def schedules(server: Running) -> Response:
    """Count schedules."""
    counts = await server.store.schedules.counts(server.now_ms())
    figures = {
        "totalSchedules": counts.total,
        "enabledSchedules": counts.enabled,
        "disabledSchedules": counts.total - counts.enabled,
        "schedulesReadyToRun": counts.due,
        "nextExecution": wire.instant(counts.next_run),
        "lastExecution": wire.instant(counts.last_run),
    }
    return answer(wire.stats(figures, server.now_ms()))
