"""`/executions/{id}/logs`: what a task printed, once, as it comes, or as a file."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Annotated, Any

import orjson
from fastapi import Header, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from ratchet_web.logic.schemas import Fault
from ratchet_web.models.envelopes import LogLines, LogRuns, One
from ratchet_web.models.logs import LogLevels
from ratchet_web.server import wire
from ratchet_web.server.errors import InvalidError, MissingError
from ratchet_web.server.events import PING, PING_S, waited
from ratchet_web.server.leaving import while_there
from ratchet_web.server.parameters.base import milliseconds
from ratchet_web.server.parameters.logs import DownloadParameters, LogParameters, MatchParameters
from ratchet_web.server.routes.base import Running, answer, one, router, row_id
from ratchet_web.server.server import Server
from ratchet_web.server.store.codes import LevelCode
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.logs_scan import Lines, LogQuery
from ratchet_web.server.streams import STREAM, Stream

routes = router("/executions")

BATCH = 1_000
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "application/jsonl")}}
}
_MEDIA = {"text": ("text/plain; charset=utf-8", "log"), "jsonl": ("application/jsonl", "jsonl")}


@routes.get("/{execution_id}/logs", response_model=LogLines, responses=STREAM)
async def logs(
    server: Running,
    request: Request,
    execution_id: str,
    parameters: Annotated[LogParameters, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Return log lines, or stream them (`follow`), from a line on.

    An answer holds at most `limit` lines and about 4 MB, and a search ends after a second:
    `meta.complete` tells whether that was all, `meta.next` where to go on (as `after`, or as `before` where
    lines are read backwards).
    """
    number = row_id("execution", execution_id)
    streamed = parameters.follow or "text/event-stream" in request.headers.get("accept", "")
    resumed = _line(last_event_id)
    query = _query(parameters, resumed if streamed else None)
    if parameters.around is None:
        found = await server.store.logs.find(number, query)
    else:
        found = await server.store.logs.around(number, parameters.around, query)
    if found is None:
        raise MissingError("execution", execution_id)
    if streamed:
        return Stream(server.streams, _follow(server, number, found, query))
    meta = {"total": found.total, "done": found.done, "next": found.next, "complete": found.complete}
    return answer({"data": wire.log_lines(found.rows), "meta": meta})


@routes.get("/{execution_id}/logs/download", response_class=PlainTextResponse, responses=_FILES)
async def download(
    server: Running, execution_id: str, parameters: Annotated[DownloadParameters, Query()]
) -> StreamingResponse:
    """Return the whole log so far as a file: lines of text, or of JSON."""
    number = row_id("execution", execution_id)
    head = await server.store.logs.after(number, 0, 1)
    if head is None:
        raise MissingError("execution", execution_id)
    media_type, suffix = _MEDIA[parameters.format]
    write = _text if parameters.format == "text" else _json
    named = f'attachment; filename="execution-{number}.{suffix}"'
    return StreamingResponse(
        _whole(server, number, head.total, write),
        media_type=media_type,
        headers={"content-disposition": named},
    )


@routes.get("/{execution_id}/logs/matches", response_model=LogRuns)
async def matches(
    server: Running, request: Request, execution_id: str, parameters: Annotated[MatchParameters, Query()]
) -> Response:
    """Return which lines hold a text, or match a regular expression: by seq, as runs of neighbours.

    A search ends after about a second: `meta.complete` tells whether that was all, `meta.next` where to
    go on. Of expressions a few wait for each other, and whoever leaves ends theirs.
    """
    number, logs = row_id("execution", execution_id), server.store.logs
    level = LevelCode[(parameters.level or "debug").upper()]
    query = LogQuery(after=parameters.after, level=level)
    if parameters.regex:
        search = server.expressions.find(number, query, parameters.search)
        found = await while_there(request, search)
    else:
        found = await logs.matches(number, replace(query, search=parameters.search))
    if found is None:
        raise MissingError("execution", execution_id)
    meta = {"total": found.total, "done": found.done, "next": found.next, "complete": found.complete}
    return answer({"data": found.runs, "meta": meta})


@routes.get("/{execution_id}/logs/levels", response_model=One[LogLevels])
async def levels(server: Running, execution_id: str) -> Response:
    """Return how many lines there are of each level."""
    found = await server.store.logs.levels(row_id("execution", execution_id))
    if found is None:
        raise MissingError("execution", execution_id)
    return one({level.name.lower(): lines for level, lines in found.items()})


def _query(parameters: LogParameters, resumed: int | None) -> LogQuery:
    since, tail = parameters.since, parameters.tail
    query = LogQuery(
        after=parameters.after,
        before=parameters.before,
        limit=tail or parameters.limit,
        backwards=tail is not None or (parameters.before is not None and not parameters.after),
        level=LevelCode[(parameters.level or "debug").upper()],
        search=parameters.search,
        since_ms=None if since is None else milliseconds(since),
    )
    return query if resumed is None else replace(query, after=resumed, before=None, backwards=False)


def _line(last_event_id: str | None) -> int | None:
    if not last_event_id:
        return None
    if not last_event_id.isdecimal() or len(last_event_id) > 15:
        raise InvalidError([Fault("Last-Event-ID", "is not the number of a line")])
    return int(last_event_id)


async def _follow(server: Server, execution_id: int, first: Lines, query: LogQuery) -> AsyncIterator[bytes]:
    """Yield encoded lines until the execution ends or the server stops.

    The id of each event is the last line that was looked at, wanted or not: a resume goes on behind it.
    """
    found: Lines | None = first
    cursor = query.after
    turn: asyncio.Event | None = None
    while found is not None:
        before, cursor = cursor, found.total if query.backwards else found.next
        if found.rows:
            yield _event("lines", cursor, {"lines": wire.log_lines(found.rows), "total": found.total})
        elif cursor > before:
            yield b"id: %d\n: nothing up to here\n\n" % cursor
        elif found.done:
            yield _event("end", cursor, {"total": found.total})
            return
        elif turn is not None and not await waited(turn, PING_S):
            yield PING
        if server.turns.closed:
            return
        # Taken before looking: what is stored between the look and the wait is not missed.
        turn = server.turns.of(execution_id)
        query = replace(query, after=cursor, before=None, backwards=False, limit=BATCH)
        found = await server.store.logs.find(execution_id, query)


async def _whole(
    server: Server, execution_id: int, total: int, write: Callable[[Row], bytes]
) -> AsyncIterator[bytes]:
    """Yield the lines of a log, written, up to the end that it had at first."""
    last = 0
    while last < total:
        piece, last = await server.store.logs.piece(execution_id, last, total, write)
        if not piece:
            return  # what is old was removed meanwhile
        yield piece


def _text(row: Row) -> bytes:
    marked = f"[{row.source}] " if row.source != "task" else ""
    return f"{wire.instant(row.time)} {LevelCode(row.level).name:<5} {marked}{row.text}\n".encode()


def _json(row: Row) -> bytes:
    return orjson.dumps(wire.log_line(row), option=orjson.OPT_APPEND_NEWLINE)


def _event(name: str, number: int, body: object) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), orjson.dumps(body))
