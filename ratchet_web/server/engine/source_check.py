"""Looks at a source without running its task: V8 loads it in a worker of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ratchet_web.models.logs import LogLevel
from ratchet_web.models.tasks import Problem
from ratchet_web.server.engine.attempt import Attempt, order_of
from ratchet_web.server.engine.errors import NO_MAIN, TIME_LIMIT, WORKER_ERROR, TaskError
from ratchet_web.server.engine.fetch import Answer, HttpRequest
from ratchet_web.server.engine.handle import Handle
from ratchet_web.server.engine.launcher import Launcher
from ratchet_web.server.engine.messages import Message
from ratchet_web.server.engine.reports import RequestReport
from ratchet_web.server.engine.work import Outcome, Work

FIELD = "sourceCode"
LOAD_LIMIT_S = 1.0
ENDLESS = f"Loading it takes longer than {LOAD_LIMIT_S:g} s: is there an endless loop outside of main?"


async def check_source(source: str, launcher: Launcher, limits: Message, memory_mb: int) -> list[Problem]:
    """Return what keeps a source from being run: it does not parse, throws when loaded, or has no main.

    Raises:
        OSError: no worker could be started for it.
    """
    handle = await Handle.start("check", launcher)
    try:
        outcome = await _load(source, handle, limits, memory_mb)
    finally:
        handle.kill()
        await handle.dead.wait()
    return [] if outcome.error is None else [_problem(outcome.error)]


async def _load(source: str, handle: Handle, limits: Message, memory_mb: int) -> Outcome:
    await handle.begun()
    work = Work("check", source, None, {}, LOAD_LIMIT_S, memory_mb)
    order = order_of(work, limits) | {"input_json": None}
    attempt = Attempt(order, _Nobody(), handle.name, _refuse, handle.deliver)
    handle.give(attempt)
    return await attempt.outcome


def _problem(error: TaskError) -> Problem:
    if error.name == TIME_LIMIT:
        message = ENDLESS
    elif error.message == NO_MAIN or error.name == WORKER_ERROR:
        message = error.message
    else:
        message = f"{error.name}: {error.message}"
    return Problem(field=FIELD, message=message, line=error.line, column=error.column)


@asynccontextmanager
async def _refuse(request: RequestReport) -> AsyncIterator[Answer]:
    why = "fetch is not available while a source is checked"
    yield Answer(False, why, HttpRequest(request.method, "", error=why))


class _Nobody:
    """Loading may print lines that nobody wants to read."""

    def started(self, worker: str) -> None:
        """See `Listener`."""

    def line(self, level: LogLevel, text: str, time_ms: int, source: str, fields: str | None = None) -> None:
        """See `Listener`."""

    def progress(self, value: float, note: str | None) -> None:
        """See `Listener`."""

    def crowded(self) -> bool:
        """See `Listener`."""
        return False

    async def room(self) -> None:
        """See `Listener`."""
