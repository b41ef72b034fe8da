"""Everything that matches a list, over HTTP, as a file that the browser puts together."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.bulk.export import NAMES, Exported, pieces
from ratchet_web.live.refusing import NEVER_KEPT, refusal
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.jobs import JobQuery
from ratchet_web.models.servers import chosen

PATHS: Mapping[str, type[ExecutionQuery] | type[JobQuery]] = {
    "/console/executions/export": ExecutionQuery,
    "/console/jobs/export": JobQuery,
}
BESIDE = ("format", "server")
logger = logging.getLogger(__name__)


def routes(clients: Callable[[Request], Mapping[str, Ratchet]]) -> list[Route]:
    """Return the routes `GET /console/{noun}/export?format=csv|json&server=&…`, the rest as in an address.

    Answers a JSON object on each line, `{text, rows}`: the next piece of the file, and how many rows there
    are so far. Only the one with `done` is the last. `{error: {message, request_id}}` ends it too: the file
    lacks rows then, as it does where no last one comes. 400 for nonsense, 404 for a strange server.
    """

    async def export(request: Request) -> Response:
        given, servers = dict(request.query_params), clients(request)
        server = chosen(servers, given.get("server", ""))
        if server is None:
            return refusal(HTTPStatus.NOT_FOUND, "There is no such server")
        form = given.get("format", "")
        if form not in NAMES:
            return refusal(HTTPStatus.BAD_REQUEST, f"format must be one of {', '.join(NAMES)}")
        asked = {name: value for name, value in given.items() if name not in BESIDE}
        model = PATHS[request.url.path]
        query, bad = model.parse(asked)
        if wrong := [*bad, *(name[:40] for name in asked if name not in model.model_fields)]:
            return refusal(HTTPStatus.BAD_REQUEST, f"This is not understood: {', '.join(wrong)}")
        headers = {**NEVER_KEPT, "x-accel-buffering": "no"}
        frames = _frames(servers[server], query, form)
        return StreamingResponse(frames, media_type="application/x-ndjson", headers=headers)

    return [Route(path, export, methods=["GET"]) for path in PATHS]


async def _frames(api: Ratchet, query: Exported, form: str) -> AsyncIterator[bytes]:
    rows = 0
    try:
        async for piece in pieces(api, query, form):
            rows = piece.rows
            yield _line(piece._asdict())
    except RatchetError as error:
        logger.info("An export ended after %d rows: %s (request %s)", rows, error, error.request_id)
        yield _line({"error": {"message": str(error), "request_id": error.request_id}})
        return
    yield _line({"rows": rows, "done": True})


def _line(frame: Mapping[str, object]) -> bytes:
    return to_json(frame) + b"\n"
