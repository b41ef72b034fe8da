"""`/tasks/activity`: what a page of the list of tasks did in the last day.

It stands before `/tasks/{task_id}`, which would take `activity` for an id.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query, Response

from ratchet_web.logic.histograms import RELATIVE_ERROR, Summary
from ratchet_web.models.envelopes import Listed
from ratchet_web.models.tasks_activity import TaskActivity
from ratchet_web.server import wire
from ratchet_web.server.parameters.tasks import TaskParameters
from ratchet_web.server.routes.base import Running, answer, router
from ratchet_web.server.routes.stats import percent, share
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.tasks_activity import Activities, Day
from ratchet_web.server.store.times import Kind

routes = router("/tasks")


@routes.get("/activity", response_model=Listed[TaskActivity])
async def page(server: Running, parameters: Annotated[TaskParameters, Query()]) -> Response:
    """Tell what a page of tasks did lately.

    Of the same page as `GET /tasks`: each task's newest run, its last 24 hours and its next scheduled run.
    What is counted ended in the 24 hours that end with this quarter of an hour; `hours` are those hours.
    """
    window, now_ms = parameters.window(), server.now_ms()
    found = await server.store.task_activity.page(parameters.wanted(now_ms), window, now_ms)
    return answer(wire.listed(found.rows, window, lambda row: _activity(row.id, found), now_ms))


def _activity(task_id: int, found: Activities) -> dict[str, Any]:
    coming = found.coming.get(task_id)
    return {
        "id": str(task_id),
        "lastRun": _last(found.last.get(task_id)),
        "from": wire.instant(found.since_ms),
        **_day(None if found.days is None else found.days[task_id]),
        "percentileErrorPercent": percent(RELATIVE_ERROR),
        "nextRun": None if coming is None else wire.instant(coming.next_run),
        "nextScheduleId": None if coming is None else str(coming.id),
        "nextScheduleName": None if coming is None else coming.name,
    }


def _day(day: Day | None) -> dict[str, Any]:
    completed, failed, cancelled = (
        None if day is None else day.total(kind) for kind in (Kind.COMPLETED, Kind.FAILED, Kind.CANCELLED)
    )
    ended = {} if day is None else day.ended
    return {
        "completed": completed,
        "failed": failed,
        "cancelled": cancelled,
        "successRate": share(completed or 0, failed or 0),
        "durationMs": asdict(Summary() if day is None else day.run.summary()),
        "hours": {kind.name.lower(): ended.get(kind, []) for kind in (Kind.COMPLETED, Kind.FAILED)},
    }


def _last(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    times = {name: wire.instant(getattr(row, name)) for name in ("queued_at", "started_at", "completed_at")}
    return {
        "id": str(row.id),
        "status": ExecutionCode(row.status).name,
        "queuedAt": times["queued_at"],
        "startedAt": times["started_at"],
        "completedAt": times["completed_at"],
        "durationMs": row.duration_ms,
    }
