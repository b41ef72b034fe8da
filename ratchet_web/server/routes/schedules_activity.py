"""What schedules did, and how they came to be what they are.

`/schedules/activity` stands before `/schedules/{schedule_id}`, which would take `activity` for an id.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final

import orjson
from fastapi import Query, Response
from pydantic.alias_generators import to_camel

from ratchet_web.models.envelopes import Counted, Listed, One
from ratchet_web.models.schedules_activity import (
    ScheduleActivity,
    ScheduleRevision,
    ScheduleStatistics,
)
from ratchet_web.server import wire
from ratchet_web.server.parameters.schedules import ScheduleChangeParameters, ScheduleParameters
from ratchet_web.server.routes.base import Running, answer, one, router
from ratchet_web.server.routes.schedules import find
from ratchet_web.server.routes.stats import share
from ratchet_web.server.store.codes import OPEN_JOBS, JobCode
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schedules_activity import DAYS, ON_TIME_MS, Lag

routes = router("/schedules")

# What is kept as text of JSON, and what only says whether there is any.
_JSON: Final = frozenset({"input", "retry_policy"})
_STATUS: Final = {code.value: code.name for code in JobCode}
_NAMES: Final = {"destinations": "outputDestinations"}


@routes.get("/activity", response_model=Listed[ScheduleActivity])
async def page(server: Running, parameters: Annotated[ScheduleParameters, Query()]) -> Response:
    """Tell the last 20 runs of a page of schedules, the same page as `GET /schedules`."""
    window, now_ms = parameters.window(), server.now_ms()
    found = await server.store.schedules.activity(parameters.wanted(now_ms), window)
    # In a thread: thousands of runs take longer to write than others should wait.
    told = partial(wire.listed, found.rows, window, lambda row: _activity(row.id, found.last[row.id]), now_ms)
    return answer(await asyncio.to_thread(told))


@routes.get("/{schedule_id}/activity", response_model=One[ScheduleStatistics])
async def statistics(server: Running, schedule_id: str) -> Response:
    """Tell how the runs of a schedule went: the last 20, those of 7 and 30 days, and how late they began.

    What would take too long to count is null.
    """
    row = await find(server, schedule_id)
    found = await server.store.schedules.statistics(row.id, server.now_ms())
    return one(
        {
            **_activity(row.id, found.last),
            "outcomes": [
                _outcomes(days, None if found.ended is None else found.ended[days]) for days in DAYS
            ],
            "lag": _lag(found.lag),
        }
    )


@routes.get("/{schedule_id}/changes", response_model=Counted[ScheduleRevision])
async def changes(
    server: Running, schedule_id: str, parameters: Annotated[ScheduleChangeParameters, Query()]
) -> Response:
    """List who changed what of a schedule, the newest first; the last 200 changes are kept."""
    row = await find(server, schedule_id)
    found = await server.store.schedules.changes(row.id, parameters.before, parameters.limit)
    rows = [_revision(change) for change in found.rows]
    return answer({"data": rows, "meta": {"total": found.total, "hasMore": found.more}})


def _activity(schedule_id: int, runs: Sequence[Row]) -> dict[str, Any]:
    return {"id": str(schedule_id), "runs": [_run(run) for run in runs]}


def _run(run: Row) -> dict[str, Any]:
    # Unpacked: of thousands of rows, each attribute counts.
    id, _, status, due, queued, started, completed, message = tuple(run)
    return {
        "id": str(id),
        "status": _STATUS[status],
        "dueAt": wire.instant(due),
        "queuedAt": wire.instant(queued),
        "startedAt": wire.instant(started),
        "completedAt": wire.instant(completed),
        "errorMessage": message,
    }


def _outcomes(days: int, ended: Mapping[JobCode, int] | None) -> dict[str, Any]:
    counted = ended or {}
    completed, failed, cancelled = (
        counted.get(code, 0) for code in (JobCode.COMPLETED, JobCode.FAILED, JobCode.CANCELLED)
    )
    told = {
        "runs": sum(counted.values()),
        "completed": completed,
        "failed": failed,
        "cancelled": cancelled,
        "open": sum(counted.get(code, 0) for code in OPEN_JOBS),
        "failureRate": share(failed, completed),
    }
    return {"days": days, **(dict.fromkeys(told) if ended is None else told)}


def _lag(lag: Lag | None) -> dict[str, Any]:
    known = lag or Lag()
    counts = {"runs": len(known.queued), "onTime": known.on_time, "judged": known.judged}
    return {
        **(dict.fromkeys(counts) if lag is None else counts),
        "queuedMs": _times(known.queued),
        "begunMs": _times(known.begun),
        "onTimeMs": ON_TIME_MS,
    }


def _times(taken: Sequence[int]) -> dict[str, float | None]:
    """Return percentiles by nearest rank; None where there is nothing to measure."""
    if not taken:
        return dict.fromkeys(("p50", "p95", "p99", "mean"))
    ordered = sorted(taken)
    ranks = {f"p{percent}": ordered[-(-len(ordered) * percent // 100) - 1] for percent in (50, 95, 99)}
    return {**ranks, "mean": sum(ordered) / len(ordered)}


def _revision(row: Row) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "changedAt": wire.instant(row.changed_at),
        "changedBy": row.changed_by,
        "created": row.fields is None,
        "fields": [_field(*each) for each in orjson.loads(row.fields or "[]")],
    }


def _field(name: str, before: Any, after: Any) -> dict[str, Any]:
    hidden = name == "destinations"
    values = {"before": before, "after": after}
    # A number in place of a text is how long it was.
    sizes = {
        side: value if name in _JSON and isinstance(value, int) else None for side, value in values.items()
    }
    texts = {
        side: None if hidden or sizes[side] is not None else _value(name, value)
        for side, value in values.items()
    }
    return {
        "field": _NAMES.get(name, to_camel(name)),
        **texts,
        "beforeSize": sizes["before"],
        "afterSize": sizes["after"],
        "hidden": hidden,
    }


def _value(name: str, value: Any) -> Any:
    return orjson.Fragment(value) if name in _JSON and value is not None else value
