"""From rows to the contract's JSON: camelCase, ids as decimal text, times in RFC 3339 with milliseconds."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from ratchet_web.logic.cron import Run, describe, next_run_ms
from ratchet_web.logic.schemas import Fault
from ratchet_web.logic.versions import newest_first
from ratchet_web.models.pauses import QUEUE_ROW
from ratchet_web.server.deliveries.destinations import shown
from ratchet_web.server.store.codes import (
    OPEN_EXECUTIONS,
    DeliveryCode,
    ExecutionCode,
    JobCode,
    LevelCode,
    MisfireCode,
    PriorityCode,
    RoleCode,
)
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.schema import QUEUE

NEXT_RUNS: Final = 5
# The payloads of executions: column to the name on the wire.
PAYLOADS: Final = {
    "input": "input",
    "output": "output",
    "error_details": "errorDetails",
    "http_requests": "httpRequests",
}

Json = dict[str, Any]
Present = Callable[[Row], Json]


def task(row: Row) -> Json:
    """Return a `Task`."""
    return {
        "id": str(row.id),
        "uuid": _uuid(row.uuid),
        "name": row.name,
        "description": row.description,
        "version": row.version,
        "enabled": row.enabled,
        "registrySource": row.registry_source,
        "sourcePath": row.source_path,
        "inSync": row.in_sync,
        "sourceCode": row.source_code or "",
        "inputSchema": _json(row.input_schema),
        "outputSchema": _json(row.output_schema),
        "metadata": _json(row.meta),
        "createdAt": instant(row.created_at),
        "updatedAt": instant(row.updated_at),
        "validatedAt": instant(row.validated_at),
        "validationErrors": _json(row.validation_errors),
        "revision": row.revision,
        "availableVersions": newest_first(orjson.loads(row.available_versions)),
    }


def task_version_head(row: Row, current: int) -> Json:
    """Return a `TaskVersionHead`; `current` is the task's revision."""
    return {
        "revision": row.revision,
        "current": row.revision == current,
        "createdAt": instant(row.created_at),
        "restoredFrom": row.restored_from,
        "name": row.name,
        "version": row.version,
    }


def task_version(row: Row, current: int) -> Json:
    """Return a `TaskVersion`; `current` is the task's revision."""
    return {
        **task_version_head(row, current),
        "sourceCode": row.source_code,
        "inputSchema": _json(row.input_schema),
        "outputSchema": _json(row.output_schema),
    }


def input_fault(fault: Fault) -> Json:
    """Return an `InputFault`: the contract names members of the input, and nothing for the whole of it."""
    _, _, field = fault.path.partition(".")
    return {"field": field or None, "message": fault.message, "code": fault.code}


def execution(row: Row) -> Json:
    """Return an `Execution`."""
    status = ExecutionCode(row.status)
    return {
        "id": str(row.id),
        "uuid": _uuid(row.uuid),
        "taskId": str(row.task_id),
        "input": _json(row.input),
        "output": _json(row.output),
        "status": status.name,
        "errorMessage": row.error_message,
        "errorDetails": _json(row.error_details),
        "queuedAt": instant(row.queued_at),
        "startedAt": instant(row.started_at),
        "completedAt": instant(row.completed_at),
        "durationMs": row.duration_ms,
        "httpRequests": _json(row.http_requests),
        "recordingPath": None,
        "canRetry": status is ExecutionCode.FAILED,
        "canCancel": status in OPEN_EXECUTIONS,
        "progress": row.progress,
        "progressNote": row.progress_note,
        "taskName": row.task_name,
        "taskVersion": row.task_version,
        "taskRevision": row.task_revision,
        "taskDeleted": row.task_deleted,
        "jobId": _id(row.job_id),
        "scheduleId": _id(row.schedule_id),
        "retryOf": _id(row.retry_of),
        "attempt": row.attempt,
        "worker": row.worker,
        "logLines": row.log_lines,
        "waitMs": row.wait_ms,
        "retriedBy": _id(row.retried_by),
        "priority": PriorityCode(row.priority).name,
        "scheduledFor": instant(row.scheduled_for),
        "fingerprint": row.fingerprint,
        "leftOut": _left_out(row),
    }


