"""What pages do over HTTP, with what whoever sends a request has."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.access.proxy_door import STILL_NAMED
from ratchet_web.api import Ratchet
from ratchet_web.audit.journal import Journal
from ratchet_web.live import (
    audit_export,
    delivery_tests,
    exports,
    log_download,
    log_search,
    metrics_text,
    payloads,
    ranges,
    schedules_timeline,
    search,
    tasks_named,
    tasks_rows,
    trials,
)
from ratchet_web.live.services import Services
from ratchet_web.state.services import services_of

# Those that ask servers, and need nothing else.
ASKING: Final = (
    *(ranges, log_search, log_download, payloads, metrics_text, exports, trials, delivery_tests),
    *(schedules_timeline, tasks_named, search),
)


def data_routes(journal: Journal) -> list[Route]:
    """Return the routes."""
    asking = (route for each in ASKING for route in each.routes(_clients))
    # Where nobody stands before it, nobody has to be named.
    still_named = Route(STILL_NAMED, _nothing)
    return [still_named, *asking, *tasks_rows.routes(_own), *audit_export.routes(_own, journal)]


def _own(request: Request) -> Mapping[str, Services]:
    return services_of(request.headers.get("cookie", ""))


def _clients(request: Request) -> dict[str, Ratchet]:
    return {name: each.api for name, each in _own(request).items()}


async def _nothing(request: Request) -> Response:
    return Response(status_code=204, headers={"cache-control": "no-store"})
