"""Who retries which rows of a server, so that nobody else does: other people, or the same at another worker.

A claim lasts for as long as its run goes on, and a minute where its worker died. It is remembered for a while
after that: whoever was asked before it was over must not confirm what is done.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Final, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import override

from ratchet_web.api import Conflict
from ratchet_web.audit.actor import actor
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.runs import Runs
from ratchet_web.bulk.singly import IN_DOUBT, could_run_twice, overtaken
from ratchet_web.models.instants import now_ms
from ratchet_web.models.runs import Item, Outcome
from ratchet_web.peers.bus import ended
from ratchet_web.peers.ledger import Entries, Ledger
from ratchet_web.peers.peers import AwayError

LEASE_MS: Final = 60_000
# For so long nobody knows of a claim at the most, after Redis has lost all that it had, or was away.
RENEW_S: Final = 5.0
KEPT_MS: Final = 3_600_000
# The end of the year 9999: later ones no clock shows.
LAST_MS: Final = 253_402_300_799_999
AGED = "These rows were counted more than an hour ago. Nothing was begun: count them anew."
UNKNOWN = "{error}. Nothing was begun: try again in a moment."
STRANGE = "What somebody retries is told in a way that cannot be understood"
logger = logging.getLogger(__name__)


class Claim(NamedTuple):
    """Rows that somebody retries, or has retried; it holds against whoever was asked before `until` (ms).

    Times are by the ledger's clock: consoles on other machines may have others.
    `told` are their ids as JSON: nobody needs those of most claims, and to read all of an hour takes a while.
    """

    who: str
    began_at: int
    until: int
    is_going: bool
    told: str

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the rows; none where what is told of them makes no sense."""
        try:
            return _IDS.validate_json(self.told)
        except ValidationError:
            logger.warning(STRANGE)
            return frozenset()

    def meets(self, run: Run, asked_at: int) -> bool:
        """Return whether a run, whose rows were meant then, would do again what this does."""
        return self.until > asked_at and not self.ids.isdisjoint(run.items)


_TOLD: Final = TypeAdapter(tuple[str, Annotated[int, Field(ge=0, le=LAST_MS)], int, bool])
_IDS: Final = TypeAdapter(frozenset[str])


@dataclass
class Claims:
    """What is claimed of one server, for somebody: `who` says their name, empty where nobody knows it."""

    ledger: Ledger = field(default_factory=Ledger)
    space: str = ""
    who: Callable[[], str] = lambda: ""

    async def take(self, run: Run) -> None:
        """Claim the rows of a run.

        Raises:
            Conflict: somebody else is at some of them, or was since they were counted, or that is not known.
        """
        if run.asked_at < now_ms() - KEPT_MS:
            raise Conflict(AGED)
        try:
            ahead_ms = await self.ledger.ahead_ms()
            await self.ledger.change(self.space, lambda entries: _taken(run, entries, ahead_ms))
        except AwayError as error:
            raise Conflict(UNKNOWN.format(error=error)) from error

    async def renew(self, run: Run) -> None:
        """Let the claim of a run last."""
        await self._set(run, LEASE_MS, run.items)

    async def release(self, run: Run) -> None:
        """Let others have what a run did not do."""
        done = [each.id for each in run.items.values() if _may_be_done(each)]
        await self._set(run, 0, done)

    async def is_first(self, what: str) -> bool:
        """Return whether nobody claimed yet to do something; so too where nobody knows that."""
        found: list[Entries] = []

        def turn(entries: Entries) -> dict[str, str | None]:
            found.append(entries)
            return {what: ""}

        try:
            await self.ledger.change(f"{self.space}:once", turn)
        except AwayError as error:
            logger.warning("The %s may be told twice: %s", what, error)
            return True
        return what not in found[-1]

    async def _set(self, run: Run, lease_ms: int, ids: Iterable[str]) -> None:
        try:
            ahead_ms = await self.ledger.ahead_ms()
            await self.ledger.put(self.space, run.id, _told(run, ids, ahead_ms=ahead_ms, lease_ms=lease_ms))
        except AwayError as error:
            logger.warning("What bulk run %s is at could not be told: %s", run.id, error)


class ClaimedRuns(Runs):
    """Bulk runs that claim their rows, where doing it twice would run something twice.

    A server that carries runs out itself keeps such rows apart by itself.
    """

    @cached_property
    def claims(self) -> Claims:
        """What is claimed, of these alone unless `claim_by` says otherwise."""
        return Claims()

    def claim_by(self, claims: Claims) -> None:
        """Let rows be claimed here."""
        self.claims = claims

    @override
    async def _begin(self, run: Run) -> None:
        run.by = actor()._replace(name=actor().name or self.claims.who())
        if not _claims(run):
            return await super()._begin(run)
        await self.claims.take(run)
        try:
            await super()._begin(run)
        except BaseException:
            await self.claims.release(run)
            raise

    @override
    async def _carry_out(self, run: Run) -> None:
        if not _claims(run):
            return await super()._carry_out(run)
        renewing = asyncio.create_task(self._renew(run), name=f"claim of bulk run {run.id}")
        try:
            await super()._carry_out(run)
        finally:
            # One that is still under way would let the claim last after all.
            await ended([renewing])
            await self.claims.release(run)

    async def _renew(self, run: Run) -> None:
        while run.is_going:
            await asyncio.sleep(RENEW_S)
            await self.claims.renew(run)


def _claims(run: Run) -> bool:
    return could_run_twice(*run.act) and not run.by_server


def _may_be_done(item: Item) -> bool:
    return item.outcome is Outcome.DONE or (item.outcome is Outcome.FAILED and item.note in IN_DOUBT)


def _taken(run: Run, entries: Entries, ahead_ms: int) -> dict[str, str | None]:
    """Return what is to be otherwise in the ledger for a run to have its rows.

    Raises:
        Conflict: another run has some of them.
    """
    now = now_ms() + ahead_ms
    claims = {name: claim for name, text in entries.items() if (claim := _read(text))}
    met = [claim for claim in claims.values() if claim.meets(run, run.asked_at + ahead_ms)]
    if met:
        n = len(frozenset().union(*(claim.ids for claim in met)) & run.items.keys())
        # Whoever is still at it matters most.
        last = max(met, key=lambda claim: claim.until)
        raise Conflict(overtaken(n, last.who, last.began_at, last.is_going and last.until > now))
    kept = [name for name, claim in claims.items() if claim.until >= now - KEPT_MS]
    return {
        **dict.fromkeys(entries.keys() - kept),
        run.id: _told(run, run.items, ahead_ms=ahead_ms, lease_ms=LEASE_MS),
    }


def _told(run: Run, ids: Iterable[str], *, ahead_ms: int, lease_ms: int) -> str:
    """Return a claim as it lies in the ledger, its times by the ledger's clock."""
    now = now_ms()
    began_at, until = (run.began_at or now) + ahead_ms, now + ahead_ms + lease_ms
    return f"{json.dumps([run.by.name, began_at, until, run.ended_at is None])}\n{json.dumps(list(ids))}"


def _read(text: str) -> Claim | None:
    """Return a claim; None, and it holds against nobody, where it makes no sense."""
    told, _, ids = text.partition("\n")
    try:
        return Claim(*_TOLD.validate_json(told), ids)
    except ValidationError:
        logger.warning(STRANGE)
        return None