def _left_out(row: Row) -> Json:
    found = {name: getattr(row, f"{column}_left_out", None) for column, name in PAYLOADS.items()}
    return {name: characters for name, characters in found.items() if characters is not None}


def attempt(row: Row) -> Json:
    """Return an execution of a job in short."""
    return {
        "id": str(row.id),
        "attempt": row.attempt,
        "retryOf": _id(row.retry_of),
        "status": ExecutionCode(row.status).name,
        "errorMessage": row.error_message,
        "queuedAt": instant(row.queued_at),
        "startedAt": instant(row.started_at),
        "completedAt": instant(row.completed_at),
        "durationMs": row.duration_ms,
        "waitMs": row.wait_ms,
        "worker": row.worker,
    }


def job(row: Row) -> Json:
    """Return a `Job`."""
    return {
        "id": str(row.id),
        "taskId": str(row.task_id),
        "priority": PriorityCode(row.priority).name,
        "status": JobCode(row.status).name,
        "retryCount": row.retry_count,
        "maxRetries": row.max_retries,
        "queuedAt": instant(row.queued_at),
        "scheduledFor": instant(row.scheduled_for),
        "errorMessage": row.error_message,
        "outputDestinations": shown(row.destinations),
        "retryPolicy": _json(row.retry_policy),
        "input": _json(row.input),
        "taskName": row.task_name,
        "scheduleId": _id(row.schedule_id),
        "startedAt": instant(row.started_at),
        "completedAt": instant(row.completed_at),
        "executionId": _id(row.execution_id),
        "attempts": row.attempts,
    }


def pause(row: Row) -> Json:
    """Return a `Pause`."""
    of_queue = row.task_id == QUEUE
    return {
        "id": QUEUE_ROW if of_queue else str(row.task_id),
        "scope": "QUEUE" if of_queue else "TASK",
        "taskId": None if of_queue else str(row.task_id),
        "taskName": row.task_name,
        "reason": row.reason,
        "pausedBy": row.paused_by,
        "since": instant(row.since),
    }


def delivery(row: Row) -> Json:
    """Return a `Delivery`."""
    return {
        "id": str(row.id),
        "jobId": str(row.job_id),
        "executionId": str(row.execution_id),
        "position": row.position,
        "destinationType": orjson.loads(row.destinations)[row.position - 1]["destinationType"],
        "status": DeliveryCode(row.status).name,
        "attempts": row.attempts,
        "nextAttemptAt": instant(row.next_at),
        "responseStatus": row.response_status,
        "error": row.error,
        "createdAt": instant(row.created_at),
        "attemptedAt": instant(row.attempted_at),
        "deliveredAt": instant(row.delivered_at),
    }


def schedule(row: Row) -> Json:
    """Return a `Schedule`."""
    return {
        "id": str(row.id),
        "taskId": str(row.task_id),
        "name": row.name,
        "description": row.description,
        "cronExpression": row.cron_expression,
        "enabled": row.enabled,
        "nextRun": instant(row.next_run),
        "lastRun": instant(row.last_run),
        "createdAt": instant(row.created_at),
        "updatedAt": instant(row.updated_at),
        "outputDestinations": shown(row.destinations),
        "retryPolicy": _json(row.retry_policy),
        "input": _json(row.input),
        "taskName": row.task_name,
        "lastJobId": _id(row.last_job_id),
        "cronWords": describe(row.cron_expression),
        "timeZone": row.time_zone,
        "misfirePolicy": MisfireCode(row.misfire_policy).name,
        "allowOverlap": row.allow_overlap,
        "priority": PriorityCode(row.priority).name,
        "maxRetries": row.max_retries,
        "lastStatus": None if row.last_status is None else JobCode(row.last_status).name,
        "firedRuns": row.fired_count,
        "failedRuns": row.failed_count,
        "skippedRuns": row.skipped_count,
        "lastSkippedAt": instant(row.last_skipped_at),
        "lastSkipReason": row.skip_reason,
        "nextRuns": None,
    }


