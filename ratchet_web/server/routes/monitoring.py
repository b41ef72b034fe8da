"""`/health` and its kin, `/capabilities`."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from ratchet_web import __version__
from ratchet_web.models.envelopes import One
from ratchet_web.models.monitoring import Alive, Capabilities, DetailedHealth, Health
from ratchet_web.server import wire
from ratchet_web.server.routes.base import Running, answer, one, router
from ratchet_web.server.server import Server
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.schema import QUEUE

routes = router()
root_routes = router(root="")

_UNWELL: dict[int | str, dict[str, Any]] = {503: {"model": Health, "description": "Something is unhealthy"}}


OFFERS = (
    "events",
    "logFollow",
    "logSearch",
    "sourceCode",
    "taskCheck",
    "taskTry",
    "scheduleOptions",
    "bulk",
    "bulkPace",
    "payloads",
    "activity",
    "series",
    "executionCounts",
    "jobCounts",
    "jobQueue",
    "deliveries",
    "deliveryTest",
    "jobDelivery",
    "scheduleDelivery",
    "scheduleRuns",
    "scheduleActivity",
    "scheduleChanges",
    "payloadSearch",
    "retryCondition",
    "pauses",
    "failures",
)


@root_routes.get("/health", response_model=Health, responses=_UNWELL)
@routes.get("/health", response_model=Health, responses=_UNWELL)
async def health(server: Running) -> Response:
    """Say how each component is; 503 where nothing can be read."""
    return await _health(server, {})


@routes.get("/capabilities", response_model=One[Capabilities])
async def capabilities(server: Running) -> Response:
    """Say what this server offers beyond the contract."""
    offers = dict.fromkeys(OFFERS, True)
    return one(
        {"server": "ratchet-web", "version": __version__, **offers, "workers": server.settings.workers}
    )


@root_routes.get("/health/detailed", response_model=DetailedHealth, responses=_UNWELL)
async def detailed(server: Running) -> Response:
    """Say how each component is, as `/health` does, and what each worker does."""
    workers = [{"name": place.name, "status": place.status} for place in server.pool.places()]
    size, in_use = server.store.connections()
    more = {"workers": workers, "database": {"connections": size, "inUse": in_use}}
    return await _health(server, more)


@root_routes.get("/ready", response_model=Health, responses=_UNWELL)
async def ready(server: Running) -> Response:
    """Say whether work is taken: 503 where `/health` is unhealthy."""
    return await _health(server, {})


@root_routes.get("/live", response_model=Alive)
async def live(server: Running) -> Response:
    """Say that this process answers; it looks at nothing else."""
    told = {"status": "alive", "version": __version__, "uptimeSeconds": server.uptime_s()}
    return answer({**told, "timestamp": wire.instant(server.now_ms())})


async def _health(server: Server, more: Mapping[str, Any]) -> Response:
    checks = [await _database(server), _workers(server), await _queue(server), _schedules(server)]
    checks += [_retention(server)] if server.retention.failure else []
    words = {check["status"] for check in checks}
    status = next(word for word in ("unhealthy", "degraded", "healthy") if word in words)
    body = {
        "status": status,
        "version": __version__,
        "timestamp": wire.instant(server.now_ms()),
        "uptimeSeconds": server.uptime_s(),
        "checks": checks,
        **more,
    }
    return answer(body, 503 if status == "unhealthy" else 200)


async def _database(server: Server) -> dict[str, str]:
    try:
        await server.store.tasks.counts()
    except Unavailable as error:
        return _check("database", "unhealthy", str(error))
    return _check("database", "healthy", "answers")


def _workers(server: Server) -> dict[str, str]:
    size, live = server.settings.workers, server.pool.live
    if live < size:
        return _check("workers", "degraded" if live else "unhealthy", f"{live} of {size} are there")
    return _check("workers", "healthy", f"{server.queue.running} of {size} are busy")


async def _queue(server: Server) -> dict[str, str]:
    if not server.queue.going:
        return _check("queue", "unhealthy", "stands still: nothing that waits is run")
    return _check("queue", "healthy", "gives out work" + await _paused(server))


async def _paused(server: Server) -> str:
    """Return what people hold back: that is no illness, but whoever looks for a cause wants to read it."""
    try:
        paused = await server.store.pauses.all()
    except Unavailable:
        return ""
    if any(row.task_id == QUEUE for row in paused):
        return ", but no jobs: the queue is paused"
    return f"; {len(paused)} paused task{'s' * (len(paused) > 1)}" if paused else ""


def _schedules(server: Server) -> dict[str, str]:
    if not server.scheduler.going:
        return _check("schedules", "unhealthy", "stand still: none fires")
    return _check("schedules", "healthy", "fire when they are due")


def _retention(server: Server) -> dict[str, str]:
    return _check("retention", "degraded", f"old rows were not removed: {server.retention.failure}")


def _check(name: str, status: str, message: str) -> dict[str, str]:
    return {"name": name, "status": status, "message": message}
