"""`/schedules/runs`: which runs schedules had, by bucket; null where counting would hold up others."""

import asyncio
from typing import Annotated

import orjson
from fastapi import Query, Response

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import One
from ratchet_web.models.schedules import ScheduleRuns
from ratchet_web.server import wire
from ratchet_web.server.errors import InvalidError
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.parameters.schedules import ScheduleRunsParameters
from ratchet_web.server.routes.base import Running, one, router
from ratchet_web.server.store.lists.schedules_runs import COLUMNS, Buckets, Lane, Runs

routes = router("/schedules")
MOST_BUCKETS = 500
# How the columns are called on the wire.
_TOLD = ("buckets", "counts", "failed", "open", "jobIds", "beginsMs", "endsMs")


@routes.get("/runs", response_model=One[ScheduleRuns])
async def runs(server: Running, asked: Annotated[ScheduleRunsParameters, Query()]) -> Response:
    """Return the past runs of the first 200 schedules by name, counted by bucket; a single one is told whole.

    A run is a job that a schedule queued, whoever triggered it, at the time at which it was queued. In bucket
    -1 are runs that were queued before and last into the time that is asked for.
    """
    first = milliseconds(asked.queued_after) // 1000 * 1000
    end, step = milliseconds(asked.queued_before), asked.step_s * 1000
    if end <= first:
        raise InvalidError([Fault("queued_before", "must be after queued_after")])
    if end - first > MOST_BUCKETS * step:
        raise InvalidError([Fault("step_s", f"must leave at most {MOST_BUCKETS} buckets")])
    found = await server.store.schedules.runs(Buckets(first, step, end))
    # In a thread: tens of thousands of cells take longer to write than others should wait.
    return await asyncio.to_thread(_told, found, first, asked.step_s)


def _told(found: Runs, first: int, step_s: int) -> Response:
    lanes = None if found.lanes is None else [_lane(lane) for lane in found.lanes]
    return one({"start": wire.instant(first), "stepS": step_s, "total": found.total, "lanes": lanes})


def _lane(lane: Lane) -> wire.Json:
    cells = lane.cells or dict.fromkeys(COLUMNS, "[]")
    columns = {told: orjson.Fragment(cells[name]) for name, told in zip(COLUMNS, _TOLD, strict=True)}
    return {"scheduleId": str(lane.schedule_id), "name": lane.name, **columns}
