"""Rows that changed, each read once for all lists that may show it."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.jobs_last import LastJobs
from ratchet_web.live.listed import lean
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import is_about
from ratchet_web.live.upstream import Upstream
from ratchet_web.logic.lists import Nobody
from ratchet_web.models.base import is_row_id
from ratchet_web.models.monitoring import Change

# For fewer rows on all lists together the pages are read: that costs as little, and leaves nothing in doubt.
LEAST_ROWS: Final = 75
# Changes that follow each other faster are read together, so many at once.
GAP_S, MOST_GAP_S, MOST_READ = 0.1, 5.0, 100
# Where more wait to be read, pages are read instead.
MOST_WAITING: Final = 500
# What is in doubt is looked at in turn: one each time that rows are read, and one in so many seconds.
TURN_S: Final = 0.25
# With many lists, those that nothing is known to have changed are looked at the less often.
REST_S: Final = 1.5
MOST_KNOWN: Final = 2_000
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Moved:
    """A change as it was heard of at `heard_s`: as it was before, as it is."""

    id: str
    before: Any
    after: Any
    heard_s: float


@dataclass(frozen=True)
class Batch:
    """Changes that were read together, not before `began_s`; `rows`: as lists have them, by id."""

    began_s: float
    moves: Sequence[Moved]
    rows: Mapping[str, Row]


class Fed(Protocol):
    """A topic that is told of changed rows."""

    @property
    def pause_s(self) -> float:
        """The seconds between two messages to its viewers, at least."""

    def doubt(self) -> None:
        """Look again."""

    async def take(self, batch: Batch) -> None:
        """Take note of rows that changed."""


class Feed:
    """The changes of one resource, and whose turn it is to look at a whole page.

    It works while changes are announced and many rows are watched; else each topic looks for itself.
    """

    def __init__(
        self, noun: str, read: Callable[[Sequence[str]], Awaitable[Sequence[Any]]], upstream: Upstream
    ) -> None:
        self._noun, self._read, self._upstream = noun, read, upstream
        self._members: dict[Fed, int] = {}
        self._heard: dict[str, tuple[float, bool]] = {}
        self._known: OrderedDict[str, Any] = OrderedDict()
        self._last_jobs = LastJobs()
        self._turns: OrderedDict[Fed, bool] = OrderedDict()
        self._next_turn_s = 0.0
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, member: Fed, rows: int) -> None:
        """Tell this topic of changed rows; it has so many, 0 where it is no list."""
        self._members[member] = rows
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"feed of {self._noun}")

    def leave(self, member: Fed) -> None:
        """Tell this topic no more."""
        self._members.pop(member, None)
        self._turns.pop(member, None)
        if not self._members and self._task:
            self._task.cancel()
            self._task = None
            self.forget()

    def reads(self, change: Change) -> bool:
        """Return whether this row is read for all who may show it."""
        return self.works and is_row_id(change.id)

    @property
    def works(self) -> bool:
        """Whether rows are read for all, so that topics need not look for themselves."""
        announced = self._upstream.announces and not self._upstream.costly
        return announced and sum(self._members.values()) >= LEAST_ROWS

    def forget(self) -> None:
        """Know nothing of any row: changes may have been missed."""
        self._known.clear()
        self._heard.clear()
        self._last_jobs.forget()

    def hear(self, change: Change) -> None:
        """Take note of a change."""
        if is_about(change, "jobs") and (id := self._last_jobs.hear(change.id)) and self.works:
            self._note(id, False)
        if not is_about(change, self._noun):
            return
        if self.reads(change):
            self._note(change.id, change.kind == "created")
        else:
            self.forget()

    def saw(self, rows: Iterable[Any], began_s: float) -> None:
        """Take note of rows that were read, not before `began_s`."""
        self.again(list(self._last_jobs.saw(rows, began_s)))

    def again(self, ids: Iterable[str]) -> None:
        """Read these once more: it is not known whether a page is older or newer than what was read."""
        for id in ids:
            self._note(id, False)

    def turn(self, member: Fed, *, urgent: bool) -> None:
        """Let a topic look at its whole page when its turn comes: before others where it is urgent."""
        if member not in self._members:
            return
        self._turns[member] = urgent or self._turns.get(member, False)
        self._due.set()

    def rest_s(self, wait_s: float | None) -> float | None:
        """Return the wait until the next look without a change, and `wait_s` where the feed does not work."""
        if wait_s is None or not self.works:
            return wait_s
        return max(wait_s, REST_S * len(self._members))

    def _note(self, id: str, is_new: bool) -> None:
        was_new = self._heard.pop(id, (0.0, False))[1]
        self._heard[id] = (asyncio.get_running_loop().time(), is_new or was_new)
        self._due.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._until_due()
            began_s = loop.time()
            try:
                if self._heard:
                    await self._tell()
                    self._grant(urgent=True)
            except Exception:
                # The edge of a task: without this the lists would silently stand still.
                logger.exception("Telling lists of changed rows failed")
                self._doubt_all()
            if loop.time() >= self._next_turn_s:
                self._next_turn_s = loop.time() + TURN_S
                self._grant(urgent=False)
            took_s = loop.time() - began_s
            await asyncio.sleep(max(0.0, min(max(GAP_S, self._pause_s, 2 * took_s), MOST_GAP_S) - took_s))

    @property
    def _pause_s(self) -> float:
        """The seconds after which the first of them tells its viewers again."""
        return min((member.pause_s for member in self._members), default=0.0)

    async def _until_due(self) -> None:
        """Wait until something was heard, or somebody's turn has come."""
        while not self._heard:
            wait_s = self._next_turn_s - asyncio.get_running_loop().time() if self._turns else None
            if wait_s is not None and wait_s <= 0:
                return
            self._due.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._due.wait()

    async def _tell(self) -> None:
        """Read what was heard of, and tell it."""
        if not self.works or len(self._heard) > MOST_WAITING:
            self._doubt_all()
            return
        heard = {id: self._heard.pop(id) for id in list(self._heard)[:MOST_READ]}
        began_s = asyncio.get_running_loop().time()
        try:
            found = {row.id: lean(row) for row in await self._read(list(heard))}
        except RatchetError as error:
            logger.info("Changed %s: %s (request %s)", self._noun, error, error.request_id)
            self._upstream.missed(error)
            self._doubt_all()
            return
        self.saw(found.values(), began_s)
        moves = [self._moved(id, found.get(id), *told) for id, told in heard.items()]
        batch = Batch(began_s, moves, {id: list_row(row) for id, row in found.items()})
        for member in list(self._members):
            if member in self._members:
                await member.take(batch)

    def _moved(self, id: str, after: Any, heard_s: float, is_new: bool) -> Moved:
        before = self._known.pop(id, None if is_new else Nobody.KNOWS)
        self._known[id] = after
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        # Whose retry it is shows that, and nobody announces it.
        retried = getattr(after, "retry_of", None)
        if before is None and retried and is_row_id(retried):
            self._note(retried, False)
        return Moved(id, before, after, heard_s)

    def _doubt_all(self) -> None:
        """Leave it to the topics to look, one after the other."""
        self.forget()
        for member in self._members:
            self.turn(member, urgent=True)

    def _grant(self, *, urgent: bool) -> None:
        """Let one topic look: the first that waits, or the first to which it is urgent."""
        for member, is_urgent in self._turns.items():
            if is_urgent or not urgent:
                del self._turns[member]
                member.doubt()
                return


def feeds(api: Ratchet, upstream: Upstream) -> dict[str, Feed]:
    """Return the feeds of the resources whose lists may be many, by noun."""
    return {
        "executions": Feed("executions", lambda ids: api.executions.several(ids), upstream),
        "jobs": Feed("jobs", lambda ids: api.jobs.several(ids), upstream),
        "tasks": Feed("tasks", lambda ids: api.tasks.several(ids), upstream),
        "schedules": Feed("schedules", lambda ids: api.schedules.several(ids), upstream),
    }
