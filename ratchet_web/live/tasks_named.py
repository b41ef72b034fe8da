"""Tasks by their names over HTTP, for choices among more tasks than a page holds."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.log_requests import Clients, told
from ratchet_web.live.refusing import refusal, refused
from ratchet_web.models.base import is_row_id
from ratchet_web.models.servers import chosen
from ratchet_web.models.tasks import Task, TaskQuery

PATH: Final = "/console/tasks/named"
MOST: Final = 50


def routes(clients: Clients) -> list[Route]:
    """Return the route `GET /console/tasks/named?q=&id=&server=`.

    Answers `{tasks: [{id, name}], more}`: the first 50 whose name holds `q`, or the one with this `id`.
    Errors: 400, the server's own 4xx, 502 for everything else, as `{message, request_id}`.
    """

    async def named(request: Request) -> Response:
        servers, given = clients(request), request.query_params
        server = chosen(servers, given.get("server", ""))
        if server is None:
            return refusal(404, "There is no such server")
        id = given.get("id", "")
        query, bad = TaskQuery.parse({"q": given["q"]} if given.get("q") else {})
        if bad or (id and not is_row_id(id)):
            return refusal(400, "q must be a text of at most 200 characters, id the id of a task")
        try:
            return told(await _found(servers[server], id, query))
        except RatchetError as error:
            return refused(error)

    return [Route(PATH, named, methods=["GET"])]


async def _found(api: Ratchet, id: str, query: TaskQuery) -> dict[str, object]:
    if id:
        return {"tasks": [_choice(await api.tasks.get(id))], "more": False}
    page = await api.tasks.page(query.model_copy(update={"limit": MOST}))
    more = not page.exact or (page.total or 0) > len(page.rows)
    return {"tasks": [_choice(task) for task in page.rows], "more": more}


def _choice(task: Task) -> dict[str, str]:
    return {"id": task.id, "name": task.name}
