"""What a good Ratchet server answers, complete in every field: a hostile one twists it (`mischief.py`)."""

import json
import re
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from ratchet_web.models.executions import Execution, ExecutionStats
from ratchet_web.models.jobs import Job, JobStats
from ratchet_web.models.monitoring import Capabilities, Health
from ratchet_web.models.schedules import Schedule, ScheduleStats
from ratchet_web.models.series import Series
from ratchet_web.models.tasks import Task, TaskStats
from ratchet_web.models.tasks_activity import TaskActivity

PREFIX = "/api/v1"
AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TIMES = dict.fromkeys(("queued_at", "started_at", "completed_at", "created_at", "updated_at"), AT)
SCHEMA = {"type": "object", "properties": {"name": {"type": "string", "title": "Name"}}, "required": ["name"]}
PAYLOADS = {"input": {"name": "you"}, "output": {"greeting": "Hello", "job_id": 1}}
ROWS = 3
SELECTION = re.compile(r"(?:(\w+): )?\b(tasks?|executions?|jobs?|schedules?)\(([^()]*)\)")
NOUNS = {"task": "tasks", "execution": "executions", "job": "jobs", "schedule": "schedules"}


class Asked(NamedTuple):
    """A request: `path` without the prefix of the API, `query` with one value for each name."""

    method: str
    path: str
    query: dict[str, str]
    body: Any

    @classmethod
    def of(cls, method: str, target: str, body: bytes) -> "Asked":
        """Read a request line and a body."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        return cls(method, parts.path.removeprefix(PREFIX), query, json.loads(body) if body else None)


class Told(NamedTuple):
    """An answer: JSON, or a list of server-sent events `(name, value)`; None is an empty one."""

    status: int
    value: Any = None
    events: tuple[tuple[str, Any], ...] | None = None


def rows(noun: str, marker: str = "true") -> list[dict[str, Any]]:
    """Return rows with a value in every field; `marker` shows in all that people read."""
    made = {"tasks": _task, "executions": _execution, "jobs": _job, "schedules": _schedule}[noun]
    return [made(str(n), marker) for n in range(1, ROWS + 1)]


def contract(asked: Asked, marker: str = "true") -> Told:
    """Return what a server that keeps the contract answers."""
    fixed = {
        "/capabilities": {"data": _wire(_capabilities())},
        "/health": _wire(_health()),
        "/metrics": {"requests": 12, "uptime": 3.5},
        "/metrics/prometheus": "ratchet_up 1",
        "/tasks/check": {"data": {"valid": True, "errors": []}},
        "/tasks/stats": {"stats": _filled(TaskStats)},
        "/executions/stats": {"stats": _filled(ExecutionStats)},
        "/jobs/stats": {"stats": _filled(JobStats)},
        "/schedules/stats": {"stats": _filled(ScheduleStats)},
        "/series": {"data": _series()},
        "/tasks/activity": {"data": [_activity(str(n)) for n in range(1, ROWS + 1)]},
    }
    if asked.path in fixed:
        return Told(200, fixed[asked.path])
    if asked.path == "/events":
        change = {"resource": "jobs", "id": "1", "kind": "updated", "version": 4}
        return Told(200, events=(("change", change), ("reset", {})))
    if "/logs" in asked.path:
        return _logs(asked)
    return _of_rows(asked, marker)


def native(asked: Asked, marker: str = "true") -> Told:
    """Return what the native server answers: its lists and rows come by GraphQL."""
    if asked.path == "/graphql":
        selections = SELECTION.findall(asked.body["query"])
        return Told(
            200, {"data": {alias or name: _selected(name, told, marker) for alias, name, told in selections}}
        )
    if asked.path in ("/capabilities", "/events"):
        return Told(404, {"error": {"code": "NOT_FOUND", "message": "Not found", "status": 404}})
    return contract(asked, marker)


def _selected(name: str, arguments: str, marker: str) -> Any:
    if name in NOUNS:
        wanted = re.search(r'id: "(\w+)"', arguments)
        return next((row for row in rows(NOUNS[name], marker) if wanted and row["id"] == wanted[1]), None)
    found = rows(name, marker)
    status = re.search(r"status: (\w+)", arguments)
    if status:
        found = [row for row in found if row["status"] == status[1]]
    return {"items": found, "meta": {"total": len(found)}}


def _of_rows(asked: Asked, marker: str) -> Told:
    noun, _, rest = asked.path.strip("/").partition("/")
    id, _, verb = rest.partition("/")
    if noun not in NOUNS.values():
        return Told(404, {"error": {"code": "NOT_FOUND", "message": "Not found", "status": 404}})
    found = rows(noun, marker)
    if not id and asked.method == "GET":
        pagination = {"page": 1, "limit": 25, "total": ROWS, "totalExact": True, "totalPages": 1}
        return Told(200, {"data": found, "meta": {"pagination": pagination}})
    row = next((row for row in found if row["id"] == (id or "1")), None)
    if row is None:
        return Told(
            404, {"error": {"code": "NOT_FOUND", "message": f"There is no {noun} {id}", "status": 404}}
        )
    if asked.method == "DELETE":
        return Told(204)
    if verb == "trigger":
        return Told(201, {"success": True, "message": "ok", "data": rows("jobs", marker)[0]})
    return Told(200, {"success": True, "message": "ok", "data": row} if verb else {"data": row})


def _logs(asked: Asked) -> Told:
    lines = [{"seq": n, "time": AT.isoformat(), "level": "info", "text": f"line {n}"} for n in (1, 2, 3)]
    meta = {"total": 3, "done": True, "next": None, "complete": True}
    if asked.path.endswith("/matches"):
        return Told(200, {"data": [[1, 3]], "meta": meta})
    if asked.path.endswith("/levels"):
        return Told(200, {"data": {"debug": 0, "info": 3, "warn": 0, "error": 0}})
    if "follow" in asked.query:
        return Told(200, events=(("lines", {"lines": lines, "total": 3}), ("end", {"total": 3})))
    return Told(200, {"data": lines, "meta": meta})


def _task(id: str, marker: str) -> dict[str, Any]:
    task = Task(
        id=id,
        uuid=f"uuid-{id}",
        name=f"{marker}-task-{id}",
        description=f"{marker} description",
        version="1.0.0",
        source_code="async function main(input) { return input; }",
        input_schema=SCHEMA,
        output_schema=SCHEMA,
        metadata={"owner": "me"},
        available_versions=("1.0.0", "1.1.0"),
        in_sync=True,
        revision=2,
        validated_at=AT,
        created_at=AT,
        updated_at=AT,
    )
    return _wire(task)


def _execution(id: str, marker: str) -> dict[str, Any]:
    status = ("FAILED", "RUNNING", "COMPLETED")[int(id) % 3]
    execution = Execution.model_validate(
        {
            **dict.fromkeys(("queued_at", "started_at", "completed_at", "scheduled_for"), AT),
            "id": id,
            "task_id": "1",
            "task_name": f"{marker}-task-1",
            "status": status,
            **PAYLOADS,
            "error_message": f"{marker} failed",
            "error_details": {"stack": "Error: x\n  at main:1"},
            "duration_ms": 1234,
            "http_requests": [{"url": "http://x"}],
            "can_retry": True,
            "progress": 0.4,
            "progress_note": "half",
            "task_version": "1.0.0",
            "job_id": "1",
            "schedule_id": "1",
            "attempt": 1,
            "worker": "w1",
            "log_lines": 3,
            "wait_ms": 12,
            "priority": "NORMAL",
            "can_cancel": status == "RUNNING",
        }
    )
    return _wire(execution)


def _job(id: str, marker: str) -> dict[str, Any]:
    job = Job.model_validate(
        {
            **dict.fromkeys(("queued_at", "started_at", "completed_at", "scheduled_for"), AT),
            "id": id,
            "task_id": "1",
            "task_name": f"{marker}-task-1",
            "priority": "HIGH",
            "status": ("QUEUED", "FAILED", "COMPLETED")[int(id) % 3],
            "retry_count": 1,
            "max_retries": 3,
            "error_message": f"{marker} failed",
            "input": {"name": "you"},
            "schedule_id": "1",
            "output_destinations": [{"authentication": {"token": "secret"}}],
            "execution_id": "1",
            "attempts": 1,
            "retry_policy": {"backoff": "FIXED"},
        }
    )
    return _wire(job)


def _schedule(id: str, marker: str) -> dict[str, Any]:
    schedule = Schedule.model_validate(
        {
            **dict.fromkeys(("next_run", "last_run", "created_at", "updated_at", "last_skipped_at"), AT),
            "id": id,
            "task_id": "1",
            "task_name": f"{marker}-task-1",
            "name": f"{marker}-schedule-{id}",
            "description": f"{marker} description",
            "cron_expression": "0 0 5 * * *",
            "input": {},
            "cron_words": "At 05:00",
            "last_job_id": "1",
            "next_runs": [AT, AT],
            "fired_runs": 4,
            "last_status": "COMPLETED",
            "max_retries": 3,
            "allow_overlap": False,
        }
    )
    return _wire(schedule)


def _capabilities() -> Capabilities:
    every = ("events", "log_follow", "source_code", "task_check", "bulk", "activity", "log_search")
    return Capabilities.model_validate(
        {"server": "Good", "version": "1.0.0", "workers": 2, **dict.fromkeys(every, True)}
    )


def _series() -> dict[str, Any]:
    times = {"p50": [5, None], "p95": [7, None], "p99": [9, None], "mean": [6, None]}
    start = ["2026-01-01T10:00:00Z", "2026-01-01T10:15:00Z"]
    counts = {"completed": [3, 0], "failed": [1, 0], "cancelled": [0, 0]}
    return _wire(Series.model_validate({"start": start, **counts, "duration_ms": times}))


def _activity(id: str) -> dict[str, Any]:
    hours = {"completed": [1] * 24, "failed": [0] * 24}
    last = {"id": "1", "status": "FAILED", "queued_at": "2026-01-01T10:00:00Z"}
    counts = {"completed": 24, "failed": 1, "cancelled": 0, "success_rate": 96, "duration_ms": {"p95": 7}}
    return _wire(TaskActivity.model_validate({"id": id, "last_run": last, "hours": hours, **counts}))


def _health() -> Health:
    checks = [{"name": "database", "status": "healthy", "message": "fine"}]
    return Health.model_validate(
        {"status": "healthy", "version": "1.0.0", "uptime_seconds": 5, "checks": checks}
    )


def _filled(model: Any) -> Any:
    """Return statistics with a number in every field that takes one."""
    return _wire(model.model_validate(dict.fromkeys(model.model_fields, 3)))


def _wire(model: Any) -> dict[str, Any]:
    made: dict[str, Any] = model.model_dump(mode="json", by_alias=True)
    return made
