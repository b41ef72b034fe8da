"""What the routes of a log have in common: whose log, what is asked, and how trouble is told."""

from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.refusing import NEVER_KEPT, refusal, refused
from ratchet_web.models.base import is_row_id
from ratchet_web.models.dialect import Ability
from ratchet_web.models.logs import LogLevel
from ratchet_web.models.servers import chosen

PATH = "/console/executions/{id}/logs"
# The largest number that a browser counts to.
MOST_SEQ = 2**53 - 1
Clients = Callable[[Request], Mapping[str, Ratchet]]
Handler = Callable[[Request], Awaitable[Response]]
LEVELS: dict[str, LogLevel] = {"debug": "debug", "info": "info", "warn": "warn", "error": "error"}


def of_log(clients: Clients, read: Callable[[Ratchet, str, Request], Awaitable[Response]]) -> Handler:
    """Return the handler of a route below `PATH`; `read` gets the server's client and the execution's id.

    Errors: 400 for nonsense (a `ValueError` of `read`), 404, the server's own 4xx, 502 for everything else,
    as `{message, request_id}`.
    """

    async def handler(request: Request) -> Response:
        id, servers = request.path_params["id"], clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None:
            return refusal(404, "There is no such server")
        if not is_row_id(id):
            return refusal(404, f"There is no execution {id[:40]!r}")
        try:
            return await read(servers[server], id, request)
        except ValueError as error:
            return refusal(400, str(error))
        except RatchetError as error:
            return refused(error, error.fields.get("search", ""))

    return handler


def told(answer: Mapping[str, object]) -> Response:
    """Return an answer that nobody keeps."""
    return Response(orjson.dumps(answer), media_type="application/json", headers=NEVER_KEPT)


def number(request: Request, name: str, default: int, most: int) -> int:
    """Return a parameter that is a whole number.

    Raises:
        ValueError: it is none.
    """
    given = request.query_params.get(name, "")
    if not given:
        return default
    if not given.lstrip("-").isascii() or not given.removeprefix("-").isdecimal() or len(given) > 20:
        raise ValueError(f"{name} must be a whole number")
    return max(-most, min(int(given), most))


def level_of(request: Request) -> LogLevel | None:
    """Return the least level that is wanted, None for all lines.

    Raises:
        ValueError: there is no such level.
    """
    given = request.query_params.get("level", "")
    if given and given not in LEVELS:
        raise ValueError("level must be debug, info, warn or error")
    return LEVELS.get(given)


async def must_search(api: Ratchet) -> None:
    """Raise `ValueError` where the server cannot look through a log."""
    if why := (await api.dialect()).cannot.get(Ability.LOG_SEARCH):
        raise ValueError(why)
