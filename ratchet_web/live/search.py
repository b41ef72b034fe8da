"""What somebody looks for, in all lists of a server at once, over HTTP: for the command palette."""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import NotFound, Ratchet, RatchetError
from ratchet_web.live.log_requests import Clients, told
from ratchet_web.live.refusing import refusal, refused
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import Execution, ExecutionQuery
from ratchet_web.models.jobs import Job, JobQuery
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import Schedule, ScheduleQuery
from ratchet_web.models.servers import chosen
from ratchet_web.models.tasks import Task, TaskQuery

PATH: Final = "/console/search"
MOST_CHARS: Final = 200
# So many of each kind: who looks for more has the lists and their filters.
MOST: Final = 5
PATIENCE_S: Final = 4.0
GONE: Final = 499
FEW_REQUESTS: Final = "This server answers few requests: only ids and names of tasks are looked for."
Row = Task | Execution | Job | Schedule


class Look(NamedTuple):
    """One question to the server: `what` it is about, in words, and the rows that come of it."""

    what: str
    rows: Awaitable[Iterable[Row]]


class Found(NamedTuple):
    """The rows of one question, or why there are none; `missed` says what was not looked at."""

    rows: tuple[Row, ...] = ()
    missed: str = ""


def routes(clients: Clients) -> list[Route]:
    """Return the route `GET /console/search?q=&server=`.

    Answers `{found: [{noun, id, name, note}], unsearched: [sentence]}`: rows with this id first, then
    tasks and schedules by a part of their name, what ran of such a task, and what failed with this text.
    Errors: 400, 404, the server's own 4xx, 502 for everything else, as `{message, request_id}`.
    """

    async def search(request: Request) -> Response:
        servers, given = clients(request), request.query_params
        server, text = chosen(servers, given.get("server", "")), given.get("q", "").strip()
        if server is None:
            return refusal(404, "There is no such server")
        if not 1 <= len(text) <= MOST_CHARS or "\0" in text:
            return refusal(400, f"What to look for must have 1 to {MOST_CHARS} characters")
        try:
            answer = await _while_there(request, look_for(servers[server], text))
        except RatchetError as error:
            return refused(error)
        return refusal(GONE, "Nobody waits for this any more") if answer is None else told(answer)

    return [Route(PATH, search, methods=["GET"])]


async def look_for(api: Ratchet, text: str) -> Mapping[str, object]:
    """Return what a server has of this text: its lists are asked side by side, each for a few rows.

    Raises:
        RatchetError: the server says nothing at all.
    """
    dialect = await api.dialect()
    few = dialect.limited and not dialect.graphql
    by_id = _by_id(api, text) if is_row_id(text) else []
    by_text = [] if few and by_id else [Look("tasks", _tasks(api, text))]
    if not few:
        by_text += _by_text(api, text)
    answers = await asyncio.gather(*map(_answer, (*by_id, *by_text)))
    rows = {(noun_of(row), row.id): row for answer in answers for row in answer.rows}
    missed = [answer.missed for answer in answers if answer.missed]
    said = [*dict.fromkeys(missed), *([FEW_REQUESTS] if few else [])]
    return {"found": [shown(row) for row in rows.values()], "unsearched": said}


def _by_id(api: Ratchet, id: str) -> list[Look]:
    return [
        Look("tasks", _one(api.tasks.get(id))),
        Look("executions", _one(api.executions.head(id))),
        Look("jobs", _one(api.jobs.get(id))),
        Look("schedules", _one(api.schedules.get(id))),
    ]


def _by_text(api: Ratchet, text: str) -> list[Look]:
    failed, queued = ExecutionQuery(text=text, limit=MOST), JobQuery(text=text, limit=MOST)
    named = ScheduleQuery(q=text, limit=MOST)
    return [
        Look("schedules", _applied(api.schedules.page(named))),
        Look("errors of executions", _applied(api.executions.page(failed))),
        Look("errors of jobs", _applied(api.jobs.page(queued))),
    ]


async def _tasks(api: Ratchet, text: str) -> Iterable[Row]:
    """Return tasks by a part of their name, and what ran last of the one that fits best."""
    tasks = list(await _applied(api.tasks.page(TaskQuery(q=text, limit=MOST))))
    dialect = await api.dialect()
    if not tasks or (dialect.limited and not dialect.graphql):
        return tasks
    best = min(tasks, key=lambda task: (not task.name.lower().startswith(text.lower()), len(task.name)))
    return [*tasks, *(await api.executions.page(ExecutionQuery(task=best.id, limit=MOST))).rows]


async def _one(asked: Awaitable[Row]) -> Iterable[Row]:
    try:
        return (await asked,)
    except NotFound:
        return ()


class _LeftOutError(Exception):
    """The server answered something else than was asked."""


async def _applied(asked: Awaitable[Page[Any]]) -> Iterable[Any]:
    page = await asked
    if set(page.ignored) & {"q", "text"}:
        raise _LeftOutError
    return page.rows


async def _answer(look: Look) -> Found:
    """Return what came of a question; one that fails does not take the others with it."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return Found(tuple(await look.rows))
    except _LeftOutError:
        return Found(missed=f"Not searched: {look.what}; this server does not do it.")
    except TimeoutError:
        return Found(missed=f"Not searched: {look.what}; it took too long.")
    except RatchetError as error:
        return Found(missed=f"Not searched: {look.what} ({str(error).rstrip('.')}).")


def noun_of(row: Row) -> str:
    """Return the list that a row is of."""
    return f"{type(row).__name__.lower()}s"


def shown(row: Row) -> dict[str, str]:
    """Return what the palette shows of a row."""
    match row:
        case Task() | Schedule():
            name, note = row.name, "" if row.enabled else "disabled"
        case _:
            name = row.task_name or f"task {row.task_id}"
            note = " · ".join(filter(None, (row.status.value.lower(), (row.error_message or "")[:120])))
    return {"noun": noun_of(row), "id": row.id, "name": name, "note": note}


async def _while_there(
    request: Request, work: Coroutine[Any, Any, Mapping[str, object]]
) -> Mapping[str, object] | None:
    """Return what work returns; None where whoever asked is gone, and the work was cancelled."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
