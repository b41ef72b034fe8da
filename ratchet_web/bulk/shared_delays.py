"""Acts that wait a moment where several workers share a server: each lets its own wait, all see and undo all.

What waits at a worker that ends is not done, as all that waits at a console that ends; the others say so.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from typing_extensions import override

from ratchet_web.api import Conflict, NotFound, Ratchet, RatchetError, Unreachable
from ratchet_web.audit.actor import Actor, acting, actor
from ratchet_web.bulk.carried_errors import raised, told
from ratchet_web.bulk.delays import BUSY, NOT_KNOWN, STAY_NOTED_S, TOO_LATE, TOPIC, Delayed, Delays
from ratchet_web.models.delays import Intent, Stage
from ratchet_web.models.instants import now_ms
from ratchet_web.models.monitoring import Change
from ratchet_web.peers.peers import AwayError, Body, Peers

DIED_WAITING = "the worker of the console at which this waited has ended; nothing was changed"
DIED_DOING = f"the worker of the console that did this has ended; {NOT_KNOWN}"


class SharedDelays(Delays):
    """What waits at this worker, and what is told of others. `peers` are those who share the server."""

    def __init__(self, api: Ratchet, undo_s: float, doubt: Callable[[], None], peers: Peers) -> None:
        super().__init__(api, undo_s, doubt)
        self._peers = peers
        self._elsewhere: dict[str, tuple[str, Delayed]] = {}
        # Those of our own that were a worker's that ended: every other one that lives says them too.
        self._taken: dict[str, Delayed] = {}
        peers.hear("delay", self._heard)
        peers.hear("delays?", lambda worker, body: self._tell_all())
        peers.hear("delays left", lambda worker, body: self._lost(worker))
        peers.answer("undo", self._undone)
        peers.answer("dismiss", self._dismissed)
        peers.lost(self._lost)
        peers.turned(self._turned)
        peers.tell("delays?", None)

    @override
    def all(self) -> list[Delayed]:
        others = [each for row, (_, each) in self._elsewhere.items() if row not in self._delayed]
        return sorted([*super().all(), *others], key=lambda each: each.due_at)

    @override
    def waiting(self, row: str) -> Intent | None:
        found = self._elsewhere.get(row)
        there = found[1].intent if found and found[1].stage is Stage.WAITING else None
        return super().waiting(row) or there

    @override
    async def let_wait(self, intent: Intent, permitted: Callable[[], bool] = lambda: True) -> None:
        if intent.row in self._elsewhere:
            try:
                await self.take_back(intent.row)
            except NotFound:
                # How far it is was told before the answer that it is too late.
                if self._is_done_elsewhere(intent.row):
                    raise Conflict(BUSY) from None
                await self.hush(intent.row)
        self.put(intent, permitted)

    @override
    async def take_back(self, row: str) -> Intent:
        if row in self._delayed or row not in self._elsewhere:
            return self.undo(row)
        intent = self._elsewhere[row][1].intent
        if not await self._ask(row, "undo"):
            raise NotFound(TOO_LATE)
        return intent

    @override
    async def hush(self, row: str) -> None:
        if row in self._delayed or row not in self._elsewhere:
            self.dismiss(row)
        else:
            await self._ask(row, "dismiss")

    @override
    async def stop(self) -> None:
        # What a dead worker had, others say as well, and go on to say; as what this one had not done.
        rows = [row for row, each in self._delayed.items() if row not in self._taken and not _epitaph(each)]
        await super().stop()
        for row in rows:
            self._peers.tell("delay", [row, None])
        self._peers.tell("delays left", None)

    def _is_done_elsewhere(self, row: str) -> bool:
        """Whether another worker does something to a row right now."""
        found = self._elsewhere.get(row)
        return found is not None and found[1].stage is Stage.DOING

    async def _ask(self, row: str, what: str) -> bool:
        worker, _ = self._elsewhere[row]
        try:
            answer = await self._peers.ask(worker, what, [actor(), row])
        except AwayError as error:
            raise Unreachable(f"{error} What waits there may be done; look at the row") from error
        if isinstance(answer, dict):
            raise raised(answer)
        if answer:
            self._heard(worker, [row, None])
        return bool(answer)

    async def _undone(self, body: Body) -> Body:
        who, row = body
        try:
            with acting(Actor(*who)):
                self.undo(row)
        except (NotFound, Conflict):
            return False
        return True

    async def _dismissed(self, body: Body) -> Body:
        _, row = body
        try:
            self.dismiss(row)
        except RatchetError as error:
            return told(error)
        return True

    @override
    def _changed(self, row: str) -> None:
        super()._changed(row)
        self._tell(row)

    def _tell(self, row: str) -> None:
        found = self._delayed.get(row)
        self._peers.tell("delay", [row, found and _as_json(found)])

    def _tell_all(self) -> None:
        for row in self._delayed:
            self._tell(row)

    def _heard(self, worker: str, body: Body) -> None:
        row, given = body
        known = self._elsewhere.get(row)
        told = _of_json(given) if given is not None else None
        if told is not None:
            self._elsewhere[row] = (worker, told)
        elif known and known[0] == worker:
            del self._elsewhere[row]
        if row in self._taken and (told is None or told.stage is not Stage.FAILED):
            # Somebody read it, or wants something else of the row.
            self._give_up(row)
        self._told(row)

    def _lost(self, worker: str) -> None:
        for row in [row for row, (of, _) in self._elsewhere.items() if of == worker]:
            _, lost = self._elsewhere.pop(row)
            if row not in self._delayed and (note := _epitaph(lost)):
                self._take(lost.intent, note)
            self._told(row)

    def _take(self, intent: Intent, note: str) -> None:
        """Say for a while what became of an act whose worker ended."""
        lost = Delayed(intent, now_ms(), Stage.FAILED, note)
        self._delayed[intent.row] = self._taken[intent.row] = lost
        lost.task = asyncio.create_task(self._say_long(lost), name=f"{intent.row} was lost")
        self._forget_failures()
        self._tell(intent.row)

    async def _say_long(self, lost: Delayed) -> None:
        await asyncio.sleep(STAY_NOTED_S)
        self._give_up(lost.intent.row)

    def _give_up(self, row: str) -> None:
        if self._taken.pop(row, None) is self._delayed.get(row):
            self.dismiss(row)

    def _turned(self) -> None:
        if not self._peers.trouble:
            # What changed meanwhile was not heard.
            self._elsewhere = {}
            self._peers.tell("delays?", None)
            self._tell_all()

    def _told(self, row: str) -> None:
        self._listen(Change(resource=TOPIC, id=row, kind="updated"))


def _epitaph(lost: Delayed) -> str:
    """Return what is to be said of an act whose worker ended; empty where nothing is."""
    if lost.stage is Stage.WAITING:
        return DIED_WAITING
    return DIED_DOING if lost.stage is Stage.DOING else lost.note if lost.stage is Stage.FAILED else ""


def _as_json(delayed: Delayed) -> dict[str, Any]:
    intent = delayed.intent
    return {
        "intent": [intent.noun, intent.id, intent.verb, intent.value, intent.name],
        "due_at": delayed.due_at,
        "stage": delayed.stage.value,
        "note": delayed.note,
    }


def _of_json(given: dict[str, Any]) -> Delayed:
    return Delayed(Intent(*given["intent"]), given["due_at"], Stage(given["stage"]), given["note"])
