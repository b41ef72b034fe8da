"""`/executions/{id}/logs`: what an execution printed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from pydantic import JsonValue, ValidationError
from typing_extensions import override

from ratchet_web.api import reading
from ratchet_web.api.answers import Answer, parse
from ratchet_web.api.contract.resource import ID
from ratchet_web.api.errors import Broken, NotFound, Unreachable
from ratchet_web.api.http import Http
from ratchet_web.api.logs import Logs
from ratchet_web.api.sse import ServerEvent
from ratchet_web.models.logs import LogForm, LogLevels, LogLine, LogMatches, LogPage, LogPlace, LogSearch

PAGE_LIMIT = 5000


class ContractLogs(Logs):
    """Logs as the contract has them; a constant sample (`{logs: […]}`) is read as no lines."""

    def __init__(self, http: Http) -> None:
        self._http = http

    @override
    async def page(self, id: str, *, after: int = 0, limit: int = 500, tail: int | None = None) -> LogPage:
        return await self.at(id, LogPlace(after=after, limit=limit, tail=tail))

    @override
    async def at(self, id: str, place: LogPlace) -> LogPage:
        return _page(await self._http.get(_path(id), _place(place)))

    @override
    async def matches(self, id: str, search: LogSearch) -> LogMatches:
        wanted = {"search": search.text, "regex": str(search.regex).lower(), "after": str(search.after)}
        if search.level:
            wanted["level"] = search.level
        answer = await self._http.get(f"{_path(id)}/matches", wanted)
        payload = answer.payload()
        try:
            runs = LogMatches.model_validate({"runs": reading.data_of(payload)}).runs
            meta = {key: value for key, value in reading.meta_of(payload).items() if key != "runs"}
            return LogMatches.model_validate(meta).model_copy(update={"runs": runs})
        except ValidationError as error:
            raise answer.broken("The server's answer to a search is not a list of runs") from error

    @override
    async def levels(self, id: str) -> LogLevels:
        return reading.one(await self._http.get(f"{_path(id)}/levels"), LogLevels)

    @override
    def file(self, id: str, form: LogForm) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return self._http.file(f"{_path(id)}/download", {"format": form})

    @override
    def follow(self, id: str, *, after: int = 0) -> AbstractAsyncContextManager[AsyncIterator[LogPage]]:
        return self._follow(id, after)

    @asynccontextmanager
    async def _follow(self, id: str, after: int) -> AsyncIterator[AsyncIterator[LogPage]]:
        wanted = {"follow": "true", "after": str(after)}
        async with self._http.events(_path(id), wanted) as events:
            yield _pages(events)


def _path(id: str) -> str:
    if not ID.fullmatch(id):
        raise NotFound(f"There is no execution {id[:40]!r}", status=404)
    return f"/executions/{id}/logs"


def _place(place: LogPlace) -> dict[str, str]:
    if place.tail is not None:
        wanted = {"tail": str(min(place.tail, PAGE_LIMIT))}
    else:
        beyond = {"before": str(place.before)} if place.before is not None else {"after": str(place.after)}
        wanted = {**beyond, "limit": str(min(place.limit, PAGE_LIMIT))}
    if place.level:
        wanted["level"] = place.level
    return wanted


def _page(answer: Answer) -> LogPage:
    payload = answer.payload()
    values = reading.data_of(payload)
    if not isinstance(values, list):
        if isinstance(payload, dict) and "logs" in payload:
            return LogPage(done=True)
        raise answer.broken("The server's log is not a list of lines")
    lines = _lines(values)
    meta = LogPage.model_validate({k: v for k, v in reading.meta_of(payload).items() if k != "lines"})
    return meta.model_copy(update={"lines": lines, "total": max(meta.total, lines[-1].seq if lines else 0)})


async def _pages(events: AsyncIterator[ServerEvent]) -> AsyncIterator[LogPage]:
    async for event in events:
        told = _told(event)
        values = told.get("lines")
        lines = _lines(values if isinstance(values, list) else ())
        total = LogPage.model_validate({"total": told.get("total", 0)}).total
        done = event.name == "end"
        if done or lines:
            yield LogPage(lines=lines, total=max(total, lines[-1].seq if lines else 0), done=done)
        if done:
            return
    raise Unreachable("The stream of log lines broke off")


def _lines(values: Sequence[JsonValue]) -> tuple[LogLine, ...]:
    """Return lines in their order; what counts from below 1 is none."""
    found = (line for line in reading.rows(values, LogLine) if line.seq > 0)
    return tuple(sorted(found, key=lambda line: line.seq))


def _told(event: ServerEvent) -> dict[str, JsonValue]:
    try:
        value = parse(event.text.encode())
    except ValueError as error:
        raise Broken("The stream of log lines cannot be read", status=200) from error
    return value if isinstance(value, dict) else {}
