"""The dispatcher: gives waiting work to free workers at once, and records how it ends.

Nothing polls. It wakes when work arrives, a worker becomes free, or a delayed job's time comes.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import orjson
from pydantic import JsonValue

from ratchet_web.models.jobs import RetryPolicy
from ratchet_web.server.clock import Clock
from ratchet_web.server.endings import failed, interrupted, judge
from ratchet_web.server.engine.errors import TaskError
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.work import Work
from ratchet_web.server.events import Feed, Turns
from ratchet_web.server.recorder import Recorder, Recording
from ratchet_web.server.retries import default_policy, retry_delay_ms
from ratchet_web.server.store.attempts import Attempt, Ended, Ending
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.store import Store
from ratchet_web.settings import Settings

RETRY_S: Final = 1.0
READY_MS: Final = 1_000
STOP_S: Final = 3.0
CANCEL_S: Final = 5.0

log = logging.getLogger(__name__)


class Dispatcher:
    """Runs direct executions first, then jobs by priority, on as many workers as there are."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        pool: Pool,
        feed: Feed,
        turns: Turns,
        clock: Clock,
        on_output: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_output` is called when a job completed whose output is to be delivered."""
        self._on_output = on_output
        self._settings, self._store, self._pool, self._clock = settings, store, pool, clock
        self._feed, self._turns = feed, turns
        self._recorder = Recorder(store, feed, turns, clock)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._cancelled: set[int] = set()
        # How what is still running has ended, from when that is known until it is recorded.
        self._endings: dict[int, Ending] = {}
        self._retry_policy = default_policy(settings)
        self._woken = asyncio.Event()
        self._readied_ms = 0
        self._stopping = False
        self._loop: asyncio.Task[None] | None = None

    @property
    def running(self) -> int:
        """How many executions have a worker."""
        return len(self._running)

    @property
    def going(self) -> bool:
        """Whether waiting work is given to free workers."""
        return self._loop is not None and not self._loop.done()

    async def start(self) -> None:
        """End what an earlier server left running, then begin to dispatch."""
        ids = await self._store.attempts.end_running(interrupted(), self._clock.now_ms(), self._delay)
        if ids:
            log.warning("Executions interrupted by the last stop: %d", len(ids))
        self._loop = asyncio.create_task(self._dispatch())

    async def stop(self) -> None:
        """Begin nothing new, let what runs end for a while, then interrupt it and record that."""
        self._stopping = True
        self.wake()
        if self._loop:
            await self._loop
        await self._all_ended(self._settings.stop_grace_s)
        for execution_id in list(self._running):
            await self._pool.cancel(str(execution_id))
        await self._all_ended(STOP_S)
        # What cannot be recorded in time (a full disk) is found and recorded at the next start.
        for task in self._running.values():
            task.cancel()

    async def _all_ended(self, within_s: float) -> None:
        """Wait for what runs, and for what was claimed with the end of it."""
        deadline = asyncio.get_running_loop().time() + within_s
        while self._running and (left_s := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(list(self._running.values()), timeout=left_s)
            # Their callbacks take them out.
            await asyncio.sleep(0)

    def wake(self) -> None:
        """Look for work now: something was queued."""
        self._woken.set()

    async def cancel(self, execution_id: int) -> None:
        """Stop an execution that has a worker, and return when its end, whichever it is, is recorded.

        Raises:
            Unavailable: its end could not be recorded yet; the message says which end.
        """
        deadline = asyncio.get_running_loop().time() + CANCEL_S
        while await self._runs(execution_id):
            # Between being claimed and being handed to the pool there is nothing to stop yet: ask again.
            task = self._running.get(execution_id)
            if task is not None:
                if execution_id not in self._endings:
                    self._cancelled.add(execution_id)
                    await self._pool.cancel(str(execution_id))
                await asyncio.wait({task}, timeout=0.05)
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable(_late(self._endings.get(execution_id)))

    async def progress(self, execution_id: int, share: float) -> bool:
        """Set the progress (0 to 1) of an execution that has a worker; return whether it has one."""
        return await self._recorder.set_progress(execution_id, share)

    async def _runs(self, execution_id: int) -> bool:
        row = await self._store.executions.get(execution_id)
        return row is not None and row.status == ExecutionCode.RUNNING

    async def _dispatch(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                due_ms = await self._fill()
            except Unavailable as error:
                log.warning("The queue waits: %s", error)
                due_ms = self._clock.now_ms() + int(RETRY_S * 1000)
            except Exception:
                log.exception("The queue met a mistake and goes on")
                due_ms = self._clock.now_ms() + int(RETRY_S * 1000)
            if not self._stopping:
                await self._clock.wait(self._woken, due_ms)

    async def _fill(self) -> int | None:
        """Give work to every free worker; return when the next delayed job is due."""
        free, now_ms = self._settings.workers - len(self._running), self._clock.now_ms()
        if free <= 0:
            return await self._let_be_ready(now_ms)
        claimed = await self._store.attempts.claim(free, now_ms)
        for attempt in claimed.attempts:
            self._begin(attempt)
        return claimed.next_due_ms

    async def _let_be_ready(self, now_ms: int) -> int | None:
        """Note what has come due though no worker is free, so that nobody sees it wait for its time.

        Seldom: with every job that comes or ends this is asked for.
        """
        if 0 <= now_ms - self._readied_ms < READY_MS:
            return self._readied_ms + READY_MS
        self._readied_ms = now_ms
        due_ms = await self._store.attempts.ready(now_ms)
        return None if due_ms is None else max(due_ms, now_ms + READY_MS)

    def _begin(self, attempt: Attempt) -> None:
        task = asyncio.create_task(self._carry(attempt), name=f"execution {attempt.execution_id}")
        self._running[attempt.execution_id] = task
        task.add_done_callback(lambda ended: self._ended(attempt.execution_id, ended))
        self._publish(attempt, new=attempt.job_id is not None)

    def _ended(self, execution_id: int, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            log.error("The end of execution %d was not recorded", execution_id, exc_info=error)
        self._running.pop(execution_id, None)
        self._endings.pop(execution_id, None)
        self._cancelled.discard(execution_id)
        self.wake()

    async def _carry(self, attempt: Attempt) -> None:
        """Run an attempt and record its end; the outermost edge of what happens to it."""
        recording = self._recorder.open(attempt.execution_id)
        try:
            ending = await self._run(attempt, recording)
        except Exception:
            log.exception("Execution %d could not be run", attempt.execution_id)
            ending = failed(TaskError("InternalError", "the server could not run it"), 0)
        self._endings[attempt.execution_id] = ending
        await self._recorder.close(recording)
        complete = replace(recording.complete(ending), destinations=attempt.destinations)
        ended = await self._record(attempt.execution_id, complete)
        for following in ended.following:
            self._begin(following)
        if complete.destinations:
            self._on_output()
        self._turns.tell(attempt.execution_id)
        self._publish(attempt)
        if ended.failure_id is not None:
            self._feed.publish("failures", ended.failure_id)

    async def _run(self, attempt: Attempt, recording: Recording) -> Ending:
        outcome = await self._pool.run(self._work(attempt), recording)
        if outcome.kind == "cancelled" and self._stopping and attempt.execution_id not in self._cancelled:
            return interrupted(outcome.duration_ms)
        return await judge(attempt.output_schema, outcome, self._pool.judge)

    async def _record(self, execution_id: int, ending: Ending) -> Ended:
        """Store how it ended, however long the database is away, and claim what takes its place."""
        while True:
            following = 0 if self._stopping else 1
            now_ms = self._clock.now_ms()
            try:
                return await self._store.attempts.end(execution_id, ending, now_ms, self._delay, following)
            except Unavailable as error:
                log.warning("The end of execution %d waits: %s", execution_id, error)
                await asyncio.sleep(RETRY_S)

    def _work(self, attempt: Attempt) -> Work:
        context: dict[str, JsonValue] = {
            "executionId": str(attempt.execution_id),
            "attempt": attempt.attempt,
            "taskId": str(attempt.task_id),
            "taskName": attempt.task_name,
            "taskVersion": attempt.task_version,
            "jobId": None if attempt.job_id is None else str(attempt.job_id),
            "scheduleId": None if attempt.schedule_id is None else str(attempt.schedule_id),
        }
        return Work(
            execution_id=str(attempt.execution_id),
            source=attempt.source,
            input=orjson.loads(attempt.input),
            context=context,
            timeout_s=self._settings.task_timeout_s,
            memory_mb=self._settings.task_memory_mb,
        )

    def _delay(self, retries: int, policy_json: str | None) -> int:
        policy = RetryPolicy.model_validate_json(policy_json) if policy_json else self._retry_policy
        return retry_delay_ms(retries, policy)

    def _publish(self, attempt: Attempt, *, new: bool = False) -> None:
        self._feed.publish("executions", attempt.execution_id, "created" if new else "updated")
        if attempt.job_id is not None:
            self._feed.publish("jobs", attempt.job_id)


def _late(ending: Ending | None) -> str:
    """Return what to say of an execution that was to be cancelled, when its end is not recorded yet."""
    if ending is None:
        return "It was told to stop, but has not ended yet"
    if ending.status is ExecutionCode.CANCELLED:
        return "It was stopped, but that could not be recorded yet"
    return f"It has {ending.status.name.lower()} already, which could not be recorded yet"
