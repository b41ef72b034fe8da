"""Every execution or job that matches a query, the newest first: page after page, however many there are."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from ratchet_web.api import Ratchet, Refused
from ratchet_web.logic.files import FORMS
from ratchet_web.logic.filters import names
from ratchet_web.models.executions import Execution, ExecutionQuery
from ratchet_web.models.jobs import Job, JobQuery
from ratchet_web.models.pages import Page

PAGE: Final = 100
PAYLOADS: Final = {"input", "output", "error_details", "http_requests", "output_destinations"}
NAMES: Final = tuple(FORMS)
# The order, and how many rows a page has, matter to nobody here.
HARMLESS: Final = {"sort", "limit"}
UNAPPLIED: Final = "This server does not narrow by {names}: the file would hold rows that you do not mean."
UNREADABLE: Final = "Some rows make no sense and cannot be exported."
TOO_FAR: Final = "This server's list can be read only to its first rows. Narrow it first."

# Both are listed by the time at which they were queued, and narrowed by `until`.
Exported = ExecutionQuery | JobQuery
Row = Execution | Job
Ask = Callable[[Exported], Awaitable[Page[Any]]]


class Piece(NamedTuple):
    """A piece of a file, and how many rows the pieces up to it have."""

    text: str
    rows: int


async def pieces(api: Ratchet, query: Exported, form: str) -> AsyncIterator[Piece]:
    """Yield a file of everything that matches, in the form of one of `NAMES`.

    Raises:
        Refused: the server cannot say which rows these are.
        RatchetError: they cannot be read to the end.
    """
    columns = columns_of(query)
    file, read = FORMS[form](columns), 0
    yield Piece(file.begin, 0)
    async for rows in every(api, query):
        read += len(rows)
        yield Piece(file.piece(row.model_dump(mode="json", include=set(columns)) for row in rows), read)
    yield Piece(file.end, read)


def columns_of(query: Exported) -> tuple[str, ...]:
    """Return the columns of a file: all fields of a row but its payloads."""
    model = Execution if isinstance(query, ExecutionQuery) else Job
    return tuple(name for name in model.model_fields if name not in PAYLOADS)


async def every(api: Ratchet, query: Exported) -> AsyncIterator[Sequence[Row]]:
    """Yield all rows that match, each once, page after page. Raises as `pieces` does."""
    dialect = await api.dialect()

    async def ask(asked: Exported) -> Page[Any]:
        if dialect.limited and not dialect.graphql:
            await api.spare(1)
        if isinstance(asked, JobQuery):
            return await api.jobs.page(asked)
        return await api.executions.page(asked)

    newest = {"sort": type(query)().sort, "limit": PAGE, "page": 1}
    asked = query.as_of(datetime.now(UTC)).model_copy(update=newest)
    # A server with few requests narrows by little: it would be asked for all of it again and again.
    reader = _by_number(ask, asked, frozenset()) if dialect.limited else _by_time(ask, asked)
    async for rows in reader:
        yield rows


async def _by_time(ask: Ask, query: Exported) -> AsyncIterator[Sequence[Row]]:
    """Go on where the last page ended in time: as quick at the end as at the beginning, and new rows move
    nothing. The rows of that one millisecond are met twice: an address says no more of a time.
    """
    asked, met = query, frozenset[str]()
    while True:
        page = await ask(asked)
        if "until" in page.ignored and query.until is None:
            async for rows in _by_number(ask, query, met):
                yield rows
            return
        _check(page)
        if rows := [row for row in page.rows if row.id not in met]:
            yield rows
        if len(page.rows) < PAGE:
            return
        last = page.rows[-1].queued_at
        if last is None or last.year == MAXYEAR:
            raise Refused(UNREADABLE)
        until = last + timedelta(microseconds=-last.microsecond % 1000)
        if asked.until is not None and until >= asked.until:
            met |= {row.id for row in page.rows}
            asked = asked.model_copy(update={"page": asked.page + 1})
        else:
            met = frozenset(row.id for row in page.rows)
            asked = asked.model_copy(update={"until": until, "page": 1})


async def _by_number(ask: Ask, query: Exported, known: frozenset[str]) -> AsyncIterator[Sequence[Row]]:
    """Go through the pages; rows that come meanwhile move others, which are then met twice."""
    met, asked = set(known), query
    while True:
        page = await ask(asked)
        _check(page)
        if rows := [row for row in page.rows if row.id not in met]:
            yield rows
        seen = {row.id for row in page.rows}
        # The end, or a server that knows no pages and sends the same rows for ever.
        if len(page.rows) < PAGE or (seen <= met and asked.page > 1):
            return
        met |= seen
        asked = asked.model_copy(update={"page": asked.page + 1})


def _check(page: Page[Any]) -> None:
    if "rows" in page.ignored:
        raise Refused(UNREADABLE)
    if "page" in page.ignored:
        raise Refused(TOO_FAR)
    if missed := set(page.ignored) - HARMLESS:
        raise Refused(UNAPPLIED.format(names=names(missed)))
