"""Payloads of executions over HTTP, for the JSON viewer: long ones never pass through the socket."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.refusing import NEVER_KEPT, refusal, refused
from ratchet_web.models.base import is_row_id
from ratchet_web.models.servers import chosen

PATH = "/console/executions/{id}/payloads/{name}"


async def _whole(api: Ratchet, id: str) -> bytes:
    """Return the execution as the contract has it; payloads that are long are not in it."""
    head = await api.executions.head(id)
    return to_json(head.model_dump(mode="json", by_alias=True))


# What can be read, by its name in the address.
READERS: Final[Mapping[str, Callable[[Ratchet, str], Awaitable[bytes]]]] = {
    "input": lambda api, id: api.executions.payload(id, "input"),
    "output": lambda api, id: api.executions.payload(id, "output"),
    "execution": _whole,
}


def routes(clients: Callable[[Request], Mapping[str, Ratchet]]) -> list[Route]:
    """Return the route `GET /console/executions/{id}/payloads/{name}?server=&download=`.

    `name` is `input`, `output` or `execution`; with `download` it comes as a file. `server` as in `ranges`.
    Answers JSON as the server has it. Errors: the server's own 4xx, 502 for everything else, as
    `{message, request_id}`.
    """

    async def payload(request: Request) -> Response:
        id, name, servers = request.path_params["id"], request.path_params["name"], clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None or not is_row_id(id) or name not in READERS:
            return refusal(404, "There is no such payload")
        try:
            text = await READERS[name](servers[server], id)
        except RatchetError as error:
            return refused(error)
        headers = dict(NEVER_KEPT)
        if "download" in request.query_params:
            headers["content-disposition"] = f'attachment; filename="execution-{id}-{name}.json"'
        return Response(text, media_type="application/json", headers=headers)

    return [Route(PATH, payload, methods=["GET"])]
