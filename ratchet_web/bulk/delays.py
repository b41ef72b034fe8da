"""Acts on one row that can be undone: the console waits a moment, then carries them out itself.

They are of this process: a tab that closes changes nothing, and a console that is killed has done nothing.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ratchet_web.api import Conflict, Forbidden, NotFound, Ratchet, RatchetError, Unreachable
from ratchet_web.bulk.acts import doer
from ratchet_web.models.delays import Intent, Stage
from ratchet_web.models.instants import now_ms
from ratchet_web.models.monitoring import Change

TOPIC: Final = "delays"
# So long it is said that something was done.
STAY_S: Final = 6.0
# What is to be read stays longer, for all who see it.
STAY_NOTED_S: Final = 900.0
MOST_WAITING: Final = 100
MOST_FAILED: Final = 20
BUSY = "This is being done to the row right now: look at it again in a moment."
TOO_MANY = "A hundred changes wait already. Wait for some of them."
TOO_LATE = (
    "It is too late to undo this: it was carried out, or never asked for. The row shows what it is now."
)
NOT_ANY_MORE = "your role on this server does not allow this any more"
NOT_KNOWN = "whether it was done is not known; the row shows it"
MISTAKE = "the console made a mistake; its log says more"
logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Delayed:
    """One act: since when it waits, in ms, how far it is, and what is to be said of that."""

    intent: Intent
    due_at: int
    stage: Stage = Stage.WAITING
    note: str = ""
    permitted: Callable[[], bool] = field(default=lambda: True)
    task: asyncio.Task[None] | None = None


class Delays:
    """What waits on one server, for everybody who shares this; of each row one act.

    `listen` is told of every change, `doubt` that the server forbade what was thought to be allowed. `epoch`
    names this process: what an earlier one let wait was never done.
    """

    def __init__(self, api: Ratchet, undo_s: float = 0.0, doubt: Callable[[], None] = lambda: None) -> None:
        self._api, self.undo_s, self._doubt = api, undo_s, doubt
        self._delayed: dict[str, Delayed] = {}
        self._listen: Callable[[Change], None] = lambda change: None
        self.epoch = secrets.token_hex(4)

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Let changes of what waits, and of rows that are acted on, be told to this."""
        self._listen = listener

    def all(self) -> list[Delayed]:
        """Return what waits, and what is still told of, in the order in which it was asked for."""
        return list(self._delayed.values())

    def put(self, intent: Intent, permitted: Callable[[], bool] = lambda: True) -> None:
        """Do this in a moment, in place of what waits for the row; `permitted` is asked again then.

        Raises:
            Conflict: the row is being acted on, or too much waits.
        """
        others = (each for row, each in self._delayed.items() if row != intent.row)
        if sum(each.stage in (Stage.WAITING, Stage.DOING) for each in others) >= MOST_WAITING:
            raise Conflict(TOO_MANY)
        self._drop(intent.row)
        due_at = now_ms() + round(1000 * self.undo_s)
        delayed = Delayed(intent, due_at, permitted=permitted)
        self._delayed[intent.row] = delayed
        delayed.task = asyncio.create_task(self._later(delayed), name=f"{intent.verb} {intent.row} later")
        self._changed(intent.row)

    def undo(self, row: str) -> Intent:
        """Let what waits for a row not be done; return what it was.

        Raises:
            NotFound: nothing waits for it any more.
        """
        found = self._delayed.get(row)
        if found is None or found.stage is not Stage.WAITING:
            raise NotFound(TOO_LATE)
        self._drop(row)
        self._changed(row)
        return found.intent

    def waiting(self, row: str) -> Intent | None:
        """Return what waits for a row."""
        found = self._delayed.get(row)
        return found.intent if found and found.stage is Stage.WAITING else None

    def dismiss(self, row: str) -> None:
        """Say no more of what was done to a row, or failed."""
        if (found := self._delayed.get(row)) and found.stage in (Stage.DONE, Stage.FAILED):
            self._drop(row)
            self._changed(row)

    async def let_wait(self, intent: Intent, permitted: Callable[[], bool] = lambda: True) -> None:
        """Do this in a moment, in place of what waits for the row, at whichever worker.

        Raises:
            Conflict: the row is being acted on, or too much waits.
        """
        self.put(intent, permitted)

    async def take_back(self, row: str) -> Intent:
        """Let what waits for a row, at whichever worker, not be done; return what it was.

        Raises:
            NotFound: nothing waits for it any more.
        """
        return self.undo(row)

    async def hush(self, row: str) -> None:
        """Say no more of what was done to a row, or failed, at whichever worker."""
        self.dismiss(row)

    async def stop(self) -> None:
        """Let go of everything: what waits is not done."""
        tasks = [each.task for each in self._delayed.values() if each.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _drop(self, row: str) -> None:
        found = self._delayed.get(row)
        if found is None:
            return
        if found.stage is Stage.DOING:
            raise Conflict(BUSY)
        if found.task is not None:
            found.task.cancel()
        del self._delayed[row]

    async def _later(self, delayed: Delayed) -> None:
        await asyncio.sleep(self.undo_s)
        self._turn(delayed, Stage.DOING)
        note = await self._failure(delayed)
        if note:
            self._turn(delayed, Stage.FAILED, note)
            self._forget_failures()
        else:
            self._turn(delayed, Stage.DONE, await self._caveat(delayed.intent))
        await asyncio.sleep(STAY_NOTED_S if delayed.note else STAY_S)
        if self._delayed.get(delayed.intent.row) is delayed:
            self.dismiss(delayed.intent.row)

    async def _failure(self, delayed: Delayed) -> str:
        """Carry it out; return why that failed, empty where it did not. The outermost edge of it."""
        intent = delayed.intent
        try:
            if not delayed.permitted():
                raise Forbidden(NOT_ANY_MORE)
            await doer(self._api, intent.noun, intent.verb, intent.value)(intent.id)
        except RatchetError as error:
            if error.status == 403:
                self._doubt()
            lost = isinstance(error, Unreachable) and error.unanswered
            named = f"{error} (request {error.request_id})" if error.request_id else str(error)
            return f"{named}; {NOT_KNOWN}" if lost else named
        except Exception:
            logger.exception("%s of %s met a mistake", intent.verb, intent.row)
            return f"{MISTAKE}; {NOT_KNOWN}"
        finally:
            self._listen(Change(resource=intent.noun, id=intent.id, kind="updated"))
        return ""

    async def _caveat(self, intent: Intent) -> str:
        """Return what this server makes of such an act, where that is not what people expect."""
        try:
            return (await self._api.dialect()).caveats.get(f"{intent.noun}/{intent.verb}", "")
        except RatchetError:
            return ""

    def _forget_failures(self) -> None:
        failed = [row for row, each in self._delayed.items() if each.stage is Stage.FAILED]
        for row in failed[:-MOST_FAILED]:
            # With what would end it later: by then it may be another act that is told of.
            self._drop(row)

    def _turn(self, delayed: Delayed, stage: Stage, note: str = "") -> None:
        delayed.stage, delayed.note = stage, note
        self._changed(delayed.intent.row)

    def _changed(self, row: str) -> None:
        self._listen(Change(resource=TOPIC, id=row, kind="updated"))
