"""Ranges of a log over HTTP, for the browser's log viewer."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.api.logs import Logs
from ratchet_web.live.topics import execution_of_log
from ratchet_web.models.logs import LogPage
from ratchet_web.models.servers import chosen

PATH = "/console/executions/{id}/logs"
MOST_LINES = 1000
MOST_FROM = 2**53


def routes(clients: Callable[[Request], Mapping[str, Ratchet]]) -> list[Route]:
    """Return the route `GET /console/executions/{id}/logs?from=&n=&server=`.

    `server` is one of those that `clients` gives for a request, the first where it is absent. `from` is the
    first line wanted, counted from 0; negative: from the end. `n` is how many, at most 1000.
    Answers `{first, total, lines: [{seq, time, level, source, text}], done}`, `first` counted from 0.
    Errors: 400 for nonsense, else the server's own 4xx, 502 for everything else, as `{message, request_id}`.
    """

    async def logs(request: Request) -> JSONResponse:
        id, servers = request.path_params["id"], clients(request)
        server = chosen(servers, request.query_params.get("server", ""))
        if server is None:
            return _refusal(404, "There is no such server", "")
        try:
            first, n = _number(request, "from", 0, MOST_FROM), _number(request, "n", 500, MOST_LINES)
        except ValueError as error:
            return _refusal(400, str(error), "")
        if execution_of_log(f"executions/{id}/logs") is None:
            return _refusal(404, f"There is no execution {id[:40]!r}", "")
        try:
            at, page = await _range(servers[server], id, first, max(n, 1))
        except RatchetError as error:
            passed_on = error.status if error.status and 400 <= error.status < 500 else HTTPStatus.BAD_GATEWAY
            return _refusal(passed_on, str(error), error.request_id)
        lines = [line.model_dump(mode="json") for line in page.lines]
        told = {"first": at, "total": page.total, "lines": lines, "done": page.done}
        return JSONResponse(told, headers={"cache-control": "no-store"})

    return [Route(PATH, logs, methods=["GET"])]


async def _range(api: Ratchet, id: str, first: int, n: int) -> tuple[int, LogPage]:
    """Return where the range begins, and the lines."""
    logs = api.executions.logs
    if first < 0 and -first <= n:
        page = await logs.page(id, tail=-first)
    else:
        if first < 0:
            first = max(0, (await logs.page(id, tail=1)).total + first)
        page = await _lines_from(logs, id, first, n)
    return (page.lines[0].seq - 1 if page.lines else min(max(first, 0), page.total)), page


async def _lines_from(logs: Logs, id: str, first: int, n: int) -> LogPage:
    """Return as many lines as were asked for: a server cuts an answer short where lines are long."""
    page = await logs.page(id, after=first, limit=n)
    lines = list(page.lines)
    while page.lines and not page.complete and len(lines) < n:
        last = lines[-1].seq
        page = await logs.page(id, after=last, limit=n - len(lines))
        if page.lines and page.lines[0].seq <= last:
            break  # it goes round in circles
        lines += page.lines
    return page.model_copy(update={"lines": tuple(lines[:n])})


def _number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name, "")
    if not given:
        return default
    if not given.lstrip("-").isascii() or not given.removeprefix("-").isdecimal() or len(given) > 20:
        raise ValueError(f"{name} must be a whole number")
    return max(-most, min(int(given), most))


def _refusal(status: int, message: str, request_id: str) -> JSONResponse:
    return JSONResponse({"message": message, "request_id": request_id}, status_code=status)
