"""Workers, health, metrics and the doors that do not open. Nearly all of it is invented by the server."""

from typing import Any

from starlette.responses import Response

from tests.doubles.native import answers, bodies
from tests.doubles.native.answers import RefusalError, bad_request, failed, internal_error
from tests.doubles.native.call import Call
from tests.doubles.native.instants import SECOND_NS, offset_rfc3339, rfc3339
from tests.doubles.native.json_text import any_value

VERSION = "0.4.11"
EXTENSION = (
    "Missing request extension: Extension of type `ratchet_web::middleware::auth::AuthContext` was not "
    "found. Perhaps you forgot to add it? See `axum::Extension`."
)


def workers(call: Call) -> Response:
    paging = call.listed().paging
    heartbeat = offset_rfc3339(call.now_ns())
    rows = [{**worker, "last_heartbeat": heartbeat} for worker in WORKERS]
    return answers.one({"workers": rows, "total": 2, "page": paging.page or 1, "limit": paging.width})


WORKERS: list[dict[str, Any]] = [
    {
        "id": "worker-001",
        "status": "running",
        "task_count": 5,
        "current_task": "task-123",
        "uptime_seconds": 3600,
        "memory_usage_mb": 128,
        "cpu_usage_percent": 45.2,
    },
    {
        "id": "worker-002",
        "status": "idle",
        "task_count": 0,
        "current_task": None,
        "uptime_seconds": 7200,
        "memory_usage_mb": 64,
        "cpu_usage_percent": 12.1,
    },
]


def worker_stats(call: Call) -> Response:
    numbers = {
        "totalWorkers": 2,
        "activeWorkers": 1,
        "idleWorkers": 1,
        "runningWorkers": 1,
        "stoppingWorkers": 0,
        "errorWorkers": 0,
        "totalTasks": 5,
        "averageUptimeSeconds": 5400.0,
        "totalMemoryUsageMb": 192,
    }
    return answers.one(answers.stats(numbers, call.now_ns()))


def health(call: Call) -> Response:
    return answers.value(_health(call, None))


def detailed_health(call: Call) -> Response:
    checks = {
        "database": {"status": "healthy", "message": "Database connection healthy", "duration_ms": 0},
        "registry": {"status": "healthy", "message": "Task registry healthy", "duration_ms": 15},
    }
    return answers.value(_health(call, checks))


def _health(call: Call, checks: Any) -> dict[str, Any]:
    return {"status": "healthy", "timestamp": rfc3339(call.now_ns()), "version": VERSION, "checks": checks}


def ready(call: Call) -> Response:
    checks = {
        "database": {"ready": True, "message": "Database connections available"},
        "registry": {"ready": True, "message": "Task registry operational"},
    }
    return answers.value({"status": "ready", "timestamp": rfc3339(call.now_ns()), "checks": checks})


def live(call: Call) -> Response:
    checks = {
        "thread_responsive": {"alive": True, "message": "Main thread responsive"},
        "memory_usage": {"alive": True, "message": "Memory usage normal"},
        "system_time": {"alive": True, "message": "System time valid"},
    }
    told = {"status": "alive", "timestamp": rfc3339(call.now_ns()), "response_time_ms": 0, "checks": checks}
    return answers.value(told)


def metrics(call: Call) -> Response:
    now_ns = call.now_ns()
    system = {
        "version": VERSION,
        "buildTimestamp": offset_rfc3339(now_ns),
        "rustVersion": "unknown",
        "targetTriple": "x86_64",
        "uptimeSeconds": now_ns // SECOND_NS,
        "gitCommit": None,
    }
    told = {
        "systemInfo": system,
        "performance": PERFORMANCE,
        "resources": RESOURCES,
        "application": _application(call),
    }
    return answers.value(answers.stats(told, now_ns))


