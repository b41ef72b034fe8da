"""From what a worker reports to how an attempt ends."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace

import orjson

from ratchet_web.logic.nesting import DEPTH_LIMIT, too_deep
from ratchet_web.logic.schemas import Fault
from ratchet_web.server.engine.errors import TaskError
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.engine.work import Outcome
from ratchet_web.server.store.attempts import Ending
from ratchet_web.server.store.codes import ExecutionCode

MESSAGE_LIMIT = 2_000
SMALL_CHARS = 16_384
INTERRUPTED = "Interrupted: the server stopped while it ran"


async def judge(output_schema: str | None, outcome: Outcome, by: Judge) -> Ending:
    """Return how an attempt ends: an output that breaks the task's output schema is a failure."""
    ending = await _judge(output_schema, outcome, by)
    requests = [asdict(request) for request in outcome.http_requests]
    return replace(ending, http_requests=orjson.dumps(requests).decode() if requests else None)


async def _judge(output_schema: str | None, outcome: Outcome, by: Judge) -> Ending:
    if outcome.kind == "cancelled":
        return Ending(ExecutionCode.CANCELLED, outcome.duration_ms, error_message="Cancelled")
    if outcome.kind == "failed":
        return failed(outcome.error or TaskError("Error", "no reason was given"), outcome.duration_ms)
    output = outcome.output_json or "null"
    # A large one in a thread: looking at it takes longer than others should wait.
    if too_deep(output) if len(output) < SMALL_CHARS else await asyncio.to_thread(too_deep, output):
        message = f"the output is nested more deeply than {DEPTH_LIMIT} levels"
        return failed(TaskError("OutputError", message), outcome.duration_ms)
    faults = await by.value(output_schema, output, "output") if output_schema else []
    if faults:
        return failed(TaskError("OutputError", _told(faults)), outcome.duration_ms, output)
    return Ending(ExecutionCode.COMPLETED, outcome.duration_ms, output)


def failed(error: TaskError, duration_ms: int, output: str | None = None) -> Ending:
    """Return a failure that names the error."""
    details = {
        "name": error.name,
        "message": error.message,
        "stack": error.stack,
        "line": error.line,
        "column": error.column,
    }
    return Ending(
        ExecutionCode.FAILED,
        duration_ms,
        output=output,
        error_message=f"{error.name}: {error.message}"[:MESSAGE_LIMIT],
        error_details=orjson.dumps(details).decode(),
    )


def interrupted(duration_ms: int | None = None) -> Ending:
    """Return how an attempt ends that the server's own stop cut short; nobody may know when that was."""
    details = {"name": "Interrupted", "message": INTERRUPTED, "stack": "", "line": None, "column": None}
    return Ending(
        ExecutionCode.FAILED,
        duration_ms,
        error_message=INTERRUPTED,
        error_details=orjson.dumps(details).decode(),
    )


def _told(faults: Sequence[Fault]) -> str:
    return "; ".join(f"{fault.path} {fault.message}" for fault in faults[:3])
