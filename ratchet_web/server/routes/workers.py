"""`/workers`: the processes that run JavaScript."""

import asyncio
from typing import Any

from fastapi import Response

from ratchet_web.models.envelopes import Figures, One
from ratchet_web.models.workers import Workers, WorkerStats
from ratchet_web.server import wire
from ratchet_web.server.engine.pool import Place
from ratchet_web.server.routes.base import Running, answer, one, router
from ratchet_web.server.telemetry.resources import memory_bytes

routes = router("/workers")


@routes.get("", response_model=One[Workers])
async def workers(server: Running) -> Response:
    """List the workers; `executionsDone` and `startedAt` are those of the process that is there now."""
    rows = [await _row(place) for place in server.pool.places()]
    return one({"workers": rows, "total": len(rows)})


@routes.get("/stats", response_model=Figures[WorkerStats])
async def stats(server: Running) -> Response:
    """Count workers by what they do."""
    places = server.pool.places()
    memory = [await _memory(place) for place in places]
    known = [size for size in memory if size is not None]
    figures = {
        "totalWorkers": len(places),
        **{
            f"{status}Workers": sum(place.status == status for place in places)
            for status in ("idle", "busy", "starting")
        },
        "executionsDone": sum(place.done for place in places),
        "memoryBytes": sum(known) if known else None,
    }
    return answer(wire.stats(figures, server.now_ms()))


async def _row(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "pid": place.pid,
        "status": place.status,
        "executionId": place.execution_id,
        "startedAt": wire.instant(place.began_ms),
        "executionsDone": place.done,
        "memoryBytes": await _memory(place),
    }


async def _memory(place: Place) -> int | None:
    # In a thread: the system takes a millisecond to add it up.
    return None if place.pid is None else await asyncio.to_thread(memory_bytes, place.pid)
