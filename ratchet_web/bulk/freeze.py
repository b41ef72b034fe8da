"""Which rows a run is about: read to the end before anybody is asked, and not read again for that."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from ratchet_web.api import Limited, NotFound, Ratchet, Refused
from ratchet_web.bulk.acts import pager, reader
from ratchet_web.logic.bulk import GONE, Row, name_of, state_of
from ratchet_web.models.pages import Page, Query
from ratchet_web.models.runs import Choice, Item

T = TypeVar("T")
MOST = 10_000
PAGE = 100
AT_ONCE = 8
WAIT_S = 5.0
# What of a query may be left undone: the order matters to nobody here.
HARMLESS = {"sort", "limit"}
TOO_MANY = (
    "More than 10,000 match. Narrow the list first, by status or task, and act on one part after the other."
)
TOO_FAR = "This server's list can be read only to its first {n:,} rows. Narrow it first, by status or task."
UNAPPLIED = "This server does not narrow by {names}: rows that you do not mean would be acted on."
UNREADABLE = "Some rows make no sense and cannot be acted on. Narrow the list to others first."


async def frozen(api: Ratchet, choice: Choice, told: Callable[[int], None]) -> list[Item]:
    """Return the rows of a choice as they are now; `told` is called with how many were read so far.

    Raises:
        Refused: there are too many, or the server cannot say which they are.
        RatchetError: they cannot be read.
    """
    items: dict[str, Item] = {}
    if choice.query is None:
        source = _ticked(api, choice.noun, choice.ids)
    else:
        source = _matching(api, choice.noun, choice.query)
    async for found in source:
        before = len(items)
        items |= {item.id: item for item in found}
        if len(items) > MOST:
            raise Refused(TOO_MANY)
        if len(items) == before:
            break  # a server that knows no pages sends the same rows for ever
        told(len(items))
    return list(items.values())


async def _matching(api: Ratchet, noun: str, query: Query) -> AsyncIterator[list[Item]]:
    # The order in which servers read best; rows that come meanwhile are met twice, not missed.
    asked = query.model_copy(update={"sort": type(query)().sort, "limit": PAGE, "page": 1})
    read = 0
    while True:
        page = await _patiently(partial(pager(api, noun), asked))
        _check(page, read)
        yield [item_of(row) for row in page.rows]
        read += len(page.rows)
        if not page.rows or (page.exact and page.total is not None and read >= page.total):
            return
        asked = asked.model_copy(update={"page": asked.page + 1})


def _check(page: Page[Any], read: int) -> None:
    if page.exact and (page.total or 0) > MOST:
        raise Refused(TOO_MANY)
    if "page" in page.ignored:
        raise Refused(TOO_FAR.format(n=read))
    if "rows" in page.ignored:
        raise Refused(UNREADABLE)
    if names := sorted(set(page.ignored) - HARMLESS):
        raise Refused(UNAPPLIED.format(names=", ".join(names)))


async def _ticked(api: Ratchet, noun: str, ids: tuple[str, ...]) -> AsyncIterator[list[Item]]:
    read = reader(api, noun)

    async def one(id: str) -> Item:
        try:
            return item_of(await _patiently(partial(read, id)))
        except NotFound:
            return Item(id, was=GONE)

    for first in range(0, len(ids), AT_ONCE):
        yield list(await asyncio.gather(*map(one, ids[first : first + AT_ONCE])))


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await ask()
        except Limited as error:
            if error.retry_after_s is None:
                raise
            await asyncio.sleep(min(error.retry_after_s, WAIT_S))


def item_of(row: Row) -> Item:
    """Return a row as it is frozen."""
    return Item(row.id, name_of(row), state_of(row))
