"""`/executions`."""

from typing import Annotated

import orjson
from fastapi import Query, Response

from ratchet_web.models.executions import NewExecution, RetryInput
from ratchet_web.server import wire
from ratchet_web.server.errors import ConflictError, MissingError
from ratchet_web.server.inputs import checked, runnable
from ratchet_web.server.parameters.executions import ExecutionParameters
from ratchet_web.server.routes.base import Running, answer, one, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import ExecutionCode
from ratchet_web.server.store.executions import NewRow
from ratchet_web.server.store.lists.base import Row

routes = router("/executions")


@routes.get("")
async def page(server: Running, parameters: Annotated[ExecutionParameters, Query()]) -> Response:
    """List executions. Payloads above 64 KB are null here; the single execution has them."""
    window = parameters.window()
    found = await server.store.executions.page(parameters.wanted(server.now_ms()), window)
    return answer(wire.listed(found, window, wire.execution, server.now_ms()))


@routes.post("")
async def create(server: Running, body: NewExecution) -> Response:
    """Run a task exactly once, as soon as a worker is free."""
    task = await runnable(server.store, body.task_id)
    new = NewRow(task.id, task.version, await checked(task, body.input))
    return await _queue(server, new)


@routes.get("/{execution_id}")
async def get(server: Running, execution_id: str) -> Response:
    """Return one execution, payloads included."""
    return one(wire.execution(await find(server, execution_id)))


@routes.post("/{execution_id}/cancel")
async def cancel(server: Running, execution_id: str) -> Response:
    """Stop an execution, whether it waits or runs; its job, if any, is cancelled with it."""
    row = await find(server, execution_id)
    if await server.store.executions.cancel_waiting(row.id, server.now_ms()):
        server.turns.tell(row.id)
        server.feed.publish("executions", row.id)
    else:
        await server.queue.cancel(row.id)
    after = await find(server, execution_id)
    if row.status == after.status or after.status != ExecutionCode.CANCELLED:
        raise ConflictError(
            f"Execution {row.id} is {ExecutionCode(after.status).name}: it cannot be cancelled"
        )
    return answer(wire.done(f"Execution {row.id} is cancelled", wire.execution(after)))


@routes.post("/{execution_id}/retry")
async def retry(server: Running, execution_id: str, body: RetryInput | None = None) -> Response:
    """Run a failed execution anew, with its own input unless another is given."""
    row = await find(server, execution_id)
    if row.status != ExecutionCode.FAILED:
        status = ExecutionCode(row.status).name
        raise ConflictError(f"Execution {row.id} is {status}: only a failed one can be retried")
    task = await runnable(server.store, str(row.task_id))
    given = body is not None and "input" in body.model_fields_set
    value = body.input if body is not None and given else orjson.loads(row.input)
    new = NewRow(task.id, task.version, await checked(task, value), row.id, row.attempt + 1)
    return await _queue(server, new)


async def find(server: Server, execution_id: str) -> Row:
    """Return the execution with this id; raises `MissingError`."""
    row = await server.store.executions.get(row_id("execution", execution_id))
    if row is None:
        raise MissingError("execution", execution_id)
    return row


async def _queue(server: Server, new: NewRow) -> Response:
    row = await server.store.executions.add(new, server.now_ms())
    server.queue.wake()
    server.feed.publish("executions", row.id, "created")
    return one(wire.execution(row), 201)
