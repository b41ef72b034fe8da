"""The ASGI application of the embedded server."""

import asyncio
import gc
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from ratchet_web import __version__
from ratchet_web.server import errors
from ratchet_web.server.access.exposure import served_hosts
from ratchet_web.server.access.guard import Guard
from ratchet_web.server.clock import Clock
from ratchet_web.server.description import document
from ratchet_web.server.edge import Edge
from ratchet_web.server.parent import end_with_parent
from ratchet_web.server.routes import (
    auth,
    bulk,
    deliveries,
    events,
    executions,
    executions_counts,
    failures,
    jobs,
    jobs_counts,
    jobs_queue,
    logs,
    metrics,
    monitoring,
    pauses,
    schedules,
    schedules_activity,
    schedules_runs,
    series,
    stats,
    tasks,
    tasks_activity,
    tasks_versions,
    tokens,
    users,
    workers,
)
from ratchet_web.server.server import Server
from ratchet_web.server.telemetry.requests import Requests
from ratchet_web.settings import Settings, settings, start_logging

# Statistics, series, counts and activity first: a noun's own routes would take their names for ids.
MODULES = (
    stats,
    series,
    tasks_activity,
    tasks,
    tasks_versions,
    logs,
    executions_counts,
    executions,
    failures,
    jobs_counts,
    jobs_queue,
    jobs,
    deliveries,
    schedules_runs,
    schedules_activity,
    schedules,
    metrics,
    monitoring,
    events,
    auth,
    users,
    workers,
    tokens,
    bulk,
    pauses,
)


def app() -> ASGIApp:
    """Return the application with the settings of the environment; what `serve` starts."""
    chosen = settings()
    start_logging(chosen)
    end_with_parent()
    made = create(chosen)
    # What was imported stays: looking through it again and again would hold requests up for 50 ms and more.
    gc.freeze()
    # `serve` has switched it off.
    gc.enable()
    return made


def create(chosen: Settings, clock: Clock | None = None) -> ASGIApp:
    """Return the application; its lifespan starts and stops the whole server."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        server = api.state.server = await Server.start(chosen, clock or Clock())
        try:
            with told_of_stop(server.begin_stop):
                yield
        finally:
            await server.stop()

    api = FastAPIOffline(
        redoc_url=None,
        static_url="/docs/static",
        title="Ratchet",
        version=__version__,
        lifespan=lifespan,
        openapi_url=document.PATH,
        redirect_slashes=False,
    )
    api.state.requests = Requests()
    document.describe(api)
    errors.install(api)
    # Not `include_router`: each route would be made a second time once it is looked at, as `Guard` does.
    for router in (*(module.routes for module in MODULES), monitoring.root_routes, metrics.root_routes):
        api.router.routes.extend(router.routes)
    return Edge(Guard(api), served_hosts(chosen), api.state.requests)


@contextmanager
def told_of_stop(begin_stop: Callable[[], None]) -> Iterator[None]:
    """Call this as soon as the process is told to stop, before granian waits for open requests."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def end(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(begin_stop)
        earlier = before[signal.Signals(number)]
        if callable(earlier):
            earlier(number, frame)

    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
