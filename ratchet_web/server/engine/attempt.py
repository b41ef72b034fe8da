"""One attempt as the server sees it: turns a worker's messages into calls of a listener and an outcome."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from ratchet_web.models.instants import now_ms
from ratchet_web.server.engine.errors import (
    WORKER_ERROR,
    TaskError,
    ran_too_long,
    used_too_much_memory,
)
from ratchet_web.server.engine.fetch import Answer, HttpRequest
from ratchet_web.server.engine.fields import valid_fields
from ratchet_web.server.engine.limits import FETCHES, MB, PARALLEL_FETCHES, REQUEST_CHARS
from ratchet_web.server.engine.messages import GarbledError, Message
from ratchet_web.server.engine.quota import LogQuota
from ratchet_web.server.engine.reports import EndReport, RequestReport, SaidReport, checked, operation
from ratchet_web.server.engine.work import Listener, Outcome, Work

RECORDED_REQUESTS = 1000
# How V8 ends its process when it cannot get memory: trap, abort, illegal instruction.
V8_GAVE_UP = (-5, -6, -4, 133, 134)

# What the prelude adds to a line that it cut.
CUT_REMARK_CHARS = 60

Fetch = Callable[[RequestReport], AbstractAsyncContextManager[Answer]]


Deliver = Callable[[Message], Awaitable[None]]


class NeverStartedError(Exception):
    """The worker died before it began: the work can be given to another one."""


class Attempt:
    """Follows one attempt at an `order`.

    `outcome` is done when it has ended; with `NeverStartedError` when it never began.
    """

    def __init__(
        self, order: Message, listener: Listener, worker: str, fetch: Fetch, deliver: Deliver
    ) -> None:
        self.order = order
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._worker = worker
        self._answer_fetch = fetch
        self._deliver = deliver
        self._began = time.monotonic()
        self._started = False
        self._quota: LogQuota | None = None
        self._fetching: set[asyncio.Task[None]] = set()
        self._asked = 0
        self._requests: list[HttpRequest] = []
        self._reason: Outcome | None = None

    def stop_as(self, reason: Outcome) -> None:
        """Say beforehand why the worker is about to be killed; the first reason counts."""
        self._reason = self._reason or reason

    def take(self, message: Message) -> None:
        """Take one message of the worker.

        Raises:
            GarbledError: no worker says such a thing.
        """
        if self.outcome.done():
            return
        kind = operation(message)
        if kind == "started":
            self._started = True
            self._listener.started(self._worker)
        elif kind == "said":
            self._take_said(checked(SaidReport, message))
        elif kind == "fetch":
            self._begin_fetch(checked(RequestReport, message.get("request")))
        elif kind == "end":
            self._take_end(checked(EndReport, message))
        else:
            raise GarbledError(f"a message of the kind {kind[:40]!r}")

    def worker_died(self, exit_code: int | None) -> None:
        """Take that no more messages will come."""
        if self.outcome.done():
            return
        if self._reason is not None:
            self._finish(self._reason)
        elif not self._started:
            self.fail(NeverStartedError())
        else:
            self._finish(Outcome("failed", error=self._why_died(exit_code)))

    def crowded(self) -> bool:
        """Return whether the listener should not be told more for now."""
        return self._listener.crowded()

    async def room(self) -> None:
        """Return when the listener can be told more."""
        await self._listener.room()

    def fail(self, error: BaseException) -> None:
        """End with an error of ours, for example one that the listener raised."""
        self._stop_fetching()
        if not self.outcome.done():
            self.outcome.set_exception(error)

    def overran(self) -> Outcome:
        """Return the outcome of an attempt whose worker did not keep the time limit itself."""
        return Outcome("failed", error=ran_too_long(self.order["timeout_s"]))

    @property
    def message_limit_bytes(self) -> int:
        """How long a message of this worker may be: the output, or one request, written as JSON."""
        output_bytes: int = self.order["limits"]["output_bytes"]
        return 3 * max(output_bytes, REQUEST_CHARS) + MB

    @property
    def quota(self) -> LogQuota:
        """What is left of the log."""
        if self._quota is None:
            limits = self.order["limits"]
            self._quota = LogQuota(limits["log_lines"], limits["log_bytes"])
        return self._quota

    def _take_said(self, said: SaidReport) -> None:
        longest = self.order["limits"]["log_line_chars"] + CUT_REMARK_CHARS
        for line in said.lines:
            text, fields = line.text[:longest], valid_fields(line.fields)
            if self.quota.admits(text, fields):
                self._listener.line(line.level, text, line.time, "task", fields)
        if said.progress is not None:
            self._listener.progress(said.progress.value, said.progress.note)
        if said.dropped is not None:
            self.quota.told = (said.dropped[0], said.dropped[1])

    def _take_end(self, end: EndReport) -> None:
        self.quota.told = (end.dropped[0], end.dropped[1])
        error, limit = end.task_error(), self.order["limits"]["output_bytes"]
        if error is None and end.output is not None and len(end.output.encode()) > limit:
            error = TaskError("OutputError", f"The output is larger than {limit} bytes (limit)")
        if error is not None:
            self._finish(Outcome("failed", None, error, end.duration_ms))
        else:
            self._finish(Outcome("completed", end.output or "null", None, end.duration_ms))

    def _begin_fetch(self, request: RequestReport) -> None:
        # The prelude keeps to this; a task that answers its own fetches would not.
        if len(self._fetching) >= PARALLEL_FETCHES:
            raise GarbledError(f"more than {PARALLEL_FETCHES} fetches at once")
        self._asked += 1
        task = asyncio.create_task(self._fetch(request))
        self._fetching.add(task)
        task.add_done_callback(self._fetched)

    async def _fetch(self, request: RequestReport) -> None:
        if self._asked > FETCHES:
            why = f"fetch failed: one execution may fetch {FETCHES:,} times (limit)"
            await self._deliver({"op": "answer", "id": request.id, "ok": False, "said": why, "body": ""})
            return
        async with self._answer_fetch(request) as answer:
            if len(self._requests) < RECORDED_REQUESTS:
                self._requests.append(answer.record)
            said = {"ok": answer.ok, "said": answer.said, "body": answer.body}
            await self._deliver({"op": "answer", "id": request.id} | said)

    def _fetched(self, task: "asyncio.Task[None]") -> None:
        self._fetching.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nobody would settle that promise any more.
            self.fail(error)

    def _finish(self, outcome: Outcome) -> None:
        self._stop_fetching()
        if self.outcome.done():
            return
        if self._quota is not None:
            limits = self.order["limits"]
            remark = self._quota.remark(limits["log_lines"], limits["log_bytes"])
            if remark is not None:
                self._listener.line("warn", remark, now_ms(), "system")
        duration_ms = outcome.duration_ms or round((time.monotonic() - self._began) * 1000)
        self.outcome.set_result(
            Outcome(outcome.kind, outcome.output_json, outcome.error, duration_ms, tuple(self._requests))
        )

    def _stop_fetching(self) -> None:
        for task in self._fetching:
            task.cancel()

    def _why_died(self, exit_code: int | None) -> TaskError:
        if exit_code in V8_GAVE_UP:
            return used_too_much_memory(self.order["limits"]["memory_mb"])
        how = "was killed from outside" if exit_code in (-9, -15, None) else f"ended with code {exit_code}"
        return TaskError(WORKER_ERROR, f"The worker process of this execution {how}")


def garbled(error: GarbledError) -> Outcome:
    """Return the outcome of an attempt whose worker cannot be trusted any more."""
    return Outcome(
        "failed", error=TaskError(WORKER_ERROR, f"The worker process of this execution sent {error}")
    )


def order_of(work: Work, limits: Message) -> Message:
    """Return the message that makes a worker run this work."""
    return {
        "op": "run",
        "source": work.source,
        "input_json": json.dumps(work.input),
        "context_json": json.dumps(work.context),
        "timeout_s": work.timeout_s,
        "limits": limits | {"memory_mb": work.memory_mb},
    }
