"""`/executions`."""

from typing import Annotated

from fastapi import Query, Response
from pydantic import JsonValue

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import Done, Listed, One
from ratchet_web.models.executions import Execution, ExecutionChange, NewExecution, RetryInput
from ratchet_web.server import wire
from ratchet_web.server.acts import executions as acts
from ratchet_web.server.errors import InvalidError, MissingError
from ratchet_web.server.parameters.executions import ExecutionListParameters, OneExecution
from ratchet_web.server.routes.base import Running, answer, one, router, row_id
from ratchet_web.server.store.errors import TooSlow

routes = router("/executions")


@routes.get("", response_model=Listed[Execution])
async def page(server: Running, parameters: Annotated[ExecutionListParameters, Query()]) -> Response:
    """List executions. Payloads above 64 KB are null here; the single execution has them."""
    window = parameters.window()
    try:
        found = await server.store.executions.page(parameters.wanted(server.now_ms()), window)
    except TooSlow as error:
        message = "has too much to look through: ask for a shorter time, or for one task"
        raise InvalidError([Fault(name, message) for name in error.filters]) from error
    return answer(wire.listed(found, window, wire.execution, server.now_ms()))


@routes.post("", response_model=One[Execution], status_code=201)
async def create(server: Running, body: NewExecution) -> Response:
    """Run a task exactly once, when its time has come and a worker is free."""
    return one(wire.execution(await acts.create(server, body)), 201)


@routes.get("/{execution_id}", response_model=One[Execution])
async def get(server: Running, execution_id: str, parameters: Annotated[OneExecution, Query()]) -> Response:
    """Return one execution, payloads included."""
    number = row_id("execution", execution_id)
    if parameters.payloads == "short":
        return one(wire.execution(await acts.find_head(server, number)))
    return one(wire.execution(await acts.find(server, number)))


@routes.get("/{execution_id}/payloads/{name}", response_model=JsonValue)
async def payload(server: Running, execution_id: str, name: str) -> Response:
    """Return one payload as it is: `input`, `output`, `errorDetails` or `httpRequests`; null for none."""
    number = row_id("execution", execution_id)
    column = next((column for column, told in wire.PAYLOADS.items() if told == name), None)
    if column is None:
        raise MissingError("payload", name)
    text = await server.store.executions.payload(number, column)
    if text is None:
        raise MissingError("execution", execution_id)
    return Response(text, media_type="application/json")


@routes.patch("/{execution_id}", response_model=One[Execution])
async def change(server: Running, execution_id: str, body: ExecutionChange) -> Response:
    """Cancel an execution (`status: CANCELLED`), or set the progress (0 to 1) of one that runs."""
    return one(wire.execution(await acts.change(server, row_id("execution", execution_id), body)))


@routes.delete("/{execution_id}", status_code=204)
async def delete(server: Running, execution_id: str) -> Response:
    """Delete an execution that has ended, with its log."""
    await acts.delete(server, row_id("execution", execution_id))
    return Response(status_code=204)


@routes.post("/{execution_id}/cancel", response_model=Done[Execution])
async def cancel(server: Running, execution_id: str) -> Response:
    """Stop an execution, whether it waits or runs; its job, if any, is cancelled with it."""
    row = await acts.cancel(server, row_id("execution", execution_id))
    return answer(wire.done(f"Execution {row.id} is cancelled", wire.execution(row)))


@routes.post("/{execution_id}/retry", response_model=One[Execution], status_code=201)
async def retry(server: Running, execution_id: str, body: RetryInput | None = None) -> Response:
    """Run a failed execution anew, with its own input and the newest version unless others are given."""
    row = await acts.retry(server, row_id("execution", execution_id), body)
    return one(wire.execution(row), 201)
