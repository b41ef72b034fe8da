"""`/metrics`, as JSON in the contract's shape and as text for Prometheus.

Null is what nobody knows here. The contract wants text for things that this server does not have: the moment
of a build and a version of Rust are empty.
"""

import asyncio
import platform
import sqlite3
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import PlainTextResponse

from ratchet_web import __version__
from ratchet_web.models import envelopes
from ratchet_web.models.metrics import SystemMetrics
from ratchet_web.server import wire
from ratchet_web.server.routes.base import Running, answer, router
from ratchet_web.server.routes.stats import share
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import ExecutionCode, JobCode
from ratchet_web.server.store.tallies import Span
from ratchet_web.server.store.times import Kind
from ratchet_web.server.telemetry import resources
from ratchet_web.server.telemetry.exposition import CONTENT_TYPE, exposition
from ratchet_web.server.telemetry.exposition_figures import gather
from ratchet_web.server.telemetry.requests import Requests

routes = router("/metrics")
root_routes = router("/metrics", root="")

Figures = dict[str, Any]


def _requests(request: Request) -> Requests:
    counted: Requests = request.app.state.requests
    return counted


Counted = Annotated[Requests, Depends(_requests)]


@routes.get("", response_model=envelopes.Figures[SystemMetrics])
@root_routes.get("", response_model=envelopes.Figures[SystemMetrics])
async def metrics(server: Running, requests: Counted) -> Response:
    """Return the contract's metrics."""
    figures = {
        "systemInfo": _system(server),
        "performance": _performance(requests),
        "resources": await asyncio.to_thread(_resources, server),
        "application": await _application(server),
    }
    return answer(wire.stats(figures, server.now_ms()))


@routes.get("/prometheus", response_class=PlainTextResponse)
@root_routes.get("/prometheus", response_class=PlainTextResponse)
async def prometheus(server: Running, requests: Counted) -> Response:
    """Return the metrics in the text format of Prometheus."""
    figures = await gather(server, requests)
    return Response(exposition(figures), media_type=CONTENT_TYPE)


def _system(server: Server) -> Figures:
    return {
        "version": __version__,
        "buildTimestamp": "",
        "gitCommit": None,
        "rustVersion": "",
        "targetTriple": resources.target(),
        "uptimeSeconds": int(server.uptime_s()),
        "pythonVersion": platform.python_version(),
        "sqliteVersion": sqlite3.sqlite_version,
    }


def _performance(requests: Requests) -> Figures:
    minute = requests.minute()
    errors = minute.error_share
    return {
        "requestsPerSecond": minute.per_second,
        "averageResponseTimeMs": minute.times.mean,
        "p95ResponseTimeMs": minute.times.p95,
        "p99ResponseTimeMs": minute.times.p99,
        "errorRatePercent": None if errors is None else 100 * errors,
        "successRatePercent": None if errors is None else 100 * (1 - errors),
    }


def _resources(server: Server) -> Figures:
    used, machine = resources.memory_bytes(), resources.machine_bytes()
    return {
        "memoryUsageMb": None if used is None else used // 1_000_000,
        "memoryUsagePercent": round(100 * used / machine, 2) if used and machine else None,
        "cpuUsagePercent": server.processor.percent(),
        "heapSizeMb": None,
        "heapUsedMb": None,
        "gcCount": resources.collections(),
        "threadCount": resources.threads(),
        "fileDescriptors": resources.descriptors(),
    }


async def _application(server: Server) -> Figures:
    now_ms = server.now_ms()
    return {
        "database": _database(server),
        "tasks": await _tasks(server),
        "executions": await _executions(server, now_ms),
        "jobs": await _jobs(server, now_ms),
        "schedules": await _schedules(server, now_ms),
    }


def _database(server: Server) -> Figures:
    size, in_use = server.store.connections()
    queries = server.store.queries
    return {
        "connectionPoolSize": size,
        "activeConnections": in_use,
        "idleConnections": size - in_use,
        "totalQueries": queries.total,
        "slowQueries": queries.slow,
        "averageQueryTimeMs": queries.mean_ms(),
        "connectionErrors": queries.errors,
    }


async def _tasks(server: Server) -> Figures:
    tasks, syncs = await server.store.tasks.counts(), await server.store.tasks.last_sync()
    return {
        "totalTasks": tasks.total,
        "enabledTasks": tasks.enabled,
        "validatedTasks": tasks.validated,
        "tasksWithErrors": tasks.faulty,
        "registrySyncCount": syncs.times,
        "lastSyncTimestamp": wire.instant(syncs.last_ms),
    }


async def _executions(server: Server, now_ms: int) -> Figures:
    counts = await server.store.stats.executions(Span(), now_ms)
    by_status = counts.by_status
    completed, failed = by_status[ExecutionCode.COMPLETED], by_status[ExecutionCode.FAILED]
    return {
        "totalExecutions": sum(by_status.values()),
        "runningExecutions": by_status[ExecutionCode.RUNNING],
        "completedExecutions": completed,
        "failedExecutions": failed,
        "cancelledExecutions": by_status[ExecutionCode.CANCELLED],
        "averageExecutionTimeMs": counts.run.mean,
        "successRatePercent": share(completed, failed),
    }


async def _jobs(server: Server, now_ms: int) -> Figures:
    counts = await server.store.stats.jobs(Span(), now_ms)
    by_status = counts.by_status
    lifetime = await server.store.series.lifetime()
    return {
        "totalJobs": sum(by_status.values()),
        "pendingJobs": by_status[JobCode.QUEUED] + by_status[JobCode.RETRYING],
        "processingJobs": by_status[JobCode.PROCESSING],
        "completedJobs": by_status[JobCode.COMPLETED],
        "failedJobs": by_status[JobCode.FAILED],
        "averageQueueTimeMs": counts.wait.mean,
        "retryCount": lifetime.events[Kind.RETRIED],
    }


async def _schedules(server: Server, now_ms: int) -> Figures:
    counts = await server.store.schedules.counts(now_ms)
    fired, failed = await server.store.stats.triggers()
    wait_ms = None if counts.next_run is None else max(counts.next_run - now_ms, 0)
    return {
        "totalSchedules": counts.total,
        "enabledSchedules": counts.enabled,
        "overdueSchedules": counts.due,
        "nextExecutionInSeconds": None if wait_ms is None else wait_ms // 1000,
        "successfulTriggers": fired,
        "failedTriggers": failed,
    }
