"""A whole log as a file: the server's own, passed on as it comes, else read page by page while it is sent."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.api.logs import Logs
from ratchet_web.live.log_requests import PATH, Clients, of_log
from ratchet_web.models.dialect import Ability
from ratchet_web.models.logs import LogForm, LogLine, LogPage

PAGE_LINES = 5000
FORMS: dict[str, LogForm] = {"text": "text", "jsonl": "jsonl"}
KINDS = {"text": ("text/plain; charset=utf-8", "log"), "jsonl": ("application/jsonl", "jsonl")}


def routes(clients: Clients) -> list[Route]:
    """Return the route `GET /console/executions/{id}/logs/download?format=`, `text` or `jsonl`.

    The file has the lines that there were when it was asked for. `server` is as for ranges. Where the server
    fails in the middle, the connection breaks off: half a log must not pass for a whole one.
    """
    return [Route(f"{PATH}/download", of_log(clients, _file), methods=["GET"])]


async def _file(api: Ratchet, id: str, request: Request) -> Response:
    form = FORMS.get(request.query_params.get("format", "text"))
    if form is None:
        raise ValueError("format must be text or jsonl")
    media_type, suffix = KINDS[form]
    return StreamingResponse(
        await _pieces(api, id, form),
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="execution-{id}.{suffix}"',
            "cache-control": "no-store",
        },
    )


async def _pieces(api: Ratchet, id: str, form: LogForm) -> AsyncGenerator[bytes]:
    """Return the file that the server writes; where it writes none, what is read of the log makes one."""
    logs = api.executions.logs
    if (await api.dialect()).can(Ability.LOG_SEARCH):
        with suppress(NotFound):
            return await _begun(_served(logs, id, form))
    return await _begun(_written(logs, id, form))


async def _begun(pieces: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Return what gives the same pieces, once the first is there: a refusal comes before it."""
    first = await anext(pieces, b"")

    async def all_of() -> AsyncGenerator[bytes]:
        async with aclosing(pieces):
            yield first
            async for piece in pieces:
                yield piece

    return all_of()


async def _served(logs: Logs, id: str, form: LogForm) -> AsyncGenerator[bytes]:
    async with logs.file(id, form) as pieces:
        async for piece in pieces:
            yield piece


async def _written(logs: Logs, id: str, form: LogForm) -> AsyncGenerator[bytes]:
    first = await logs.page(id, limit=PAGE_LINES)
    write = _text if form == "text" else _json
    async for lines in _whole(logs, id, first):
        yield b"".join(map(write, lines))


async def _whole(logs: Logs, id: str, first: LogPage) -> AsyncIterator[list[LogLine]]:
    """Yield the lines up to the end that the log had at first."""
    page, end = first, first.total
    while lines := [line for line in page.lines if line.seq <= end]:
        yield lines
        last = lines[-1].seq
        if last >= end:
            return
        page = await logs.page(id, after=last, limit=PAGE_LINES)
        if page.lines and page.lines[0].seq <= last:
            return  # it goes round in circles


def _text(line: LogLine) -> bytes:
    time = line.time.isoformat(timespec="milliseconds").replace("+00:00", "Z") if line.time else "-"
    marked = f"[{line.source}] " if line.source != "task" else ""
    return f"{time} {line.level.upper():<5} {marked}{line.text}\n".encode(errors="replace")


def _json(line: LogLine) -> bytes:
    return orjson.dumps(line.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE)
