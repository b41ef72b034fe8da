"""What rows of lists did of late, read for all who show them: each row once, however many lists have it."""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import ClassVar, Final

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic
from ratchet_web.models.dialect import Ability
from ratchet_web.models.pages import Query

# Runs change all the time: what rows did is read so often, and where it takes many requests the less often.
GAP_S: Final = 3.0
MOST_GAP_S: Final = 15.0
# Topics that a change concerns do not all ask at the same moment.
TOGETHER_S: Final = 0.1
MOST_ROWS: Final = 100
BESIDE: Final = {"tasks": "activity", "schedules": "strips"}
LISTS: Final = {beside: noun for noun, beside in BESIDE.items()}
Read = Callable[[Sequence[str]], Awaitable[Iterable[Row]]]


class Lately:
    """Reads rows for all that wish for any, in turns."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._wishes: dict[object, Sequence[str]] = {}
        self._turn: asyncio.Task[Mapping[str, Row]] | None = None
        self._next_s = 0.0

    async def of(self, ids: Sequence[str]) -> tuple[Row, ...]:
        """Return those of these rows that there are, in this order, as they are at the next turn.

        Raises:
            RatchetError: any of the tree.
        """
        if not ids:
            return ()
        wish = object()
        self._wishes[wish] = ids
        if self._turn is None:
            self._turn = asyncio.create_task(self._take_turn(), name="what rows did lately")
            self._turn.add_done_callback(_heed)
        try:
            found = await asyncio.shield(self._turn)
        finally:
            self._wishes.pop(wish)
            if not self._wishes and self._turn:
                self._turn.cancel()
                self._turn = None
        return tuple(found[id] for id in ids if id in found)

    async def _take_turn(self) -> Mapping[str, Row]:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(TOGETHER_S, self._next_s - loop.time()))
        self._turn = None
        ids = list(dict.fromkeys(chain.from_iterable(self._wishes.values())))
        parts = [ids[first : first + MOST_ROWS] for first in range(0, len(ids), MOST_ROWS)]
        self._next_s = loop.time() + min(GAP_S * len(parts), MOST_GAP_S)
        return {row["id"]: row for part in parts for row in await self._read(part)}


def _heed(turn: asyncio.Task[Mapping[str, Row]]) -> None:
    """Note how it ended, should nobody wait for it any more."""
    if not turn.cancelled():
        turn.exception()


async def not_watched() -> None:
    """Return what is known of a list that nobody watches."""


@dataclass(frozen=True)
class Beside(Topic):
    """What the rows of a page of a list did, by their ids.

    `shared` has them where that page is watched too; else the page is asked for.
    """

    ABILITY: ClassVar[Ability]
    LEAST_GAP_S: ClassVar = GAP_S
    query: Query
    shared: Callable[[], Awaitable[tuple[Row, ...] | None]] = field(default=not_watched, compare=False)
    turns: asyncio.Semaphore = field(default_factory=asyncio.Semaphore, compare=False)

    @property
    def list_name(self) -> str:
        """The name of that list's topic."""
        beside, mark, filters = self.name.partition("?")
        return f"{LISTS[beside]}{mark}{filters}"

    @abstractmethod
    async def page(self, api: Ratchet) -> tuple[Row, ...]:
        """Return the rows of the page."""

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return them; nothing, and without a question, where the server does not tell them."""
        if not (await api.dialect()).can(self.ABILITY):
            return Snapshot()
        rows = await self.shared()
        if rows is None:
            async with self.turns:
                rows = await self.page(api)
        return Snapshot(rows)


def beside(list_name: str) -> str:
    """Return the name of the topic that tells more of the rows of a list; empty where there is none."""
    noun, mark, filters = list_name.partition("?")
    return f"{BESIDE[noun]}{mark}{filters}" if noun in BESIDE else ""
