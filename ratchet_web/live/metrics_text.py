"""The metrics' text for Prometheus over HTTP: read when somebody wants it, never kept in a state."""

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.refusing import answered, refusal, refused
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
            return refusal(404, "There is no such server")
        try:
            # Which dialect it speaks decides how often it may be asked.
            await servers[server].dialect()
            found = await servers[server].monitoring.prometheus()
        except RatchetError as error:
            return refused(error)
        return answered(found.model_dump(mode="json"))

    return [Route(PATH, text, methods=["GET"])]
