"""`/executions/{id}/logs`: what a task printed, once or as it comes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from ratchet_web.logic.schemas import Fault
from ratchet_web.server import wire
from ratchet_web.server.errors import InvalidError, MissingError
from ratchet_web.server.events import PING, PING_S, waited
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.parameters.logs import LogParameters
from ratchet_web.server.routes.base import Running, answer, router, row_id
from ratchet_web.server.routes.events import STREAM_HEADERS
from ratchet_web.server.server import Server
from ratchet_web.server.store.logs import Lines

routes = router("/executions")

BATCH = 1_000


@routes.get("/{execution_id}/logs")
async def logs(
    server: Running,
    request: Request,
    execution_id: str,
    parameters: Annotated[LogParameters, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Return log lines, or stream them (`follow`), from a line on."""
    number = row_id("execution", execution_id)
    streamed = parameters.follow or "text/event-stream" in request.headers.get("accept", "")
    first = await _first(server, number, parameters, last_event_id if streamed else None)
    if first is None:
        raise MissingError("execution", execution_id)
    if streamed:
        stream = _follow(server, number, first, _cursor(parameters, last_event_id), _since(parameters))
        return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM_HEADERS)
    return answer({"data": wire.log_lines(first.rows), "meta": {"total": first.total, "done": first.done}})


async def _first(
    server: Server, execution_id: int, parameters: LogParameters, last_event_id: str | None
) -> Lines | None:
    if parameters.tail is not None and last_event_id is None:
        return await server.store.logs.tail(execution_id, parameters.tail)
    cursor = _cursor(parameters, last_event_id)
    return await server.store.logs.after(execution_id, cursor, parameters.limit, since_ms=_since(parameters))


def _since(parameters: LogParameters) -> int | None:
    return None if parameters.since is None else milliseconds(parameters.since)


def _cursor(parameters: LogParameters, last_event_id: str | None) -> int:
    if not last_event_id:
        return parameters.after
    if not last_event_id.isdecimal() or len(last_event_id) > 15:
        raise InvalidError([Fault("Last-Event-ID", "is not the number of a line")])
    return int(last_event_id)


async def _follow(
    server: Server, execution_id: int, first: Lines, cursor: int, since_ms: int | None
) -> AsyncIterator[bytes]:
    """Yield encoded lines until the execution ends or the server stops."""
    found: Lines | None = first
    turn: asyncio.Event | None = None
    while found is not None:
        if found.rows:
            cursor = found.rows[-1].seq
            yield _event("lines", cursor, {"lines": wire.log_lines(found.rows), "total": found.total})
        elif found.done:
            yield _event("end", cursor, {"total": found.total})
            return
        elif turn is not None and not await waited(turn, PING_S):
            yield PING
        if server.turns.closed:
            return
        # Taken before looking: what is stored between the look and the wait is not missed.
        turn = server.turns.of(execution_id)
        found = await server.store.logs.after(execution_id, cursor, BATCH, since_ms=since_ms)


def _event(name: str, number: int, body: object) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), orjson.dumps(body))
