"""The pool of worker processes: runs work, stops it, replaces workers that die."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Literal, NamedTuple

from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.models.tasks import Problem
from ratchet_web.server.engine.attempt import Attempt, NeverStartedError, order_of
from ratchet_web.server.engine.errors import WORKER_ERROR, TaskError
from ratchet_web.server.engine.fetch import Fetcher
from ratchet_web.server.engine.handle import Handle
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.engine.launcher import Launcher, best_launcher
from ratchet_web.server.engine.messages import Message
from ratchet_web.server.engine.source_check import check_source
from ratchet_web.server.engine.trial import run_trial
from ratchet_web.server.engine.work import Listener, Outcome, Work
from ratchet_web.server.home import health_url
from ratchet_web.settings import Settings

FIRST_RESTART_S, LONGEST_RESTART_S = 0.1, 5.0
START_LIMIT_S = 30.0
CHECKS_AT_ONCE = 2
BEGINNINGS = 3
NEVER_BEGAN = TaskError(WORKER_ERROR, f"{BEGINNINGS} workers in a row died before they could begin")
STOPPED = TaskError(WORKER_ERROR, "The server was stopped while this ran")

_log = logging.getLogger(__name__)


class NoWorkersError(Exception):
    """JavaScript cannot be run on this machine."""


class Place(NamedTuple):
    """A place for a worker, and the process that fills it; `done` counts what that process has run."""

    name: str
    status: Literal["idle", "busy", "starting"]
    pid: int | None = None
    began_ms: int | None = None
    done: int = 0
    execution_id: str | None = None


class Pool:
    """`size` workers, each running one thing at a time. Used from one event loop."""

    def __init__(self, size: int, settings: Settings, launcher: Launcher | None = None) -> None:
        self._size = size
        self._limits: Message = {
            "log_lines": settings.task_log_lines,
            "log_line_chars": settings.task_log_line_chars,
            "log_bytes": settings.task_log_bytes,
            "output_bytes": settings.task_output_bytes,
        }
        self._memory_mb = settings.task_memory_mb
        self._allowed, self._own = AllowedHosts.parse(settings.fetch_allow), health_url(settings)
        self._launcher = launcher or best_launcher()
        self._workers: dict[str, Handle] = {}
        self._idle: list[Handle] = []
        self._changed = asyncio.Event()
        self._waiting: set[str] = set()
        self._cancelled: set[str] = set()
        self._running: dict[str, tuple[Handle, Attempt]] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._down: set[str] = set()
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self.judge = Judge(self._launcher)

    @property
    def free(self) -> int:
        """How many workers would begin at once."""
        return len(self._idle)

    @property
    def live(self) -> int:
        """How many workers are there; one that was just stopped counts until its successor fails to start."""
        kept = {keeper.get_name() for keeper in self._keepers if not keeper.done()}
        return len(kept - self._down)

    def places(self) -> list[Place]:
        """Return every place, in order; one whose worker died is starting again."""
        busy = {worker.name: execution_id for execution_id, (worker, _) in self._running.items()}
        return [self._place(keeper.get_name(), busy) for keeper in self._keepers]

    def _place(self, name: str, busy: Mapping[str, str]) -> Place:
        worker = self._workers.get(name)
        if worker is None or worker.dead.is_set():
            return Place(name, "starting")
        known = (worker.pid, worker.began_ms, worker.done)
        if name in busy:
            return Place(name, "busy", *known, busy[name])
        return Place(name, "idle" if worker in self._idle else "starting", *known)

    def begin(self) -> None:
        """Start all workers; until one is ready, what is to be run waits."""
        self._fetcher = Fetcher(self._allowed, self._own)
        names = [f"worker-{n}" for n in range(1, self._size + 1)]
        self._keepers = [asyncio.create_task(self._keep(name), name=name) for name in names]

    async def start(self) -> None:
        """Start all workers; returns when the first one is ready.

        Raises:
            NoWorkersError: none came up; the log says why.
        """
        self.begin()
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await self.wait_free()
        except TimeoutError as error:
            await self.stop()
            raise NoWorkersError(f"No worker process was ready within {START_LIMIT_S:g} s") from error

    async def stop(self) -> None:
        """End all workers; what still runs fails with a `WorkerError`."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for _, attempt in self._running.values():
            attempt.stop_as(Outcome("failed", error=STOPPED))
        self._idle.clear()
        await self.judge.stop()
        for worker in self._workers.values():
            worker.kill()
        await self._launcher.close()
        for worker in self._workers.values():
            await worker.dead.wait()
        await self._fetcher.close()

    async def wait_free(self) -> None:
        """Return when a worker is free; another caller may then take it first."""
        while not self._idle:
            await self._change()

    async def run(self, work: Work, listener: Listener) -> Outcome:
        """Run work on a free worker, waiting for one if need be, and return how it ended.

        Whatever the listener raises is raised here, after the work was stopped. So is a cancellation.
        """
        for _ in range(BEGINNINGS):
            if (worker := await self._claim(work.execution_id)) is None:
                return Outcome("cancelled")
            order = order_of(work, self._limits)
            attempt = Attempt(order, listener, worker.name, self._fetcher.answered, worker.deliver)
            self._running[work.execution_id] = worker, attempt
            worker.give(attempt)
            try:
                return await attempt.outcome
            except NeverStartedError:
                continue
            except BaseException:
                worker.kill()
                raise
            finally:
                del self._running[work.execution_id]
        return Outcome("failed", error=NEVER_BEGAN)

    async def cancel(self, execution_id: str) -> bool:
        """Stop an execution by ending its worker; return whether that is what ended it."""
        if execution_id in self._waiting:
            self._cancelled.add(execution_id)
            self._changed.set()
            return True
        if execution_id not in self._running:
            return False
        worker, attempt = self._running[execution_id]
        attempt.stop_as(Outcome("cancelled"))
        worker.kill()
        await asyncio.wait({attempt.outcome})
        ended = attempt.outcome
        return not ended.cancelled() and ended.exception() is None and ended.result().kind == "cancelled"

    async def check(self, source: str) -> list[Problem]:
        """Return what keeps a source from being run, with line and column; within about a second.

        It is loaded in a process of its own, so that it never holds up an execution.

        Raises:
            OSError: no process could be started.
        """
        async with self._checks:
            return await check_source(source, self._launcher, self._limits, self._memory_mb)

    async def try_out(self, work: Work, listener: Listener) -> Outcome:
        """Run work beside the pool, in a process of its own, and return how it ended.

        Raises:
            OSError: no process could be started.
        """
        return await run_trial(work, listener, self._launcher, self._limits, self._fetcher.answered)

    async def _claim(self, execution_id: str) -> Handle | None:
        """Return a free worker, or None when the execution was cancelled while it waited for one."""
        self._waiting.add(execution_id)
        try:
            while not self._idle and execution_id not in self._cancelled:
                await self._change()
            return None if execution_id in self._cancelled else self._idle.pop(0)
        finally:
            self._waiting.discard(execution_id)
            self._cancelled.discard(execution_id)

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _freed(self, worker: Handle) -> None:
        self._down.discard(worker.name)
        self._idle.append(worker)
        self._changed.set()

    def _gone(self, worker: Handle) -> None:
        if worker in self._idle:
            self._idle.remove(worker)

    async def _keep(self, name: str) -> None:
        """Hold one place of the pool filled: start a worker, and another one when it has died."""
        pause_s = FIRST_RESTART_S
        while True:
            try:
                worker = self._workers[name] = await Handle.start(
                    name, self._launcher, self._freed, self._gone
                )
            except OSError as error:
                _log.error("%s does not start, next try in %g s: %s", name, pause_s, error)
            else:
                await worker.dead.wait()
                if worker.ready.is_set():
                    pause_s = FIRST_RESTART_S
                    continue
                _log.error("%s ended before it was ready, next try in %g s", name, pause_s)
            self._down.add(name)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_RESTART_S)
