"""Ranges of a log over HTTP, for the browser's log viewer."""

import asyncio
from bisect import bisect_left
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ratchet_web.api import Ratchet
from ratchet_web.api.logs import Logs
from ratchet_web.live.log_lines import sent
from ratchet_web.live.log_requests import MOST_SEQ, PATH, Clients, level_of, must_search, number, of_log, told
from ratchet_web.models.logs import LogLevel, LogLine, LogPage, LogPlace

MOST_LINES = 1000


def routes(clients: Clients) -> list[Route]:
    """Return the route `GET /console/executions/{id}/logs?from=&n=&server=`.

    `server` is one of those that `clients` gives for a request, the first where it is absent. `from` is the
    first line wanted, counted from 0; negative: from the end. `n` is how many, at most 1000.
    Answers `{low, high, total, lines: [{seq, time, level, source, text}], done}`: all lines that were asked
    for with `low < seq <= high` are there. A long one is cut, with `rest`, unless `whole` is given.

    With `level` lines below it are left out, and the place is one of `after` and `before` (a `seq`) and
    `around` (half of the lines before it); else the end of the log. With `since`, a time, the answer is the
    first line from it on, if there is one.
    """
    return [Route(PATH, of_log(clients, _read), methods=["GET"])]


async def _read(api: Ratchet, id: str, request: Request) -> Response:
    n = max(number(request, "n", 500, MOST_LINES), 1)
    level, since = level_of(request), _time(request)
    logs = api.executions.logs
    if since is not None:
        low, page = await _range(logs, id, await _lines_before(logs, id, since), 1)
        high = low + len(page.lines)
    elif level is None:
        low, page = await _range(logs, id, number(request, "from", 0, MOST_SEQ), n)
        high = low + len(page.lines)
    else:
        await must_search(api)
        low, high, page = await _Place(request, level, n).read(logs, id)
    lines = [sent(line, whole="whole" in request.query_params) for line in page.lines]
    return told({"low": low, "high": high, "total": page.total, "lines": lines, "done": page.done})


async def _range(logs: Logs, id: str, first: int, n: int) -> tuple[int, LogPage]:
    """Return where the range begins, and the lines."""
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


async def _lines_before(logs: Logs, id: str, time: datetime) -> int:
    """Return how many lines were printed before a time: their times go up.

    Halving leads to few enough to be read at once.
    """

    def is_before(line: LogLine) -> bool:
        return line.time is None or line.time < time

    low, high = 0, (await logs.page(id, tail=1)).total
    while high - low > MOST_LINES:
        middle = (low + high) // 2
        found = (await logs.page(id, after=middle, limit=1)).lines
        if found and not is_before(found[0]):
            high = middle
        else:
            low = middle + 1
    if low == high:
        return low
    near = (await _lines_from(logs, id, low, high - low)).lines
    return low + bisect_left(near, True, key=lambda line: not is_before(line))


class _Place:
    """A place among the lines of a level and above."""

    def __init__(self, request: Request, level: LogLevel, n: int) -> None:
        self._level, self._n = level, n
        self._after, self._before, self._around = (
            number(request, name, 0, MOST_SEQ) for name in ("after", "before", "around")
        )
        self._forward = "after" in request.query_params
        if min(self._after, self._before, self._around) < 0:
            raise ValueError("after, before and around must not be negative")

    async def read(self, logs: Logs, id: str) -> tuple[int, int, LogPage]:
        """Return between which numbers all lines are there, and the lines."""
        if self._forward:
            return await self._later(logs, id, self._after, self._n)
        if not self._around:
            return await self._earlier(logs, id, self._before or MOST_SEQ, self._n)
        half = self._n // 2
        (low, _, before), (_, high, after) = await asyncio.gather(
            self._earlier(logs, id, self._around, max(half, 1)),
            self._later(logs, id, self._around - 1, self._n - half),
        )
        return low, high, after.model_copy(update={"lines": (*before.lines, *after.lines)})

    async def _later(self, logs: Logs, id: str, after: int, n: int) -> tuple[int, int, LogPage]:
        page = await logs.at(id, LogPlace(after=after, limit=n, level=self._level))
        low = min(after, page.total)
        end = page.total if page.complete else page.next or low
        return low, max(low, end), page

    async def _earlier(self, logs: Logs, id: str, before: int, n: int) -> tuple[int, int, LogPage]:
        page = await logs.at(id, LogPlace(before=before, limit=n, level=self._level))
        low = 0 if page.complete or not page.lines else page.lines[0].seq - 1
        return low, max(low, min(before - 1, page.total)), page


def _time(request: Request) -> datetime | None:
    given = request.query_params.get("since", "")
    try:
        time = datetime.fromisoformat(given) if given else None
    except ValueError:
        raise ValueError("since must be a time, such as 2026-01-31T12:00:00Z") from None
    if time is not None and time.tzinfo is None:
        raise ValueError("since must say its time zone")
    return time
