"""`/jobs/queue`: the queue as it is now, in one look that costs the same however deep it is."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query, Response

from ratchet_web.models.envelopes import One
from ratchet_web.models.jobs_queue import Queue
from ratchet_web.server import wire
from ratchet_web.server.engine.pool import Place
from ratchet_web.server.parameters.jobs import JobQueueParameters
from ratchet_web.server.routes.base import Running, one, router
from ratchet_web.server.store.codes import JobCode, PriorityCode
from ratchet_web.server.store.jobs_lanes import Move
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.lists.jobs_queue import Asked, Delayed, Found, Lane

routes = router("/jobs")


@routes.get("/queue", response_model=One[Queue])
async def queue(server: Running, parameters: Annotated[JobQueueParameters, Query()]) -> Response:
    """Return what waits in each priority, what runs, and what comes when; null is not known.

    What arrived, started and ended is counted over the last five minutes (`windowS`). Buckets of `delayed`
    begin at `start`; where it has `until`, later ones are not counted.
    """
    places = server.pool.places()
    # A trial of a draft has a worker, and no row.
    running = [int(id) for place in places if (id := place.execution_id or "").isdecimal()]
    asked = Asked(server.now_ms(), parameters.task_id, running, parameters.job_id)
    found = await server.store.jobs.queue(asked)
    return one(
        {
            "lanes": [_lane(code, lane) for code, lane in found.lanes.items()],
            "windowS": found.window_s,
            "running": found.running,
            "workers": [_worker(place, found.executions) for place in places],
            "delayed": _delayed(found.delayed),
            "coming": [_coming(row) for row in found.coming],
            "job": None if found.job is None else _job(found.job, found),
        }
    )


def _lane(code: PriorityCode, lane: Lane) -> wire.Json:
    return {
        "priority": code.name,
        "waiting": lane.ready + lane.scheduled + lane.retrying,
        "ready": lane.ready,
        "scheduled": lane.scheduled,
        "retrying": lane.retrying,
        "oldestJobId": _id(lane.oldest_id),
        "oldestReadyAt": wire.instant(lane.oldest_ms),
        "arrived": lane.moves.get(Move.READY, 0),
        "started": lane.moves.get(Move.STARTED, 0),
        "ended": lane.moves.get(Move.ENDED, 0),
    }


def _worker(place: Place, executions: Mapping[int, Row]) -> wire.Json:
    id = place.execution_id or ""
    known = executions.get(int(id)) if id.isdecimal() else None
    return {
        "name": place.name,
        "status": place.status,
        "executionId": None if known is None else id,
        "jobId": None if known is None else _id(known.job_id),
        "taskId": None if known is None else str(known.task_id),
        "taskName": None if known is None else known.task_name,
        "priority": None if known is None else PriorityCode(known.priority).name,
        "startedAt": None if known is None else wire.instant(known.started_at),
    }


def _delayed(found: Delayed) -> wire.Json:
    counts = {code.name.lower(): found.counts[code] for code in reversed(PriorityCode)}
    ends = {"later": found.later, "until": wire.instant(found.until_ms)}
    return {"start": wire.instant(found.start_ms), "stepS": found.step_s, **counts, **ends}


def _coming(row: Row) -> wire.Json:
    return {
        **_named(row),
        "dueAt": wire.instant(row.due_at),
        "retryCount": row.retry_count,
        "maxRetries": row.max_retries,
    }


def _job(row: Row, found: Found) -> wire.Json:
    more = {"ready": row.ready == 1, "executionId": _id(row.execution_id)}
    more |= {"ahead": found.ahead, "begun": found.begun}
    return {**_named(row), "dueAt": wire.instant(row.due_at), **more}


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)


def _named(row: Row) -> wire.Json:
    return {
        "id": str(row.id),
        "taskId": str(row.task_id),
        "taskName": row.task_name,
        "priority": PriorityCode(row.priority).name,
        "status": JobCode(row.status).name,
    }
