"""`/health`, `/metrics`, `/capabilities`."""

import os
import threading
from pathlib import Path

from fastapi import Response

from ratchet_web import __version__
from ratchet_web.server import wire
from ratchet_web.server.routes.base import Running, answer, one, router
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.errors import Unavailable

routes = router()
root_routes = router()


@root_routes.get("/health")
@routes.get("/health")
async def health(server: Running) -> Response:
    """Say how each component is; 503 where nothing can be read."""
    checks = [await _database(server), _workers(server), _queue(server), _schedules(server)]
    checks += [_retention(server)] if server.retention.failure else []
    words = {check["status"] for check in checks}
    status = next(word for word in ("unhealthy", "degraded", "healthy") if word in words)
    body = {
        "status": status,
        "version": __version__,
        "timestamp": wire.instant(server.now_ms()),
        "uptimeSeconds": server.uptime_s(),
        "checks": checks,
    }
    return answer(body, 503 if status == "unhealthy" else 200)


@routes.get("/capabilities")
async def capabilities(server: Running) -> Response:
    """Say what this server offers beyond the contract."""
    offers = {"events": True, "logFollow": True, "sourceCode": True, "taskCheck": True, "bulk": True}
    return one(
        {"server": "ratchet-web", "version": __version__, **offers, "workers": server.settings.workers}
    )


@root_routes.get("/metrics")
@routes.get("/metrics")
async def metrics(server: Running) -> Response:
    """Return the contract's metrics, as far as they are known here."""
    now_ms = server.now_ms()
    executions = await server.store.executions.counts(now_ms)
    jobs = await server.store.jobs.counts(now_ms)
    schedules = await server.store.schedules.counts(now_ms)
    tasks = await server.store.tasks.counts()
    completed, failed = (executions.by_status[c] for c in (ExecutionCode.COMPLETED, ExecutionCode.FAILED))
    figures = {
        "systemInfo": {"version": __version__, "uptimeSeconds": int(server.uptime_s())},
        "resources": _resources(),
        "application": {
            "tasks": {"totalTasks": tasks.total, "enabledTasks": tasks.enabled},
            "executions": {
                "totalExecutions": sum(executions.by_status.values()),
                "runningExecutions": executions.by_status[ExecutionCode.RUNNING],
                "completedExecutions": completed,
                "failedExecutions": failed,
                "cancelledExecutions": executions.by_status[ExecutionCode.CANCELLED],
                "averageExecutionTimeMs": executions.completed_duration_ms / completed if completed else 0.0,
                "successRatePercent": 100 * completed / (completed + failed) if completed + failed else 0.0,
            },
            "jobs": {
                "totalJobs": sum(jobs.by_status.values()),
                "pendingJobs": jobs.by_status[JobCode.QUEUED] + jobs.by_status[JobCode.RETRYING],
                "processingJobs": jobs.by_status[JobCode.PROCESSING],
                "completedJobs": jobs.by_status[JobCode.COMPLETED],
                "failedJobs": jobs.by_status[JobCode.FAILED],
                "averageQueueTimeMs": jobs.mean_wait_ms or 0.0,
            },
            "schedules": {
                "totalSchedules": schedules.total,
                "enabledSchedules": schedules.enabled,
                "overdueSchedules": schedules.due,
                "nextExecutionInSeconds": _seconds_until(schedules.next_run, now_ms),
            },
        },
    }
    return answer(wire.stats(figures, now_ms))


def _seconds_until(time_ms: int | None, now_ms: int) -> int | None:
    return None if time_ms is None else max(time_ms - now_ms, 0) // 1000


async def _database(server: Server) -> dict[str, str]:
    try:
        await server.store.tasks.counts()
    except Unavailable as error:
        return _check("database", "unhealthy", str(error))
    return _check("database", "healthy", "answers")


def _workers(server: Server) -> dict[str, str]:
    size, live = server.settings.workers, server.pool.live
    if live < size:
        return _check("workers", "degraded" if live else "unhealthy", f"{live} of {size} are there")
    return _check("workers", "healthy", f"{server.queue.running} of {size} are busy")


def _queue(server: Server) -> dict[str, str]:
    if not server.queue.going:
        return _check("queue", "unhealthy", "stands still: nothing that waits is run")
    return _check("queue", "healthy", "gives out work")


def _schedules(server: Server) -> dict[str, str]:
    if not server.scheduler.going:
        return _check("schedules", "unhealthy", "stand still: none fires")
    return _check("schedules", "healthy", "fire when they are due")


def _retention(server: Server) -> dict[str, str]:
    return _check("retention", "degraded", f"old rows were not removed: {server.retention.failure}")


def _check(name: str, status: str, message: str) -> dict[str, str]:
    return {"name": name, "status": status, "message": message}


def _resources() -> dict[str, int]:
    figures = {"threadCount": threading.active_count()}
    # Only Linux tells these without another dependency; elsewhere they are absent rather than wrong.
    statm, descriptors = Path("/proc/self/statm"), Path("/proc/self/fd")
    if statm.exists():
        pages = int(statm.read_text().split()[1])
        figures["memoryUsageMb"] = pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000
        figures["fileDescriptors"] = len(list(descriptors.iterdir()))
    return figures
