"""Runs that the server carries out itself, where it has bulk operations: they are begun, followed, read."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

from ratchet_web.api import Conflict, Limited, Ratchet, RatchetError
from ratchet_web.api.retry import passing
from ratchet_web.bulk.freeze import MOST
from ratchet_web.bulk.run import Run
from ratchet_web.bulk.singly import SILENT
from ratchet_web.models.bulk import BulkAct, BulkItem, BulkOperation, BulkOutcome, BulkStatus
from ratchet_web.models.runs import Choice, Item, Outcome, Phase

LOOK_S: Final = 0.5
MOST_WAIT_S: Final = 15.0
ITEMS: Final = 1_000
ITEMS_EVERY_S: Final = 2.0
# What a server calls refused, because a row's state forbids the act, is here a row that is passed over.
OUTCOMES: Final = {
    BulkOutcome.SUCCEEDED: Outcome.DONE,
    BulkOutcome.REFUSED: Outcome.SKIPPED,
    BulkOutcome.FAILED: Outcome.FAILED,
}
ENDED: Final = (BulkStatus.COMPLETED, BulkStatus.ABORTED, BulkStatus.FAILED)


async def preview(api: Ratchet, run: Run) -> None:
    """Let the server say which rows it would refuse, for reasons that their state does not show."""
    if not run.items:
        return
    found = await api.bulk.preview(act_of(run.choice), list(run.items))
    for refusal in found.refused:
        run.hindered[refusal.reason] += refusal.count or 0
        run.to_be_refused += refusal.count or 0


def act_of(choice: Choice) -> BulkAct:
    """Return an act as the server names it."""
    if choice.verb == "priority":
        return BulkAct(choice.noun, "change", {"priority": choice.value})
    return BulkAct(choice.noun, choice.verb)


def choice_of(operation: BulkOperation) -> Choice:
    """Return what an operation that was found on the server does."""
    given = operation.arguments
    if operation.action == "change" and isinstance(given, dict) and given.keys() == {"priority"}:
        return Choice(operation.resource, "priority", value=str(given["priority"]))
    return Choice(operation.resource, operation.action)


class Operation:
    """Follows the operation of a run to its end."""

    def __init__(self, api: Ratchet, run: Run) -> None:
        self._api, self._run = api, run
        self._aborted = False
        self._read_s = asyncio.get_running_loop().time()

    async def carry_out(self) -> None:
        """Return when the operation has ended; what became of each row is known then."""
        failures = 0
        while True:
            try:
                operation = await self._look()
                if operation.status in ENDED:
                    await self.read_items()
                    self._run.trouble = operation.message or ""
                    return
                failures = 0
                self._run.wait("")
            except RatchetError as error:
                if not passing(error) and not isinstance(error, Limited):
                    raise
                failures += 1
                self._run.wait(SILENT)
            await self._pause(min(LOOK_S * 2**failures, MOST_WAIT_S))

    async def read_items(self) -> None:
        """Read what became of each row, of as many as a run may have."""
        run = self._run
        items: dict[str, Item] = {}
        for first in range(0, MOST, ITEMS):
            some = await self._api.bulk.items(run.operation, first, ITEMS)
            items |= {told.id: _with(run.items.get(told.id, Item(told.id)), told) for told in some}
            if len(some) < ITEMS:
                break
        run.items |= items
        run.counts = Counter(item.outcome for item in run.items.values())
        run.changed()

    async def _look(self) -> BulkOperation:
        if self._run.stopping.is_set() and not self._aborted:
            with suppress(Conflict):
                await self._api.bulk.abort(self._run.operation)
            self._aborted = True
        operation = await self._api.bulk.get(self._run.operation)
        if operation.status is BulkStatus.ABORTED:
            self._run.stop()
        self._run.heed(operation.rate_per_second)
        counts = counted(operation)
        if counts != self._run.counts:
            self._run.counts = counts
            self._run.changed()
            await self._read_now_and_then()
        return operation

    async def _read_now_and_then(self) -> None:
        """Read what became of each row meanwhile, of a run that takes its time."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._read_s >= ITEMS_EVERY_S:
            await self.read_items()
            self._read_s = asyncio.get_running_loop().time()

    async def _pause(self, wait_s: float) -> None:
        if self._aborted:
            await asyncio.sleep(wait_s)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._run.stopping.wait()


def counted(operation: BulkOperation) -> Counter[Outcome]:
    """Return how many rows of an operation came to what."""
    done, skipped, failed = operation.succeeded or 0, operation.refused or 0, operation.failed or 0
    left = max(0, (operation.total or 0) - done - skipped - failed)
    told = {Outcome.DONE: done, Outcome.SKIPPED: skipped, Outcome.FAILED: failed, Outcome.LEFT: left}
    return Counter({outcome: n for outcome, n in told.items() if n})


def phase_of(operation: BulkOperation) -> Phase:
    """Return the phase of a run whose operation was found on the server."""
    if operation.status not in ENDED:
        return Phase.RUNNING
    return Phase.COMPLETED if operation.status is BulkStatus.COMPLETED else Phase.ABORTED


def _with(item: Item, told: BulkItem) -> Item:
    outcome = OUTCOMES.get(told.outcome, Outcome.LEFT)
    return item._replace(outcome=outcome, note=told.message or "")