PERFORMANCE = {
    "requestsPerSecond": 0.0,
    "averageResponseTimeMs": 0.0,
    "p95ResponseTimeMs": 0.0,
    "p99ResponseTimeMs": 0.0,
    "errorRatePercent": 0.0,
    "successRatePercent": 100.0,
}
RESOURCES = {
    "memoryUsageMb": 0,
    "memoryUsagePercent": 0.0,
    "cpuUsagePercent": 0.0,
    "heapSizeMb": 0,
    "heapUsedMb": 0,
    "gcCount": 0,
    "threadCount": 0,
    "fileDescriptors": 0,
}
DATABASE = {
    "connectionPoolSize": 10,
    "activeConnections": 2,
    "idleConnections": 8,
    "totalQueries": 0,
    "slowQueries": 0,
    "averageQueryTimeMs": 0.0,
    "connectionErrors": 0,
}


def _application(call: Call) -> dict[str, Any]:
    state = call.state
    tasks = dict.fromkeys(("enabledTasks", "validatedTasks", "tasksWithErrors", "registrySyncCount"), 0)
    executions = dict.fromkeys(
        ("runningExecutions", "completedExecutions", "failedExecutions", "cancelledExecutions"), 0
    )
    jobs = dict.fromkeys(("pendingJobs", "processingJobs", "completedJobs", "failedJobs", "retryCount"), 0)
    schedules = dict.fromkeys(
        ("enabledSchedules", "overdueSchedules", "successfulTriggers", "failedTriggers"), 0
    )
    rates = {"averageExecutionTimeMs": 0.0, "successRatePercent": 0.0}
    return {
        "database": DATABASE,
        "tasks": {"totalTasks": len(state.tasks), **tasks, "lastSyncTimestamp": None},
        "executions": {"totalExecutions": len(state.executions), **executions, **rates},
        "jobs": {"totalJobs": len(state.jobs), **jobs, "averageQueueTimeMs": 0.0},
        "schedules": {"totalSchedules": len(state.schedules), **schedules, "nextExecutionInSeconds": None},
    }


def prometheus(call: Call) -> Response:
    state = call.state
    gauges = (
        ("tasks_total", "Total number of tasks", len(state.tasks)),
        ("executions_total", "Total number of executions", len(state.executions)),
        ("jobs_total", "Total number of jobs", len(state.jobs)),
        ("schedules_total", "Total number of schedules", len(state.schedules)),
        ("database_connections_active", "Active database connections", 2),
    )
    lines = [
        f"# HELP ratchet_{name} {help}\n# TYPE ratchet_{name} gauge\nratchet_{name} {count}\n"
        for name, help, count in gauges
    ]
    return Response("".join(lines), headers={"content-type": "text/plain; version=0.0.4"})


def openapi(call: Call) -> Response:
    """Only what a client could look at first; the server's own names ten operations."""
    return answers.value(
        {"openapi": "3.1.0", "info": {"title": "Ratchet Task Execution API", "version": VERSION}, "paths": {}}
    )


def docs(call: Call) -> Response:
    return Response("<!DOCTYPE html><title>Ratchet API Documentation</title>", media_type="text/html")


def login(call: Call) -> Response:
    call.read(bodies.LOGIN)
    raise RefusalError(failed(500, "AUTH_ERROR", "Authentication or authorization failed"))


def register(call: Call) -> Response:
    sent = call.read(bodies.REGISTER)
    if len(sent["username"].encode()) < 3:
        raise bad_request("Username must be at least 3 characters")
    if len(sent["password"].encode()) < 6:
        raise bad_request("Password must be at least 6 characters")
    if "@" not in sent["email"]:
        raise bad_request("Invalid email address")
    raise internal_error("Internal server error: Registration service unavailable")


def without_session(call: Call) -> Response:
    return answers.text(500, EXTENSION)


def without_mcp(call: Call) -> Response:
    call.read(any_value)
    raise internal_error("Internal server error: MCP task development service is not available")


def bodiless_without_mcp(call: Call) -> Response:
    raise internal_error("Internal server error: MCP task development service is not available")


def root(call: Call) -> Response:
    return answers.value(
        {
            "service": "Ratchet Task Execution System",
            "version": VERSION,
            "status": "running",
            "endpoints": {
                "rest_api": "/api/v1",
                "graphql": "/graphql",
                "playground": "/playground",
                "mcp_sse": "/mcp",
                "health": "/health",
                "admin": "/admin",
            },
        }
    )


def admin(call: Call) -> Response:
    return Response("<!DOCTYPE html><title>Ratchet Admin Dashboard</title>", media_type="text/html")
