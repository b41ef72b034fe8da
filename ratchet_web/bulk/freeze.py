"""Which rows a run is about: read to the end before anybody is asked, and not read again for that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from ratchet_web.api import Limited, NotFound, Ratchet, Refused
from ratchet_web.bulk.acts import pager, reader
from ratchet_web.logic.bulk import GONE, Row, name_of, state_of
from ratchet_web.logic.filters import names
from ratchet_web.models.pages import Page, Query
from ratchet_web.models.runs import Choice, Item

T = TypeVar("T")
MOST = 10_000
PAGE = 100
AT_ONCE = 8
WAIT_S = 5.0
# So often a list is read from its beginning, because rows left it while it was read.
PASSES = 4
# What of a query may be left undone: the order matters to nobody here.
HARMLESS = {"sort", "limit"}
TOO_MANY = (
    "More than 10,000 match. Narrow the list first, by status or task, and act on one part after the other."
)
TOO_FAR = "This server's list can be read only to its first {n:,} rows. Narrow it first, by status or task."
UNAPPLIED = "This server does not narrow by {names}: rows that you do not mean would be acted on."
HELD = "The server answers no more requests for now: this goes on as soon as it does."
UNREADABLE = "Some rows make no sense and cannot be acted on. Narrow the list to others first."


class Frozen(NamedTuple):
    """The rows of a choice; not `whole` where rows left the list so fast that some may not have been met."""

    items: list[Item]
    whole: bool = True


async def frozen(
    api: Ratchet, choice: Choice, told: Callable[[int], None], waits: Callable[[str], None]
) -> Frozen:
    """Return the rows of a choice as they are now.

    `told` is called with how many were read so far, `waits` with why nothing is read now, empty once it is.

    Raises:
        Refused: there are too many, or the server cannot say which they are.
        RatchetError: they cannot be read.
    """
    items: dict[str, Item] = {}
    if choice.query is None:
        async for found in _ticked(api, choice.noun, choice.ids, waits):
            items |= {item.id: item for item in found}
            told(len(items))
        return Frozen(list(items.values()))
    for number in range(PASSES):
        before = len(items)
        steady = await _read_through(pager(api, choice.noun), choice.query, items, told, waits)
        if steady or (number and len(items) == before):
            return Frozen(list(items.values()))
    return Frozen(list(items.values()), whole=False)


async def _read_through(
    ask: Callable[[Query], Awaitable[Page[Any]]],
    query: Query,
    items: dict[str, Item],
    told: Callable[[int], None],
    waits: Callable[[str], None],
) -> bool:
    """Add the rows of all pages of a list to `items`; return whether none left it meanwhile.

    Rows that come are met twice; of those behind one that leaves, the first of the next page is not met.
    """
    # The order in which servers read best.
    asked = query.model_copy(update={"sort": type(query)().sort, "limit": PAGE, "page": 1})
    met: set[str] = set()
    read, total, steady = 0, 0, True
    while True:
        page = await _patiently(partial(ask, asked), waits)
        _check(page, read)
        found = {row.id: item_of(row) for row in page.rows}
        if found.keys() <= met:
            return steady  # the end, or a server that knows no pages and sends the same rows for ever
        met |= found.keys()
        items |= found
        if len(items) > MOST:
            raise Refused(TOO_MANY)
        told(len(items))
        read += len(page.rows)
        if page.exact and page.total is not None:
            steady, total = steady and page.total >= total, page.total
            if read >= total:
                return steady
        asked = asked.model_copy(update={"page": asked.page + 1})


def _check(page: Page[Any], read: int) -> None:
    if page.exact and (page.total or 0) > MOST:
        raise Refused(TOO_MANY)
    if "page" in page.ignored:
        raise Refused(TOO_FAR.format(n=read))
    if "rows" in page.ignored:
        raise Refused(UNREADABLE)
    if missed := set(page.ignored) - HARMLESS:
        raise Refused(UNAPPLIED.format(names=names(missed)))


async def _ticked(
    api: Ratchet, noun: str, ids: tuple[str, ...], waits: Callable[[str], None]
) -> AsyncIterator[list[Item]]:
    read = reader(api, noun)

    async def one(id: str) -> Item:
        try:
            return item_of(await _patiently(partial(read, id), waits))
        except NotFound:
            return Item(id, was=GONE)

    for first in range(0, len(ids), AT_ONCE):
        yield list(await asyncio.gather(*map(one, ids[first : first + AT_ONCE])))


async def _patiently(ask: Callable[[], Awaitable[T]], waits: Callable[[str], None]) -> T:
    while True:
        try:
            answer = await ask()
            waits("")
            return answer
        except Limited as error:
            if error.retry_after_s is None:
                raise
            waits(HELD)
            await asyncio.sleep(min(error.retry_after_s, WAIT_S))


def item_of(row: Row) -> Item:
    """Return a row as it is frozen."""
    return Item(row.id, name_of(row), state_of(row))
