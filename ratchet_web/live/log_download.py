"""A whole log as a file: read page by page while it is sent, so that no server has to offer files."""

from collections.abc import AsyncIterator

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ratchet_web.api import Ratchet
from ratchet_web.api.logs import Logs
from ratchet_web.live.log_requests import PATH, Clients, of_log
from ratchet_web.models.logs import LogLine, LogPage

PAGE_LINES = 1000
KINDS = {"text": ("text/plain; charset=utf-8", "log"), "jsonl": ("application/jsonl", "jsonl")}


def routes(clients: Clients) -> list[Route]:
    """Return the route `GET /console/executions/{id}/logs/download?format=`, `text` or `jsonl`.

    The file has the lines that there were when it was asked for. `server` is as for ranges. Where the server
    fails in the middle, the connection breaks off: half a log must not pass for a whole one.
    """
    return [Route(f"{PATH}/download", of_log(clients, _file), methods=["GET"])]


async def _file(api: Ratchet, id: str, request: Request) -> Response:
    kind = request.query_params.get("format", "text")
    if kind not in KINDS:
        raise ValueError("format must be text or jsonl")
    media_type, suffix = KINDS[kind]
    first = await api.executions.logs.page(id, limit=PAGE_LINES)
    write = _text if kind == "text" else _json
    return StreamingResponse(
        (b"".join(map(write, lines)) async for lines in _whole(api.executions.logs, id, first)),
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="execution-{id}.{suffix}"',
            "cache-control": "no-store",
        },
    )


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
