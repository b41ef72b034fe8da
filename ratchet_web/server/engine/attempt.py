"""One attempt as the server sees it: turns a worker's messages into calls of a listener and an outcome."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ratchet_web.server.engine.errors import (
    WORKER_ERROR,
    TaskError,
    ran_too_long,
    used_too_much_memory,
)
from ratchet_web.server.engine.fetch import Answer, HttpRequest
from ratchet_web.server.engine.messages import Message
from ratchet_web.server.engine.work import Listener, Outcome, Work

RECORDED_REQUESTS = 1000
# How V8 ends its process when it cannot get memory: trap, abort, illegal instruction.
V8_GAVE_UP = (-5, -6, -4, 133, 134)

Fetch = Callable[[Message], Awaitable[Answer]]


class NeverStartedError(Exception):
    """The worker died before it began: the work can be given to another one."""


class Attempt:
    """Follows one attempt at an `order`.

    `outcome` is done when it has ended; with `NeverStartedError` when it never began.
    """

    def __init__(
        self, order: Message, listener: Listener, worker: str, fetch: Fetch, send: Callable[[Message], None]
    ) -> None:
        self.order = order
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._worker = worker
        self._answer_fetch = fetch
        self._send = send
        self._began = time.monotonic()
        self._started = False
        self._dropped = 0
        self._fetching: set[asyncio.Task[None]] = set()
        self._requests: list[HttpRequest] = []
        self._reason: Outcome | None = None

    def stop_as(self, reason: Outcome) -> None:
        """Say beforehand why the worker is about to be killed; the first reason counts."""
        self._reason = self._reason or reason

    def take(self, message: Message) -> None:
        """Take one message of the worker."""
        operation = message["op"]
        if operation == "started":
            self._started = True
            self._listener.started(self._worker)
        elif operation == "said":
            self._take_said(message)
        elif operation == "fetch":
            self._begin_fetch(message["request"])
        elif operation == "end":
            self._dropped = message["dropped"]
            error = TaskError(**message["error"]) if message["error"] else None
            kind: Any = "failed" if error else "completed"
            self._finish(Outcome(kind, message["output"], error, message["duration_ms"]))

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

    def fail(self, error: BaseException) -> None:
        """End with an error of ours, for example one that the listener raised."""
        self._stop_fetching()
        if not self.outcome.done():
            self.outcome.set_exception(error)

    def overran(self) -> Outcome:
        """Return the outcome of an attempt whose worker did not keep the time limit itself."""
        return Outcome("failed", error=ran_too_long(self.order["timeout_s"]))

    def _take_said(self, message: Message) -> None:
        for line in message["lines"]:
            self._listener.line(line["level"], line["text"], line["time"], "task")
        if (progress := message["progress"]) is not None:
            self._listener.progress(progress["value"], progress["note"])
        self._dropped = message["dropped"] or self._dropped

    def _begin_fetch(self, request: Message) -> None:
        task = asyncio.create_task(self._fetch(request))
        self._fetching.add(task)
        task.add_done_callback(self._fetching.discard)

    async def _fetch(self, request: Message) -> None:
        answer = await self._answer_fetch(request)
        if len(self._requests) < RECORDED_REQUESTS:
            self._requests.append(answer.record)
        said = {"ok": answer.ok, "said": answer.said, "body": answer.body}
        self._send({"op": "answer", "id": request["id"]} | said)

    def _finish(self, outcome: Outcome) -> None:
        self._stop_fetching()
        if self.outcome.done():
            return
        if self._dropped:
            kept = self.order["limits"]["log_lines"]
            text = f"{self._dropped:,} more lines were dropped: only the first {kept:,} are kept"
            self._listener.line("warn", text, round(time.time() * 1000), "system")
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
