"""The runs of one server: counted, confirmed, going on, ended; only so many are kept."""

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from ratchet_web.api import Conflict, Forbidden, NotFound, Ratchet, RatchetError, Refused, Unreachable
from ratchet_web.bulk.creating import CREATE, Creating
from ratchet_web.bulk.freeze import MOST, frozen
from ratchet_web.bulk.keeping import kept, unique
from ratchet_web.bulk.operation import Operation, act_of, choice_of, counted, phase_of, preview
from ratchet_web.bulk.run import FINAL, NO_WISH, Creation, Run, Wish
from ratchet_web.bulk.singly import IN_DOUBT, Lanes, Singly, check_overtaken, could_run_twice
from ratchet_web.logic.bulk import can_be_undone, is_act
from ratchet_web.logic.rows_check import PREVIEWED
from ratchet_web.models.dialect import Ability
from ratchet_web.models.monitoring import Change
from ratchet_web.models.runs import Choice, Outcome, Phase

AT_ONCE: Final = 4
AGAIN: Final = (Outcome.FAILED, Outcome.REFUSED, Outcome.LEFT)
# A run that the server carries out is known by the operation's id: it outlives this process.
OF_SERVER: Final = re.compile(r"s([0-9]{1,19})")
BUSY = "Four bulk runs are going on at this server already. Wait for one of them, or abort it."
NO_SUCH = (
    "There is no such run. One that this console carries out itself ends when the console is started again, "
    "and only the newest are kept. What was done stays done, and nothing more is done."
)
NONE = "None of these rows can be acted on."
NOT_TODAY = (
    "This needs {needed:,} requests, and of those that the server answers in a day (UTC) {left:,} are left. "
    "Act on fewer rows, or tomorrow."
)
UNCOUNTED = "Counting was stopped: nothing was done."
RESTLESS = "Rows left this list while it was read, so some that match may be missing here."
FORSAKEN = "This run cannot be followed any more ({error}); the server may go on with it."
MISTAKE = "The console made a mistake and stopped; its log says more."
LET_GO = "The console let go of this run before its end."
BEGUN_OR_NOT = (
    "The server did not answer: whether it began this run is not known. Look at the rows before you act on "
    "them again."
)
TOO_LARGE = "The server acts on {n:,} rows in this run, more than the console can show."
TOO_LATE = "It has begun already: abort it instead."
NOT_ANY_MORE = "Your role on this server does not allow this any more."
STRANGE = "The number is not the one above: nothing was begun."
logger = logging.getLogger(__name__)


