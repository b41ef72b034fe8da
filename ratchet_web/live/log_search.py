"""Searches through all lines of a log over HTTP, for the browser's log viewer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import Ratchet
from ratchet_web.live.log_requests import MOST_SEQ, PATH, Clients, level_of, must_search, number, of_log, told
from ratchet_web.models.logs import LogSearch

MOST_CHARS = 200


def routes(clients: Clients) -> list[Route]:
    """Return the routes of searches; `server` is as for ranges.

    `GET …/logs/matches?q=&regex=1&level=&after=` answers `{runs: [[first, count], …], total, next,
    complete}`: the numbers of the lines that hold `q`, from `after` on; where not `complete`, `next` is the
    next `after`.
    `GET …/logs/levels` answers `{debug, info, warn, error}`: how many lines there are of each.
    """
    return [
        Route(f"{PATH}/matches", of_log(clients, _matches), methods=["GET"]),
        Route(f"{PATH}/levels", of_log(clients, _levels), methods=["GET"]),
    ]


async def _matches(api: Ratchet, id: str, request: Request) -> Response:
    text = request.query_params.get("q", "")
    if not 1 <= len(text) <= MOST_CHARS or "\0" in text:
        raise ValueError(f"What to search for must have 1 to {MOST_CHARS} characters")
    await must_search(api)
    after, regex = max(0, number(request, "after", 0, MOST_SEQ)), bool(request.query_params.get("regex"))
    search = LogSearch(text=text, regex=regex, after=after, level=level_of(request))
    found = await api.executions.logs.matches(id, search)
    end = found.total if found.complete or found.next is None else found.next
    return told({"runs": found.runs, "total": found.total, "next": end, "complete": found.complete})


async def _levels(api: Ratchet, id: str, request: Request) -> Response:
    await must_search(api)
    return told((await api.executions.logs.levels(id)).model_dump())
