"""What can be done to one execution. Each act raises `ApiError`s: `MissingError`, or `ConflictError`."""

import orjson

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.executions import ExecutionChange, ExecutionStatus, NewExecution, RetryInput
from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.errors import ConflictError, InvalidError, MissingError
from ratchet_web.server.inputs import checked, runnable
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import OPEN_EXECUTIONS, ExecutionCode
from ratchet_web.server.store.errors import Overtaken, StillOpen
from ratchet_web.server.store.executions import NewRow
from ratchet_web.server.store.lists.base import Row

# Contract name: what a change of it would mean.
_OURS = {"output": "output", "error_message": "errorMessage", "error_details": "errorDetails"}


async def find(server: Server, execution_id: int) -> Row:
    """Return the execution; raises `MissingError`."""
    row = await server.store.executions.get(execution_id)
    if row is None:
        raise MissingError("execution", str(execution_id))
    return row


async def find_head(server: Server, execution_id: int) -> Row:
    """Return the execution without its long payloads; raises `MissingError`."""
    row = await server.store.executions.head(execution_id)
    if row is None:
        raise MissingError("execution", str(execution_id))
    return row


async def create(server: Server, body: NewExecution) -> Row:
    """Let a task run once; return the execution, which waits."""
    task = await runnable(server.store, body.task_id)
    new = NewRow(
        task.id,
        task.version,
        await checked(server.pool.judge, task, body.input),
        priority=body.priority or JobPriority.NORMAL,
        scheduled_for_ms=None if body.scheduled_for is None else milliseconds(body.scheduled_for),
    )
    return await _queue(server, new)


async def cancel(server: Server, execution_id: int) -> Row:
    """Stop an execution, whether it waits or runs; return it. Its job, if any, is cancelled with it."""
    row = await find(server, execution_id)
    if row.status not in OPEN_EXECUTIONS:
        raise ConflictError(f"Execution {execution_id} is {_status(row)} already: it cannot be cancelled")
    if await server.store.executions.cancel_waiting(execution_id, server.now_ms()):
        server.turns.tell(execution_id)
        server.feed.publish("executions", execution_id)
    else:
        await server.queue.cancel(execution_id)
    row = await find(server, execution_id)
    if row.status != ExecutionCode.CANCELLED:
        raise ConflictError(f"Execution {execution_id} was {_status(row)} before it could be cancelled")
    return row


async def retry(server: Server, execution_id: int, body: RetryInput | None = None) -> Row:
    """Run a failed execution anew; return the new one.

    It has its own input unless another is given, and runs the newest version of the task unless one is named.
    """
    row = await find(server, execution_id)
    if row.status != ExecutionCode.FAILED:
        raise ConflictError(f"Execution {row.id} is {_status(row)}: only a failed one can be retried")
    task = await runnable(server.store, str(row.task_id))
    body = body or RetryInput()
    value = body.input if "input" in body.model_fields_set else orjson.loads(row.input)
    version = task if body.task_revision is None else await _version(server, task, body.task_revision)
    new = NewRow(
        task.id,
        version.version,
        await checked(server.pool.judge, version, value),
        row.id,
        row.attempt + 1,
        task_revision=body.task_revision,
        retry_seen=int(body.if_retried_by or 0) if "if_retried_by" in body.model_fields_set else None,
    )
    try:
        return await _queue(server, new)
    except Overtaken as later:
        why = f"was retried meanwhile, as execution {later.row_id}"
        raise ConflictError(
            f"Execution {row.id} {why}. Retry again if you mean another run", [Fault("ifRetriedBy", why)]
        ) from later
    except StillOpen as other:
        raise ConflictError(
            f"Execution {row.id} is being retried already: execution {other.row_id} waits or runs"
        ) from other


async def _version(server: Server, task: Row, revision: int) -> Row:
    row = await server.store.task_versions.get(task.id, revision)
    if row is None:
        why = f"is no revision of task {task.name}, which is at {task.revision}"
        raise ConflictError(f"{revision} {why}", [Fault("taskRevision", why)])
    return row


async def change(server: Server, execution_id: int, body: ExecutionChange) -> Row:
    """Cancel an execution, or set the progress of one that runs; return it. The engine owns all else."""
    await find(server, execution_id)
    for name, field in _OURS.items():
        if getattr(body, name) is not None:
            why = "cannot be set: it is what the task's run leaves behind"
            raise ConflictError(f"{field} of execution {execution_id} {why}", [Fault(field, why)])
    if body.status is not None:
        _refuse_other_than_cancel(execution_id, body)
        return await cancel(server, execution_id)
    if body.progress is not None and not await server.queue.progress(execution_id, body.progress):
        status = _status(await find(server, execution_id))
        raise ConflictError(f"Execution {execution_id} is {status}: only one that runs has progress to set")
    return await find(server, execution_id)


async def delete(server: Server, execution_id: int) -> None:
    """Delete an execution that has ended, with its log."""

    def allow(row: Row) -> None:
        if row.status in OPEN_EXECUTIONS:
            raise ConflictError(f"Execution {execution_id} is {_status(row)}: cancel it before you delete it")

    if not await server.store.executions.delete(execution_id, allow):
        raise MissingError("execution", str(execution_id))
    server.feed.publish("executions", execution_id, "deleted")


def _refuse_other_than_cancel(execution_id: int, body: ExecutionChange) -> None:
    if body.status is not ExecutionStatus.CANCELLED:
        why = "can only be set to CANCELLED: the engine decides all else"
        raise ConflictError(f"The status of execution {execution_id} {why}", [Fault("status", why)])
    if body.progress is not None:
        raise InvalidError([Fault("status", "CANCELLED goes alone: what is cancelled moves no further")])


async def _queue(server: Server, new: NewRow) -> Row:
    row = await server.store.executions.add(new, server.now_ms())
    server.queue.wake()
    server.feed.publish("executions", row.id, "created")
    if new.retry_of is not None:
        # It now says by what it was retried.
        server.feed.publish("executions", new.retry_of)
    return row


def _status(row: Row) -> str:
    return ExecutionCode(row.status).name
