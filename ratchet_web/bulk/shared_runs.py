"""The bulk runs of a server where several workers share them: each carries out its own, and shows all.

A run lives in the worker that planned it. The others keep an image of it, which is told as it changes, and
send on what a person wants of it. When its worker dies, all others take it over, to follow what the server
does or to say that it is over; of those who did, one keeps it as soon as they hear of each other.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final

from typing_extensions import override

from ratchet_web.api import Conflict, NotFound, Ratchet, RatchetError, Unreachable
from ratchet_web.audit.actor import Actor, acting, actor
from ratchet_web.bulk.carried_errors import raised, told
from ratchet_web.bulk.images import Image, drawn, image_of
from ratchet_web.bulk.keeping import kept, unique
from ratchet_web.bulk.run import NO_WISH, Run, Wish
from ratchet_web.bulk.runs import Runs
from ratchet_web.bulk.singly import could_run_twice
from ratchet_web.models.monitoring import Change
from ratchet_web.models.runs import Item, Phase
from ratchet_web.peers.peers import AwayError, Body, Peers

TELL_S: Final = 0.25
DIED = (
    "The worker of the console that carried this run out has died. What was done stays done, nothing more is"
    " done, and the rows that it was at are known to the server alone."
)
DIED_BEFORE_IT = (
    "The worker of the console that was to begin this has died before it did. Nothing was changed: try"
    " again what is left."
)
DIED_BEFORE = "The worker of the console that counted this has died: nothing was done. Begin anew."
NOT_AGAIN = "Which of these were begun before the worker died is not known: look at the rows first."
logger = logging.getLogger(__name__)


class SharedRuns(Runs):
    """The runs of this worker, and images of those of others. `peers` are those who share the server."""

    def __init__(self, api: Ratchet, undo_s: float, peers: Peers) -> None:
        super().__init__(api, undo_s)
        self._peers = peers
        self._images: dict[str, Run] = {}
        self._workers: dict[str, str] = {}
        # What the others know of the items of each own run, and which runs they are to be told of.
        self._told: dict[int, dict[str, Item]] = {}
        self._due: set[str] = set()
        self._telling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tell_here: Callable[[Change], None] = lambda change: None
        super().listen(self._changed)
        peers.hear("run", self._pictured)
        peers.hear("hello", lambda worker, body: self._tell_all())
        peers.answer("run", self._shown)
        peers.answer("act", self._acted)
        peers.lost(self._lost)
        peers.turned(self._turned)
        peers.tell("hello", None)

    @override
    def listen(self, listener: Callable[[Change], None]) -> None:
        self._tell_here = listener

    @override
    def begun(self) -> list[Run]:
        runs = [*super().begun(), *(run for run in self._of_others() if run.has_begun)]
        return sorted(runs, key=lambda run: run.began_at or run.due_at or run.ended_at or 0, reverse=True)

    @override
    def are_one(self, id: str, other: str) -> bool:
        images = self._images
        return super().are_one(id, other) or (id in images and images[id] is images.get(other))

    @override
    async def find(self, id: str) -> Run:
        away: AwayError | None = None
        if id not in self._runs and id not in self._images:
            try:
                await self._ask_all_for(id)
            except AwayError as error:
                away = error
        if id in self._images and id not in self._runs:
            return self._images[id]
        try:
            return await super().find(id)
        except NotFound:
            if away is None:
                raise
            raise Conflict(f"Whether there is such a run is not known now. {away}") from away

    @override
    async def start(self, id: str, typed: str = "", wish: Wish = NO_WISH) -> Run:
        if (worker := await self._elsewhere(id)) is None:
            return await super().start(id, typed, wish)
        if not wish.permitted():
            raise Conflict("Your role on this server does not allow this any more")
        return await self._ask(worker, id, "start", typed, wish.reason, wish.per_s)

    @override
    async def pace(self, id: str, per_s: float | None) -> Run:
        worker = await self._elsewhere(id)
        return await (super().pace(id, per_s) if worker is None else self._ask(worker, id, "pace", per_s))

    @override
    async def abort(self, id: str) -> Run:
        worker = await self._elsewhere(id)
        return await (super().abort(id) if worker is None else self._ask(worker, id, "abort"))

    @override
    async def take_back(self, id: str) -> Run:
        worker = await self._elsewhere(id)
        return await (super().take_back(id) if worker is None else self._ask(worker, id, "take_back"))

    @override
    async def again(self, id: str) -> Run:
        if (worker := await self._elsewhere(id)) is not None:
            return await self._ask(worker, id, "again")
        run = self._runs[id]
        if run.taken and run.began_at and (run.creation or could_run_twice(*run.act)):
            raise Conflict(NOT_AGAIN)
        return await super().again(id)

    @override
    async def stop(self) -> None:
        await super().stop()
        self._tell_due()
        if self._telling is not None:
            self._telling.cancel()
        self._peers.close()

    async def _elsewhere(self, id: str) -> str | None:
        """Return the worker that has this run; None where it is ours, or nobody's any more."""
        await self.find(id)
        return self._workers.get(id) if id in self._images else None

    async def _ask(self, worker: str, id: str, act: str, *arguments: str | float | None) -> Run:
        try:
            answer = await self._peers.ask(worker, "act", [actor(), act, id, *arguments])
        except AwayError as error:
            raise Unreachable(f"{error} Whether it was done is not known; look again in a moment") from error
        if answer is None:
            self._forget(self._images[id])
            raise NotFound("The worker that had this run knows it no more")
        if "error" in answer:
            raise raised(answer["error"])
        self._pictured(worker, answer)
        return self._runs.get(answer["id"]) or self._images[answer["id"]]

    async def _acted(self, body: Body) -> Body:
        """Do for another worker what a person wants of a run of ours."""
        who, act, id, *arguments = body
        with acting(Actor(*who)):
            return await self._acted_as(act, id, arguments)

    async def _acted_as(self, act: str, id: str, arguments: Sequence[Any]) -> Body:
        try:
            match act:
                case "start":
                    typed, reason, per_s = arguments
                    run = await super().start(id, typed, Wish(reason, per_s))
                case "pace":
                    run = await super().pace(id, arguments[0])
                case "abort":
                    run = await super().abort(id)
                case "take_back":
                    run = await super().take_back(id)
                case "again":
                    run = await super().again(id)
                case _:
                    return None
        except RatchetError as error:
            return {"error": told(error)}
        return self._whole(run)

    async def _shown(self, body: Body) -> Body:
        run = self._runs.get(body)
        return {**self._whole(run), "worker": self._peers.worker} if run else None

    def _changed(self, change: Change) -> None:
        self._tell_here(change)
        if change.resource != "bulk":
            self._peers.tell("touched", [change.resource, change.id])
            return
        self._due.add(change.id)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell_soon(), name="tell of runs")

    async def _tell_soon(self) -> None:
        await asyncio.sleep(TELL_S)
        self._tell_due()

    def _tell_due(self) -> None:
        due, self._due = self._due, set()
        for run in unique({id: run for id in due if (run := self._runs.get(id))}):
            before = self._told.get(id(run))
            items = [each for each in run.items.values() if before is None or before.get(each.id) != each]
            whole = before is None or before.keys() != run.items.keys()
            self._told[id(run)] = dict(run.items)
            names = self._names(run, self._runs)
            self._peers.tell("run", image_of(run, names, run.items.values() if whole else items, whole=whole))
        kept = {id(run) for run in self._runs.values()}
        self._told = {key: items for key, items in self._told.items() if key in kept}

    def _tell_all(self) -> None:
        for run in unique(self._runs):
            self._peers.tell("run", self._whole(run))

    def _whole(self, run: Run) -> Image:
        return image_of(run, self._names(run, self._runs), run.items.values(), whole=True)

    def _names(self, run: Run, runs: dict[str, Run]) -> list[str]:
        return [name for name, each in runs.items() if each is run]

    def _pictured(self, worker: str, image: Body) -> None:
        """Keep what another worker tells of a run."""
        own = next((self._runs[name] for name in image["names"] if name in self._runs), None)
        if own is not None:
            if not own.taken or (image["taken"] and self._peers.worker < worker):
                return
            self._let_go(own)
        known = next((self._images[name] for name in image["names"] if name in self._images), None)
        if known is None and not image["whole"]:
            # The first that is heard of it: whoever has it is asked for the rest.
            self._do(self._ask_for(worker, image["id"]))
            return
        run = drawn(image, known)
        for name in image["names"]:
            self._images[name], self._workers[name] = run, worker
        self._images = kept(self._images)
        self._workers = {name: each for name, each in self._workers.items() if name in self._images}
        self._tell_here(Change(resource="bulk", id=run.id, kind="updated"))

    async def _ask_all_for(self, id: str) -> None:
        image = await self._peers.ask_all("run", id)
        if image is not None and id not in self._images:
            self._pictured(image["worker"], image)

    async def _ask_for(self, worker: str, id: str) -> None:
        with suppress(AwayError):
            if (image := await self._peers.ask(worker, "run", id)) is not None:
                self._pictured(worker, image)

    def _let_go(self, own: Run) -> None:
        self._runs = {name: run for name, run in self._runs.items() if run is not own}
        # Whoever goes on with it writes down how it ends.
        own.recorded = False
        if own.task is not None:
            own.task.cancel()

    def _of_others(self) -> list[Run]:
        """Return the runs of other workers; for a moment, some of them may be ours too."""
        both = {id(run) for name, run in self._images.items() if name in self._runs}
        return [run for run in unique(self._images) if id(run) not in both]

    def _forget(self, run: Run) -> list[str]:
        """Forget the image of a run; return the names that it had."""
        names = self._names(run, self._images)
        for name in names:
            del self._images[name]
            self._workers.pop(name, None)
        self._tell_here(Change(resource="bulk", id=run.id, kind="updated"))
        return names

    def _lost(self, worker: str) -> None:
        """Say what became of the runs of a worker that died."""
        for run in self._had(worker):
            names = self._forget(run)
            if run.operation:
                # The server goes on with it by itself, and is asked how far it is.
                self._do(self._adopt(run, names))
                continue
            self._take(run, names)
            if run.is_going:
                run.turn(Phase.ABORTED, DIED)
            elif run.phase is Phase.WAITING:
                run.turn(Phase.ABORTED, DIED_BEFORE_IT)
            elif not run.has_begun:
                run.turn(Phase.READY, DIED_BEFORE)

    def _had(self, worker: str) -> list[Run]:
        """Return the runs of another worker."""
        return unique({name: self._images[name] for name, each in self._workers.items() if each == worker})

    def _take(self, run: Run, names: Sequence[str]) -> None:
        """Let a run be ours from now on."""
        run.taken = True
        self._make_room()
        self._runs |= dict.fromkeys(names, run)
        self._keep(run)

    @override
    async def _adopted(self, id: str, operation_id: str) -> Run:
        run = await super()._adopted(id, operation_id)
        run.taken = True
        return run

    async def _adopt(self, lost: Run, names: list[str]) -> None:
        try:
            run = await super().find(lost.id)
        except RatchetError as error:
            logger.info("Bulk run %s, whose worker died, is not followed: %s", lost.id, error)
            return
        run.by, run.recorded = lost.by, lost.recorded
        self._runs |= dict.fromkeys(names, run)

    def _turned(self) -> None:
        if not self._peers.trouble:
            self._peers.tell("hello", None)
            self._tell_all()

    @override
    def _every(self) -> list[Run]:
        return [*super()._every(), *self._of_others()]

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