def schedule_alone(row: Row) -> Json:
    """Return a `Schedule` with its next runs, which take too long to compute for whole lists."""
    upcoming = [] if row.next_run is None else [row.next_run]
    while upcoming and len(upcoming) < NEXT_RUNS:
        following = next_run_ms(row.cron_expression, row.time_zone, upcoming[-1])
        if following is None:
            break
        upcoming.append(following)
    return {**schedule(row), "nextRuns": [instant(time_ms) for time_ms in upcoming]}


def preview(cron: str, zone: str, runs: Sequence[Run]) -> Json:
    """Return a `SchedulePreview`."""
    return {
        "cronExpression": cron,
        "cronWords": describe(cron),
        "timeZone": zone,
        "runs": [
            {
                "at": instant(int(run.at.timestamp()) * 1000),
                "local": run.local.isoformat(timespec="seconds"),
                "note": run.note,
            }
            for run in runs
        ],
    }


def log_line(row: Row) -> Json:
    """Return a `LogLine`."""
    return {
        "seq": row.seq,
        "time": instant(row.time),
        "level": LevelCode(row.level).name.lower(),
        "source": row.source,
        "text": row.text,
        "fields": _json(row.fields),
    }


def log_lines(rows: Sequence[Row]) -> list[Json]:
    """Return `LogLine`s."""
    return [log_line(row) for row in rows]


def user(row: Row) -> Json:
    """Return a `User`."""
    return {
        "id": str(row.id),
        "username": row.username,
        "role": RoleCode(row.role).name.lower(),
        "enabled": row.enabled,
        "createdAt": instant(row.created_at),
        "updatedAt": instant(row.updated_at),
        "lastLoginAt": instant(row.last_login_at),
    }


def token(row: Row) -> Json:
    """Return a `Token`."""
    return {
        "id": str(row.id),
        "name": row.name,
        "username": row.username,
        "role": RoleCode(row.role).name.lower(),
        "createdAt": instant(row.created_at),
        "expiresAt": instant(row.expires_at),
        "lastUsedAt": instant(row.last_used_at),
    }


def listed(found: Rows, window: Window, present: Present, now_ms: int) -> Json:
    """Return a page in the contract's shape; a total that is not exact is the least that there are."""
    return {
        "data": [present(row) for row in found.rows],
        "meta": {
            "pagination": pagination(len(found.rows), found.total, window, exact=found.exact),
            "timestamp": instant(now_ms),
        },
    }


def pagination(here: int, total: int, window: Window, *, exact: bool = True) -> Json:
    """Return where a page with so many rows stands among all."""
    full = not exact and here == window.limit
    return {
        "page": window.offset // window.limit + 1,
        "limit": window.limit,
        "total": total,
        "totalPages": -(-total // window.limit),
        "totalExact": exact,
        "hasNext": full or window.offset + window.limit < total,
        "hasPrevious": window.offset > 0,
        "offset": window.offset,
    }


def stats(figures: Mapping[str, Any], now_ms: int, period: str | None = None) -> Json:
    """Return statistics in the contract's shape."""
    return {"stats": figures, "timestamp": instant(now_ms), "period": period}


def done(message: str, row: Json) -> Json:
    """Return the answer to an act: what was done, and the row after it."""
    return {"success": True, "message": message, "data": row}


def instant(time_ms: int | None) -> str | None:
    """Return milliseconds since 1970 as RFC 3339."""
    if time_ms is None:
        return None
    seconds, ms = divmod(time_ms, 1000)
    return f"{_second(seconds)}.{ms:03d}Z"


@lru_cache(maxsize=1024)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat()


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def _uuid(value: bytes) -> str:
    return str(uuid.UUID(bytes=value))


def _json(text: str | None) -> orjson.Fragment | None:
    # The text is JSON already: it is copied into the answer, not parsed and written again.
    return None if text is None else orjson.Fragment(text)