class Runs:
    """The bulk runs of one server, for everybody who shares this. `listen` is told of every change.

    What can be undone begins `undo_s` after it was confirmed.
    """

    def __init__(self, api: Ratchet, undo_s: float = 0.0) -> None:
        self._api, self._undo_s = api, undo_s
        self._runs: dict[str, Run] = {}
        self._listen: Callable[[Change], None] = lambda change: None

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Let changes of runs, and of rows that are acted on, be told to this."""
        self._listen = listener

    @property
    def are_going(self) -> bool:
        """Whether rows are being acted on."""
        return any(run.is_going for run in self._runs.values())

    async def stop(self) -> None:
        """Let go of everything; what is in flight is not waited for."""
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def begun(self) -> list[Run]:
        """Return the runs that were confirmed, the newest first."""
        unique = {id(run): run for run in reversed(self._runs.values()) if run.has_begun}
        return list(unique.values())

    def are_one(self, id: str, other: str) -> bool:
        """Return whether these are ids of one run: where the server carries it out, it got a second."""
        return id == other or (id in self._runs and self._runs[id] is self._runs.get(other))

    async def find(self, id: str) -> Run:
        """Return a run.

        Raises:
            NotFound: there is none.
            Refused: it is the server's own, and about too many rows to be kept here.
            RatchetError: it may be the server's own, and that does not answer.
        """
        if found := self._runs.get(id):
            return found
        of_server = OF_SERVER.fullmatch(id)
        if not of_server or not (await self._api.dialect()).can(Ability.BULK):
            raise NotFound(NO_SUCH)
        return await self._adopted(id, of_server[1])

    def plan(self, choice: Choice) -> Run:
        """Return a new run whose rows are counted from now on; nothing is done to them before `start`.

        Raises:
            Conflict: too much goes on already.
        """
        self._check_room(lambda run: run.is_busy)
        self._make_room()
        run = self._keep(Run(secrets.token_hex(4), choice, lambda: None))
        run.task = asyncio.create_task(self._count(run), name=f"count for bulk run {run.id}")
        return run

    async def offer(self, creation: Creation) -> Run:
        """Return a new run that queues jobs, to be confirmed in place of an older one of the same task.

        Raises:
            RatchetError: the server does not answer.
        """
        dialect = await self._api.dialect()
        self._runs = {
            name: run
            for name, run in self._runs.items()
            if run.has_begun or not run.queues_of(creation.task_id)
        }
        self._make_room(sum(map(len, creation.inputs.values())))
        run = Run(secrets.token_hex(4), Choice("jobs", CREATE), lambda: None)
        run.act_requests, run.caveat = dialect.act_requests, dialect.caveats.get(f"jobs/{CREATE}", "")
        run.take(creation)
        run.pace = self._api.pace()
        run.turn(Phase.READY, "" if run.items else NONE)
        return self._keep(run)

    async def start(self, id: str, typed: str = "", wish: Wish = NO_WISH) -> Run:
        """Begin to act on the rows of a run, after a moment where the act can be undone.

        `typed` is the number that a person confirms.

        Raises:
            Refused: the number is another one, or the budget of the day is too small by now.
            Conflict: it was begun already, or cannot begin.
            RatchetError: the server does not begin it.
        """
        run = await self.find(id)
        if run.phase is not Phase.READY or run.trouble:
            raise Conflict("This run was begun already, or cannot begin")
        if run.to_type is not None and typed.replace(",", "").strip() != str(run.to_type):
            raise Refused(STRANGE)
        run.pace = self._api.pace()
        if why := _beyond_today(run):
            raise Refused(why)
        self._check_room(lambda run: run.is_going or run.phase is Phase.WAITING)
        check_overtaken(run, self._every())
        run.reason = wish.reason
        run.heed(wish.per_s)
        if self._undo_s and can_be_undone(run.choice.verb):
            run.wait_for(self._undo_s)
            run.task = asyncio.create_task(self._begin_later(run, wish), name=f"bulk run {run.id} waits")
        else:
            await self._begin(run)
        return run

    async def _begin(self, run: Run) -> None:
        run.turn(Phase.RUNNING)
        if run.by_server:
            await self._hand_over(run)
        run.task = asyncio.create_task(self._carry_out(run), name=f"bulk run {run.id}")

    async def _begin_later(self, run: Run, wish: Wish) -> None:
        await asyncio.sleep(self._undo_s)
        try:
            if not wish.permitted():
                raise Forbidden(NOT_ANY_MORE)
            if why := _beyond_today(run):
                raise Refused(why)
            await self._begin(run)
        except RatchetError as error:
            run.turn(Phase.READY, run.trouble or f"Nothing was done: {error}")
        except Exception:
            logger.exception("Bulk run %s met a mistake before it began", run.id)
            run.turn(Phase.READY, run.trouble or MISTAKE)

    async def pace(self, id: str, per_s: float | None) -> Run:
        """Let a run go on at so many rows a second, 0: none until told otherwise, None: as fast as it can.

        Raises:
            Conflict: it does not go on.
            RatchetError: the server that carries it out does not do that.
        """
        run = await self.find(id)
        if not run.is_going:
            raise Conflict("This run has ended already")
        if run.operation:
            await self._api.bulk.pace(run.operation, per_s)
        run.heed(per_s)
        return run

    async def abort(self, id: str) -> Run:
        """Let a run do nothing more; what is in flight ends.

        Raises:
            Conflict: it does not go on.
        """
        run = await self.find(id)
        if run.phase is Phase.COUNTING:
            return await self._stop_task(run, Phase.COUNTING, UNCOUNTED)
        if run.phase is Phase.WAITING:
            return await self.take_back(id)
        if not run.is_going:
            raise Conflict("This run has ended already")
        run.stop()
        run.turn(Phase.ABORTING)
        return run

    async def take_back(self, id: str) -> Run:
        """Return to the question of a run that was confirmed and has not begun: nothing was done.

        Raises:
            Conflict: it has begun, or was never confirmed.
        """
        run = await self.find(id)
        if run.phase is not Phase.WAITING:
            raise Conflict(TOO_LATE)
        return await self._stop_task(run, Phase.WAITING)

    async def _stop_task(self, run: Run, phase: Phase, trouble: str = "") -> Run:
        """Let what goes on in a phase end, and go back to the question."""
        if run.task is not None:
            run.task.cancel()
            await asyncio.gather(run.task, return_exceptions=True)
        if run.phase is phase:
            run.turn(Phase.READY, trouble)
        return run

    async def again(self, id: str) -> Run:
        """Return a new run, to be confirmed, about the rows that one could not act on, or did not come to.

        Raises:
            Conflict: there are none, or it still goes on.
        """
        run = await self.find(id)
        if run.creation is not None and run.phase in FINAL:
            return await self._offer_rest(run, run.creation)
        twice = could_run_twice(*run.act)
        rest = [
            each.id
            for each in run.items.values()
            if each.outcome in AGAIN and not (twice and each.note in IN_DOUBT)
        ]
        if not rest or run.phase not in FINAL or not is_act(run.choice.noun, run.choice.verb):
            raise Conflict("There is nothing to try again")
        return self.plan(replace(run.choice, query=None, ids=tuple(rest)))

    async def _offer_rest(self, run: Run, creation: Creation) -> Run:
        """Return a new run of the jobs that were surely not queued."""
        sure = (Outcome.REFUSED, Outcome.LEFT)
        rest = {id: creation.inputs[id] for id, each in run.items.items() if each.outcome in sure}
        if not rest:
            raise Conflict("Nothing is left of which it is known that it was not queued")
        return await self.offer(replace(creation, inputs=rest, summary=_of_rest(creation.summary, rest)))

    async def _count(self, run: Run) -> None:
        trouble = ""
        try:
            await self._prepare(run)
            trouble = _beyond_today(run) if run.possible else NONE
        except RatchetError as error:
            trouble = str(error)
        except Exception:
            logger.exception("Counting for bulk run %s met a mistake", run.id)
            trouble = MISTAKE
        run.turn(Phase.READY, trouble)

    async def _prepare(self, run: Run) -> None:
        dialect = await self._api.dialect()
        run.by_server = dialect.can(Ability.BULK)
        run.act_requests = dialect.act_requests
        run.caveat = dialect.caveats.get(f"{run.choice.noun}/{run.choice.verb}", "")

        def told(seen: int) -> None:
            run.seen = seen
            run.changed()

        rows = await frozen(self._api, run.choice, told, run.wait)
        run.freeze(rows.items)
        if not rows.whole:
            run.caveat = f"{RESTLESS} {run.caveat}".strip()
        run.pace = self._api.pace()
        if run.by_server:
            await preview(self._api, run)

    async def _hand_over(self, run: Run) -> None:
        try:
            operation = await self._api.bulk.start(
                act_of(run.choice), list(run.items), run.reason, run.throttle.per_s
            )
        except BaseException as error:
            # Begun a second time, executions would run twice: it stays a question that cannot be answered.
            lost = error.unanswered if isinstance(error, Unreachable) else not isinstance(error, RatchetError)
            run.stopping.clear()
            run.turn(Phase.READY, BEGUN_OR_NOT if lost else "")
            raise
        run.operation, run.id = operation.id, f"s{operation.id}"
        self._keep(run)

    async def _carry_out(self, run: Run) -> None:
        """Carry a run out to its end; the outermost edge of what happens to it."""
        trouble = ""
        try:
            await (Operation(self._api, run) if run.operation else await self._singly(run)).carry_out()
            trouble = run.trouble
        except RatchetError as error:
            trouble = FORSAKEN.format(error=error) if run.operation else str(error)
        except asyncio.CancelledError:
            run.turn(Phase.ABORTED, LET_GO)
            raise
        except Exception:
            logger.exception("Bulk run %s met a mistake", run.id)
            trouble = MISTAKE
        left = run.counts[Outcome.LEFT] > 0
        run.turn(Phase.ABORTED if left else Phase.COMPLETED, trouble)
        self._listen(Change(resource=run.choice.noun, id="", kind="updated"))

    async def _singly(self, run: Run) -> Lanes:
        if run.creation is not None:
            return Creating(self._api, run, run.creation)
        dialect = await self._api.dialect()
        looks = not dialect.limited or dialect.graphql

        def touched(id: str) -> None:
            # Whoever watches the row looks at it again, which costs where `looks` would.
            if looks:
                self._listen(Change(resource=run.choice.noun, id=id, kind="updated"))

        return Singly(self._api, run, touched, looks=looks)

    async def _adopted(self, id: str, operation_id: str) -> Run:
        operation = await self._api.bulk.get(operation_id)
        if (operation.total or 0) > MOST:
            raise Refused(TOO_LARGE.format(n=operation.total))
        run = Run(id, choice_of(operation), lambda: None, operation=operation.id)
        run.by_server, run.reason = True, operation.reason or ""
        following = Operation(self._api, run)
        await following.read_items()
        if found := self._runs.get(id):
            return found  # another viewer was quicker
        self._make_room()
        run.counts, run.trouble = counted(operation), operation.message or ""
        run.heed(operation.rate_per_second)
        run.turn(phase_of(operation), run.trouble)
        run.began_at = _ms(operation.started_at)
        if run.is_going:
            run.task = asyncio.create_task(self._carry_out(run), name=f"bulk run {id}")
        else:
            run.ended_at = _ms(operation.completed_at)
        return self._keep(run)

    def _keep(self, run: Run) -> Run:
        self._runs[run.id] = run

        def changed() -> None:
            self._listen(Change(resource="bulk", id=run.id, kind="updated"))

        run.changed = changed
        changed()
        return run

    def _every(self) -> list[Run]:
        return unique(self._runs)

    def _check_room(self, counts: Callable[[Run], bool]) -> None:
        if sum(map(counts, self._every())) >= AT_ONCE:
            raise Conflict(BUSY)

    def _make_room(self, coming: int = 0) -> None:
        self._runs = kept(self._runs, coming)


def _of_rest(summary: Mapping[str, Any], rest: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what there is to say of those rows that are offered again: all of them were good."""
    preview = [{"row": int(row), "value": json.loads(text)} for row, text in islice(rest.items(), PREVIEWED)]
    return {**summary, "good": len(rest), "faulty": 0, "faults": [], "preview": preview}


def _beyond_today(run: Run) -> str:
    """Return why the budget of the day is too small for a run; empty where it is not."""
    if run.pace is None or run.requests <= run.pace.left_today:
        return ""
    return NOT_TODAY.format(needed=run.requests, left=run.pace.left_today)


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp() * 1000)
