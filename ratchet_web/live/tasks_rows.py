"""Rows of input for a task over HTTP: checked by its schema, and kept until a person queues their jobs."""

import codecs
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ratchet_web.api import Forbidden, NotFound, RatchetError, Refused
from ratchet_web.bulk.checking import checked
from ratchet_web.bulk.run import Creation, Run
from ratchet_web.live.refusing import answered, refusal, refused
from ratchet_web.live.services import Services
from ratchet_web.models.acts import Act
from ratchet_web.models.base import is_row_id
from ratchet_web.models.runs import Phase
from ratchet_web.models.servers import chosen

PATH = "/console/tasks/{id}/rows"
MOST_BYTES = 20_000_000
TOO_LARGE = "This is larger than 20 MB: queue one part after the other."
GONE = "These rows are not kept any more: give them again."


def routes(own: Callable[[Request], Mapping[str, Services]]) -> list[Route]:
    """Return `POST /console/tasks/{id}/rows?server=` and `GET …/rows/{batch}?server=`.

    The body of the first is the text. Both answer what there is to say of the rows (`RowsSummary`); `batch`,
    the id of the run that is to be confirmed; whether it has `begun`; `to_type`, the number that must be
    typed; `trouble`, why it cannot begin. Errors: 400 for nonsense, 413, else the server's own 4xx, 502 for
    everything else, as `{message, request_id}`.
    """

    async def check(request: Request) -> JSONResponse:
        return await _answered(request, own(request), _check)

    async def look(request: Request) -> JSONResponse:
        return await _answered(request, own(request), _look)

    return [Route(PATH, check, methods=["POST"]), Route(f"{PATH}/{{batch}}", look, methods=["GET"])]


async def _answered(request: Request, servers: Mapping[str, Services], act: Any) -> JSONResponse:
    id, server = request.path_params["id"], chosen(servers, request.query_params.get("server", ""))
    try:
        if server is None or not is_row_id(id):
            raise NotFound("There is no such task", status=404)
        if not servers[server].person.may(Act.RUN_TASK):
            raise Forbidden("Your role on this server does not allow this", status=403)
        return _told(await act(request, servers[server], id))
    except Refused as error:
        return refusal(error.status or 400, str(error), error.request_id)
    except RatchetError as error:
        return refused(error)


async def _check(request: Request, services: Services, id: str) -> Run:
    text = decoded(await _body(request))
    task = await services.api.tasks.get(id)
    found = await checked(text, task.input_schema)
    return await services.runs.offer(Creation(id, found.inputs, found.summary))


async def _look(request: Request, services: Services, id: str) -> Run:
    try:
        run = await services.runs.find(request.path_params["batch"])
    except NotFound:
        raise NotFound(GONE, status=404) from None
    if run.creation is None or run.creation.task_id != id:
        raise NotFound(GONE, status=404)
    return run


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise Refused(TOO_LARGE, status=413)
        parts.append(part)
    return b"".join(parts)


def decoded(body: bytes) -> str:
    """Return a text as UTF-8, or as what spreadsheets write instead."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _told(run: Run) -> JSONResponse:
    summary = run.creation.summary if run.creation else {}
    begun = run.phase is not Phase.READY
    told = {**summary, "batch": run.id, "begun": begun, "to_type": run.to_type, "trouble": run.trouble}
    return answered(told)
