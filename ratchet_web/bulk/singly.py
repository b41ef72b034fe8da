"""Acts on rows one by one: where the server has no bulk operations, or a budget that they would use up."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Final

from typing_extensions import override

from ratchet_web.api import (
    Broken,
    Conflict,
    Forbidden,
    Limited,
    NotApplied,
    NotFound,
    Ratchet,
    RatchetError,
    Refused,
    Unreachable,
)
from ratchet_web.api.retry import passing
from ratchet_web.bulk.acts import doer, reader
from ratchet_web.bulk.run import Run
from ratchet_web.logic.bulk import Row, has_value, is_reached, state_of, word
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.models.runs import Item, Outcome

LANES: Final = 8
FIRST_WAIT_S: Final = 1.0
MOST_WAIT_S: Final = 30.0
BROKEN_TRIES: Final = 5
NOTE_LIMIT: Final = 300
NOT_KNOWN = "no answer: whether it was done is not known"
MISTAKEN = "the console made a mistake with this row: whether it was done is not known; its log says more"
IN_DOUBT: Final = (NOT_KNOWN, MISTAKEN)
SILENT = "The server does not answer. What is left waits for it."
RETRIES = "{who} has been retrying {n:,} of these rows since {at} UTC. Nothing was begun."
RETRIED = "{who} retried {n:,} of these rows at {at} UTC already. Nothing was begun: count them anew."
logger = logging.getLogger(__name__)


class Lanes(ABC):
    """Carries a run out, a few items at a time; what may pass is waited for.

    However it ends, an item that the server was asked about without a clear answer is in doubt, never left.
    """

    def __init__(self, api: Ratchet, run: Run) -> None:
        self._api, self._run = api, run
        self._doubtful: set[str] = set()
        self._logged = False

    async def carry_out(self) -> None:
        """Act on every row that is left; end early, with the rest left, when the run is stopped."""
        left = iter([item for item in self._run.items.values() if item.outcome is Outcome.LEFT])
        async with asyncio.TaskGroup() as lanes:
            for _ in range(LANES):
                lanes.create_task(self._lane(left))

    async def _lane(self, left: Iterator[Item]) -> None:
        for item in left:
            if not await self._run.throttle.admits():
                return
            try:
                settled = await self._settled(item)
            except BaseException:
                self._run.note(self._open(item))
                raise
            self._run.note(settled)
            self._touched(item.id)

    async def _settled(self, item: Item) -> Item:
        """Return a row with what became of it; it waits where that may help."""
        failures = broken = 0
        while not self._run.stopping.is_set():
            try:
                settled = await self._once(item, again=failures > 0)
            except (Limited, Unreachable, Broken) as error:
                failures, broken = failures + 1, broken + isinstance(error, Broken)
                if isinstance(error, Broken) and (not passing(error) or broken >= BROKEN_TRIES):
                    return with_error(item, Outcome.FAILED, error)
                await self._wait(error, failures)
            except _MistakeError:
                return item._replace(outcome=Outcome.FAILED, note=MISTAKEN)
            else:
                self._run.wait("")
                return settled
        return self._open(item)

    @contextmanager
    def _asking(self, item: Item) -> Iterator[None]:
        """Ask the server to act, herein. A mistake of the console costs no more than the item.

        Raises:
            RatchetError: as the server's client does.
            _MistakeError: in place of everything else that goes wrong.
        """
        before = item.id in self._doubtful
        self._doubtful.add(item.id)
        try:
            yield
        except RatchetError as error:
            if not before and not _may_be_done(error):
                self._doubtful.discard(item.id)
            raise
        except Exception as error:
            if not self._logged:
                logger.exception("Bulk run %s met a mistake at row %s", self._run.id, item.id)
                self._logged = True
            raise _MistakeError from error

    def _open(self, item: Item) -> Item:
        """Return an item that nobody goes on with: left, or in doubt where it may have been done."""
        if item.id not in self._doubtful:
            return item
        return item._replace(outcome=Outcome.FAILED, note=NOT_KNOWN)

    @abstractmethod
    async def _once(self, item: Item, again: bool) -> Item:
        """Act on an item once, within `_asking`; `again`: an earlier try may have done something."""

    def _touched(self, id: str) -> None:  # noqa: B027  # an item need not be a row
        """Hear of an item that is done with; of a row that somebody looks at, it is told on."""

    async def _wait(self, error: RatchetError, failures: int) -> None:
        self._run.wait(SILENT if passing(error) else f"{error}. What is left waits.")
        growing_s = FIRST_WAIT_S * 2 ** min(failures - 1, 5)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(error.retry_after_s or growing_s, MOST_WAIT_S)):
                await self._run.stopping.wait()


class Singly(Lanes):
    """Acts on rows of the server, each as if a person had clicked on it.

    `touched` is called with the id of each row that is done with. `looks`: each row is read first; where
    reading costs of a budget, the client's verbs do it themselves.
    """

    def __init__(self, api: Ratchet, run: Run, touched: Callable[[str], None], *, looks: bool) -> None:
        super().__init__(api, run)
        self._tell, self._looks = touched, looks
        self._noun, self._verb = run.choice.noun, run.choice.verb
        self._read = reader(api, self._noun)
        self._value = run.choice.value
        self._do = doer(api, self._noun, self._verb, self._value)

    @override
    async def _once(self, item: Item, again: bool) -> Item:
        try:
            await self._api.spare(self._run.act_requests)
            if (self._looks or again) and (settled := self._judged(item, await self._read(item.id), again)):
                return settled
            return await self._acted(item)
        except (Conflict, NotFound) as error:
            return with_error(item, Outcome.SKIPPED, error)
        except (Refused, Forbidden, NotApplied) as error:
            return with_error(item, Outcome.REFUSED, error)

    async def _acted(self, item: Item) -> Item:
        """Act on a row; return it with what became of it, an answer that was lost included."""
        try:
            with self._asking(item):
                done = await self._do(item.id)
        except Unreachable as error:
            if error.unanswered and could_run_twice(self._noun, self._verb):
                return item._replace(outcome=Outcome.FAILED, note=NOT_KNOWN)
            raise
        return item._replace(outcome=Outcome.DONE, note=_led_to(self._noun, item, done))

    def _judged(self, item: Item, row: Row, again: bool) -> Item | None:
        """Return what became of a row that is not to be acted on any more, None where it is."""
        now = state_of(row)
        if again and self._is_done(item, row, now):
            return item._replace(outcome=Outcome.DONE)
        if now != item.was:
            return item._replace(outcome=Outcome.SKIPPED, note=f"was {word(item.was)}, is {word(now)} now")
        return None

    def _is_done(self, item: Item, row: Row, now: str) -> bool:
        """Return whether an earlier try, whose answer was lost, did it."""
        reached = now != item.was and is_reached(self._noun, self._verb, now)
        return reached or has_value(row, self._verb, self._value)

    @override
    def _touched(self, id: str) -> None:
        self._tell(id)


class _MistakeError(Exception):
    """The console itself could not act on an item."""


def _may_be_done(error: RatchetError) -> bool:
    return error.unanswered if isinstance(error, Unreachable) else isinstance(error, Broken | NotApplied)


def could_run_twice(noun: str, verb: str) -> bool:
    """Return whether trying again could run something twice: a retried execution stays as it is."""
    return (noun, verb) == ("executions", "retry")


def check_overtaken(run: Run, others: Iterable[Run]) -> None:
    """Let nothing run twice because two people pressed the same button.

    Raises:
        Conflict: another run does the same to some of the rows, or did since they were counted.
    """
    met = [(n, other) for other in others if (n := run.overtaken_by(other))]
    if met and could_run_twice(*run.act):
        first = met[0][1]
        n = sum(n for n, _ in met)
        raise Conflict(overtaken(n, first.by.name, first.began_at or 0, first.is_going))


def overtaken(n: int, who: str, began_at: int, is_going: bool) -> str:
    """Return who else retries so many of the rows that somebody wants to retry, or did, since when (ms)."""
    at = f"{datetime.fromtimestamp(began_at / 1000, UTC):%H:%M}"
    return (RETRIES if is_going else RETRIED).format(who=who or "Somebody", n=n, at=at)


def with_error(item: Item, outcome: Outcome, error: RatchetError) -> Item:
    """Return a row to which an error put an end."""
    named = f"{error} (request {error.request_id})" if error.request_id else str(error)
    return item._replace(outcome=outcome, note=named[:NOTE_LIMIT])


def _led_to(noun: str, item: Item, done: Row) -> str:
    """Return what was begun for a row, where it is another one."""
    if isinstance(done, Execution) and (noun, done.id) != ("executions", item.id):
        return f"runs again as execution {done.id}"
    if isinstance(done, Job) and (noun, done.id) != ("jobs", item.id):
        return f"runs again as job {done.id}"
    return ""
