"""The metrics' text for Prometheus over HTTP: read when somebody wants it, never kept in a state."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.models.servers import chosen

PATH = "/console/metrics"


def routes(clients: Callable[[Request], Mapping[str, Ratchet]]) -> list[Route]:
    """Return the route `GET /console/metrics?server=`.

    `server` is one of those that `clients` gives for a request, the first where it is absent. Answers
    `{text, size, complete, address, read_at}`; the text is cut to a megabyte, `size` is that of all. Errors:
    the server's own 4xx, 502 for everything else, as `{message, request_id}`.
    """

    async def text(request: Request) -> JSONResponse:
        servers = clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None:
            return _answer({"message": "There is no such server", "request_id": ""}, 404)
        try:
            # Which dialect it speaks decides how often it may be asked.
            await servers[server].dialect()
            found = await servers[server].monitoring.prometheus()
        except RatchetError as error:
            passed_on = error.status if error.status and 400 <= error.status < 500 else HTTPStatus.BAD_GATEWAY
            return _answer({"message": str(error), "request_id": error.request_id}, passed_on)
        return _answer(found.model_dump(mode="json"))

    return [Route(PATH, text, methods=["GET"])]


def _answer(told: dict[str, object], status: int = 200) -> JSONResponse:
    return JSONResponse(told, status_code=status, headers={"cache-control": "no-store"})
