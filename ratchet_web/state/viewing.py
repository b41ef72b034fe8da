"""What a page does when it opens: say which topics it wants to see live."""

from collections.abc import Mapping
from typing import Any, TypeVar

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.bulk.delays import TOPIC
from ratchet_web.logic.addresses import SERVER
from ratchet_web.logic.filters import in_words as filter_in_words
from ratchet_web.logic.snippets import as_shell_read
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.models.pages import PAGE_SIZES, Query
from ratchet_web.state.refusals import Refusals
from ratchet_web.state.servers import Servers
from ratchet_web.state.services import own, server_of, services
from ratchet_web.state.started import followed

Q = TypeVar("Q", bound=Query)
# The address also says, on every page, whether a dialog or a bulk run is open, and on which server.
BULK = "bulk"
ON_EVERY_PAGE = ("run", "pause", BULK, SERVER)
_MORE = (
    *("ended", "ended_since", "ended_until", "min_ms", "max_ms", "error", "text", "input", "output"),
    *("min_progress", "max_progress"),
)
_JOBS = ("due", "scheduled", "due_since", "due_until", "retries_left", "min_retries", "error", "text")
HIDDEN_FILTERS = {
    "/executions": ("job", "schedule", "fingerprint", "retried", *_MORE),
    "/jobs": ("priority", "schedule", *_JOBS),
    "/schedules": ("task", "q"),
    "/audit": ("who", "what", "row"),
}
# Orders that lists are led to, of which no column's heading tells.
HIDDEN_SORTS = {"/executions": {"completed_at": "time of the end", "started_at": "time of the start"}}
TASK_CHOICES = "tasks?limit=100"


async def watch(state: rx.State, *topics: str) -> None:
    """Make these, of the server that the page's address names, the topics of the viewer behind `state`.

    Everyone also hears how fresh the data is, which tasks can be chosen (the run dialog opens anywhere), and
    how bulk runs get on, above all the one that is open, and what waits and can be undone, and what they
    started. Of another server nothing else is heard any more.
    """
    sid, here, mine = state.router.session.session_id, server_of(state), own(state)
    started = await followed(state)
    for name, each in mine.items():
        if name != here and name in started:
            await each.hub.watch(sid, (started[name],))
        elif name != here:
            await each.hub.drop(sid)
    run = state.router.url.query_parameters.get(BULK, "")
    opened = (f"{BULK}/{run}",) if run else ()
    if here in mine:
        also = (started[here],) if here in started else ()
        await mine[here].hub.watch(sid, ("link", TASK_CHOICES, BULK, TOPIC, *also, *opened, *topics))
    refusals = await state.get_state(Refusals)
    if refusals.reasons:
        refusals.reasons = {}
    servers = await state.get_state(Servers)
    if servers.shown != here:
        servers.shown = here


def asked(state: rx.State, model: type[Q]) -> tuple[Q, tuple[str, ...]]:
    """Return the query that the address asks for, and the names of what in it makes no sense."""
    given = state.router.url.query_parameters
    query, bad = model.parse(given)
    known = (*model.model_fields, *ON_EVERY_PAGE)
    return query, (*bad, *(name for name in given if name not in known))


def path_part(state: rx.State, place: int) -> str:
    """Return a part of the open page's path, counted from 0; empty where there is none."""
    parts = state.router.url.path.strip("/").split("/")
    return parts[place] if place < len(parts) else ""


def curl_of(state: rx.State, path: str) -> str:
    """Return the command that reads a path of the API; empty where there is no server to ask.

    Whoever runs it has the token in their environment: no page ever holds it.
    """
    try:
        api = services(state).api
    except RatchetError:
        return ""
    return as_shell_read(api.address(path), with_token=api.has_token)


def in_words(error: RatchetError) -> str:
    """Return an error as one sentence for a notice, with the request's id where there is one."""
    return f"{error} (request {error.request_id})" if error.request_id else str(error)


def described(title: str, error: RatchetError) -> dict[str, str]:
    """Return an error as the parts of a notice: `title`, `message`, `request_id`."""
    return {"title": title, "message": str(error), "request_id": error.request_id or ""}


def page_of(started: Execution | Job) -> str:
    """Return the page of what was just started."""
    return f"/{'jobs' if isinstance(started, Job) else 'executions'}/{started.id}"


def field_errors(error: RatchetError) -> list[dict[str, str]]:
    """Return what the server says of each field; its sentence alone where it names none."""
    named = [{"field": field, "message": message} for field, message in error.fields.items()]
    return named or [{"field": "", "message": str(error)}]


class ListState(rx.State, mixin=True):
    """The query of a list page, as its address says it. Rows come live; this holds what the viewer chose."""

    topic: str = ""
    page: int = 1
    limit: int = 25
    sort_links: dict[str, str] = {}
    sorted_by: dict[str, str] = {}
    previous_link: str = ""
    next_link: str = ""
    sizes: list[dict[str, Any]] = []
    ignored: str = ""
    filters: list[dict[str, str]] = []
    unfiltered: str = ""

    def _show(self, query: Query, ignored: tuple[str, ...]) -> None:
        self.topic = query.address().lstrip("/")
        self.page, self.limit = query.page, query.limit
        self.sort_links = {column: query.address(sort=_turned(query.sort, column)) for column in query.SORTS}
        order = "descending" if query.sort.startswith("-") else "ascending"
        self.sorted_by = dict.fromkeys(query.SORTS, "") | {query.sort.lstrip("-"): order}
        self.previous_link = query.address(page=max(1, query.page - 1))
        self.next_link = query.address(page=query.page + 1)
        sizes = dict.fromkeys((*PAGE_SIZES, query.limit))
        self.sizes = [
            {"label": str(n), "href": query.address(limit=n), "active": "page" if n == query.limit else ""}
            for n in sorted(sizes)
        ]
        self.ignored = ", ".join(ignored)
        # What the address narrows by and no control of the page shows.
        self.filters = [
            {"name": name, "label": filter_in_words(name, value), "href": query.address(**{name: None})}
            for name in HIDDEN_FILTERS.get(query.PATH, ())
            if (value := getattr(query, name)) is not None
        ]
        if by := HIDDEN_SORTS.get(query.PATH, {}).get(query.sort.lstrip("-")):
            first = "newest" if query.sort.startswith("-") else "oldest"
            # Of a query that Reflex holds, `type` is that of its proxy.
            usual = query.__class__.model_fields["sort"].default
            chip = {"name": "sort", "label": f"by {by}, {first} first", "href": query.address(sort=usual)}
            self.filters = [chip, *self.filters]
        self.unfiltered = query.address(**dict.fromkeys(query.narrows)) if query.narrows else ""


def _turned(sort: str, column: str) -> str:
    """Return the order after a click on a column: the newest or largest first, then the other way round."""
    return column if sort == f"-{column}" else f"-{column}"


def choices(query: Query, field: str, words: Mapping[Any, str], every: str = "All") -> list[dict[str, Any]]:
    """Return the segments of a filter: each value with its address, and which one is on."""
    now = getattr(query, field)
    values: list[tuple[Any, str, str]] = [
        (None, every, "total"),
        *((k, w, str(k)) for k, w in words.items()),
    ]
    return [
        {
            "label": word,
            "key": key,
            "href": query.address(**{field: value}),
            "active": "page" if now == value else "",
        }
        for value, word, key in values
    ]
