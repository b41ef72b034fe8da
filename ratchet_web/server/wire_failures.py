"""Failures as JSON."""

from typing import Any

from ratchet_web.server.store.codes import FailureCode
from ratchet_web.server.store.lists.base import Row, Window
from ratchet_web.server.store.lists.failures import MOST_TASKS, MOST_VERSIONS, Found, InTask, Told
from ratchet_web.server.wire import instant, pagination

Json = dict[str, Any]


def listed(found: Found, window: Window, now_ms: int) -> Json:
    """Return a page, with how many there are in each state."""
    counts = {code.name.lower(): found.by_state.get(code, 0) for code in FailureCode}
    return {
        "data": [failure(told) for told in found.rows],
        "meta": {
            "pagination": pagination(len(found.rows), found.total, window),
            "timestamp": instant(now_ms),
            "counts": counts,
            "complete": found.whole,
        },
    }


def failure(told: Told) -> Json:
    """Return a `Failure`; its most frequent tasks and their newest versions are named."""
    row = told.row
    tasks = sorted(told.tasks.values(), key=lambda task: (-task.count, task.task_id))
    return {
        "id": row.fingerprint,
        "error": row.error,
        "message": row.message,
        "frame": row.frame,
        "count": told.count,
        "firstSeen": instant(row.first_seen),
        "lastSeen": instant(row.last_seen),
        "trend": {"start": instant(told.start_ms), "stepMs": told.step_ms, "counts": told.trend},
        "tasks": [_task(task) for task in tasks[:MOST_TASKS]],
        "moreTasks": max(len(tasks) - MOST_TASKS, 0),
        "sample": _sample(told.sample),
        "state": FailureCode(row.state).name,
        "stateBy": row.state_by,
        "stateAt": instant(row.state_at),
        "reopenedAt": instant(row.reopened_at),
    }


def _task(task: InTask) -> Json:
    versions = sorted(task.versions, key=lambda version: -task.versions[version])
    return {
        "taskId": str(task.task_id),
        "taskName": task.name,
        "count": task.count,
        "versions": versions[:MOST_VERSIONS],
        "moreVersions": max(len(versions) - MOST_VERSIONS, 0),
    }


def _sample(row: Row | None) -> Json | None:
    if row is None:
        return None
    return {
        "executionId": str(row.id),
        "taskId": str(row.task_id),
        "taskVersion": row.task_version,
        "errorMessage": row.error_message,
        "completedAt": instant(row.completed_at),
    }
