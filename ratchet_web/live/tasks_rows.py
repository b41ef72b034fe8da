"""Rows of input for a task over HTTP: checked by its schema, and kept until a person queues their jobs."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ratchet_web.api import Forbidden, Limited, NotFound, RatchetError, Refused
from ratchet_web.bulk.checking import Checked, checked, given
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
# So many may send rows, or wait until theirs are checked: what they give lies in temporary files.
MOST_GIVEN: Final = 6
PATIENCE_S: Final = 300.0
TOO_LATE = "These rows did not arrive in five minutes: queue one part after the other."
BUSY = "Too many rows are being checked just now: nothing was taken. Try again in a moment."
GONE = (
    "These rows are not kept any more: newer ones took their room, or the console was started again. "
    "Give them again."
)
_room = asyncio.Semaphore(MOST_GIVEN)


def routes(own: Callable[[Request], Mapping[str, Services]]) -> list[Route]:
    """Return `POST /console/tasks/{id}/rows?server=` and `GET …/rows/{batch}?server=`.

    The body of the first is the text. Both answer what there is to say of the rows (`RowsSummary`); `batch`,
    the id of the run that is to be confirmed; whether it has `begun`; `to_type`, the number that must be
    typed; `trouble`, why it cannot begin. Errors: 400 for nonsense, 408, 413, 429 where
    too many are at it, else the server's own 4xx, 502 for
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
    except ClientDisconnect:
        return refusal(HTTPStatus.BAD_REQUEST, "Nobody waits for this any more")
    except Refused as error:
        return refusal(error.status or 400, str(error), error.request_id)
    except RatchetError as error:
        return refused(error)


async def _check(request: Request, services: Services, id: str) -> Run:
    if _room.locked():
        await _read(request, lambda part: None)  # a browser hears nothing while it still sends
        raise Limited(BUSY, status=HTTPStatus.TOO_MANY_REQUESTS)
    async with _room:
        task = await services.api.tasks.get(id)
        with given(task.input_schema) as file:
            await _read(request, file.write)
            found = await _unless_gone(request, checked(file))
    return await services.runs.offer(Creation(id, found.inputs, found.summary))


async def _look(request: Request, services: Services, id: str) -> Run:
    try:
        run = await services.runs.find(request.path_params["batch"])
    except NotFound:
        raise NotFound(GONE, status=404) from None
    if run.creation is None or run.creation.task_id != id:
        raise NotFound(GONE, status=404)
    return run


async def _read(request: Request, take: Callable[[bytes], object]) -> None:
    size = 0
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for part in request.stream():
                size += len(part)
                if size > MOST_BYTES:
                    raise Refused(TOO_LARGE, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                take(part)
    except TimeoutError:
        raise Refused(TOO_LATE, status=HTTPStatus.REQUEST_TIMEOUT) from None


async def _unless_gone(request: Request, checking: Coroutine[None, None, Checked]) -> Checked:
    """Return what is found, or end what looks for it as soon as nobody waits for it any more."""
    found = asyncio.create_task(checking, name="check rows")
    left = asyncio.create_task(_gone(request), name="wait for who gave rows to leave")
    try:
        await asyncio.wait((found, left), return_when=asyncio.FIRST_COMPLETED)
        if not found.done():
            raise ClientDisconnect
        return await found
    finally:
        for task in (found, left):
            task.cancel()
        await asyncio.wait((found, left))


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _told(run: Run) -> JSONResponse:
    summary = run.creation.summary if run.creation else {}
    begun = run.phase is not Phase.READY
    told = {**summary, "batch": run.id, "begun": begun, "to_type": run.to_type, "trouble": run.trouble}
    return answered(told)
