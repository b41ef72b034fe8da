"""Trying a draft over HTTP: what it prints reaches the tab that asked, and no other."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.bodies import UnreadError, json_of, unread
from ratchet_web.live.refusing import refusal, refused
from ratchet_web.models.servers import chosen
from ratchet_web.models.tasks import TaskTrial, TrialNews

PATH = "/console/tasks/try"
MOST_BYTES = 4_000_000
WHAT = "no draft"
# A proxy in between would hold lines back until its buffer is full.
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def routes(clients: Callable[[Request], Mapping[str, Ratchet]]) -> list[Route]:
    """Return the route `POST /console/tasks/try?server=`.

    It takes `{source_code, input_schema, output_schema, input}` as JSON and answers with lines of JSON,
    each a `TrialNews`; a last `{error}` says why there is no end. Whoever leaves ends the draft.
    Errors before it begins: `{message, fields, request_id}`, with the server's own 4xx, 400, 413 or 415 for
    nonsense, else 502.
    """

    async def try_out(request: Request) -> Response:
        servers = clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None:
            return refusal(404, "There is no such server", fields={})
        opened = AsyncExitStack()
        try:
            draft = _read(await json_of(request, MOST_BYTES, WHAT))
            news = await opened.enter_async_context(servers[server].tasks.try_out(draft))
        except UnreadError as error:
            return error.answer
        except RatchetError as error:
            return refused(error, fields=dict(error.fields))
        return _Stream(opened, news)

    return [Route(PATH, try_out, methods=["POST"])]


def _read(value: object) -> TaskTrial:
    try:
        return TaskTrial.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        why = f"{place}: {first['msg']}" if place else first["msg"]
        raise unread(HTTPStatus.BAD_REQUEST, WHAT, why) from None


class _Stream(StreamingResponse):
    """What a draft tells, as lines; lets go of it however far its reader came."""

    def __init__(self, opened: AsyncExitStack, news: AsyncIterator[TrialNews]) -> None:
        super().__init__(_lines(news), media_type="application/x-ndjson", headers=HEADERS)
        self._opened = opened

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._opened:
            await super().__call__(scope, receive, send)


async def _lines(news: AsyncIterator[TrialNews]) -> AsyncIterator[bytes]:
    try:
        async for each in news:
            yield _line(each.model_dump(mode="json", exclude_defaults=True))
    except RatchetError as error:
        yield _line({"error": {"message": str(error), "request_id": error.request_id}})


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode(errors="replace") + b"\n"
