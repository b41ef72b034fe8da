"""Carries bulk operations out in the background, each in its own time, also over restarts.

Rows are acted on in chunks; a chunk and its outcomes are one transaction. What runs is stopped first, one by
one, and then looked at again like every other row.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from ratchet_web.server.access.identity import CONSOLE
from ratchet_web.server.bulk.pace import Pace
from ratchet_web.server.bulk.requests import stored_columns
from ratchet_web.server.bulk.resources import RESOURCES
from ratchet_web.server.clock import Clock
from ratchet_web.server.dispatcher import Dispatcher
from ratchet_web.server.engine.judge import Judge
from ratchet_web.server.events import Feed, Turns, waited
from ratchet_web.server.scheduler import Scheduler
from ratchet_web.server.store.acts.base import Act, Changed, Context
from ratchet_web.server.store.bulk import Chunk, Round, Selection
from ratchet_web.server.store.codes import BulkCode
from ratchet_web.server.store.errors import Unavailable
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.store import Store

RETRY_S: Final = 1.0
TELL_S: Final = 0.2
STOP_ROUNDS: Final = 3
STOPS_AT_ONCE: Final = 8

NOT_FROZEN = "The server stopped while the rows were being noted down: nothing was done"
BROKEN = "The server made a mistake; its log says more"
STILL_RUNNING = "was told to stop, but does not end"

log = logging.getLogger(__name__)


@dataclass
class _Operation:
    """An operation that runs in this process."""

    id: int
    resource: str
    action: str
    act: Act
    arguments: Mapping[str, Any]
    by: str | None
    pace: Pace
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    acting: asyncio.Lock = field(default_factory=asyncio.Lock)
    aborted: bool = False
    task: asyncio.Task[None] | None = None
    told_s: float = 0.0


class Runner:
    """The bulk operations of one server."""

    def __init__(
        self,
        store: Store,
        judge: Judge,
        dispatcher: Dispatcher,
        scheduler: Scheduler,
        feed: Feed,
        turns: Turns,
        clock: Clock,
    ) -> None:
        self._store, self._feed, self._turns, self._clock = store, feed, turns, clock
        self._judge, self._dispatcher, self._scheduler = judge, dispatcher, scheduler
        self._running: dict[int, _Operation] = {}

    async def start(self) -> None:
        """Go on with what an earlier server left unfinished."""
        for row in await self._store.bulk.open():
            if row.status == BulkCode.PENDING:
                await self._store.bulk.end(row.id, BulkCode.FAILED, self._clock.now_ms(), NOT_FROZEN)
            else:
                self._begin(row)

    async def stop(self) -> None:
        """Stand still; the next start goes on."""
        tasks = [operation.task for operation in self._running.values() if operation.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def add(self, columns: Mapping[str, Any], selection: Selection) -> Row:
        """Return a new operation, which was frozen to its rows and is carried out from now on."""
        operation_id = await self._store.bulk.add(columns, self._clock.now_ms())
        self._feed.publish("bulk", operation_id, "created")
        try:
            ready = await self._store.bulk.freeze(operation_id, selection, self._clock.now_ms())
        except BaseException:
            await self._store.bulk.end(operation_id, BulkCode.FAILED, self._clock.now_ms(), NOT_FROZEN)
            raise
        row = await self._store.bulk.get(operation_id)
        assert row is not None, "it was added"
        if ready:
            self._begin(row)
        return row

    async def abort(self, operation_id: int) -> bool:
        """Let an operation do nothing more; return whether it was not ended yet."""
        aborted = await self._store.bulk.end(operation_id, BulkCode.ABORTED, self._clock.now_ms())
        if aborted:
            self._feed.publish("bulk", operation_id)
        operation = self._running.get(operation_id)
        if operation is not None:
            operation.aborted = True
            operation.woken.set()
        return aborted

    async def pace(self, operation_id: int, rate_per_second: float | None) -> bool:
        """Let an operation go on at another pace, 0 to stand still; return whether it was not ended yet.

        Once this returns no further chunk is acted on at the former pace; what is being stopped is finished.
        """
        operation = self._running.get(operation_id)
        async with operation.acting if operation else nullcontext():
            if not await self._store.bulk.pace(operation_id, rate_per_second):
                return False
            if operation:
                operation.pace.turn(rate_per_second)
                operation.woken.set()
        self._feed.publish("bulk", operation_id)
        return True

    def per_second(self, operation_id: int) -> float | None:
        """Return the rows per second of an operation that runs, None if that is not known."""
        operation = self._running.get(operation_id)
        return None if operation is None else operation.pace.per_second()

    def _begin(self, row: Row) -> None:
        operation = self._running[row.id] = _Operation(
            id=row.id,
            resource=row.resource,
            action=row.action,
            act=RESOURCES[row.resource].acts[row.action],
            arguments=stored_columns(row.resource, row.action, row.arguments),
            by=None if row.created_by == CONSOLE else row.created_by,
            pace=Pace(row.rate_per_second),
        )
        operation.task = asyncio.create_task(self._carry_out(operation), name=f"bulk operation {row.id}")

    async def _carry_out(self, operation: _Operation) -> None:
        """Carry an operation out to its end; the outermost edge of what happens to it."""
        status, message = BulkCode.COMPLETED, None
        try:
            await self._every_row(operation)
        except Exception:
            log.exception("Bulk operation %d met a mistake", operation.id)
            status, message = BulkCode.FAILED, BROKEN
        while True:
            try:
                await self._store.bulk.end(operation.id, status, self._clock.now_ms(), message)
                break
            except Unavailable as error:
                await self._rest(operation, error)
        self._running.pop(operation.id, None)
        self._feed.publish("bulk", operation.id)

    async def _every_row(self, operation: _Operation) -> None:
        after = -1
        while await self._turn(operation):
            try:
                ids = await self._store.bulk.pending(operation.id, after, operation.pace.chunk)
                if not ids:
                    return
                going = await self._chunk(operation, Chunk(ids))
            except Unavailable as error:
                await self._rest(operation, error)
                continue
            if going is None:
                continue
            if not going:
                return
            after = ids[-1]
            self._tell_progress(operation)

    async def _turn(self, operation: _Operation) -> bool:
        """Wait until the next chunk may begin; return whether there is to be one."""
        while not operation.aborted and (wait_s := operation.pace.wait_s()) > 0:
            await waited(operation.woken, wait_s)
            operation.woken.clear()
        return not operation.aborted

    async def _rest(self, operation: _Operation, error: Unavailable) -> None:
        log.warning("Bulk operation %d waits: %s", operation.id, error)
        await asyncio.sleep(RETRY_S)

    async def _chunk(self, operation: _Operation, chunk: Chunk) -> bool | None:
        """Act on some rows; return whether the operation goes on, None if its pace was changed before."""
        barred: Mapping[int, str] = {}
        if operation.resource == "executions" and operation.action == "retry":
            barred = await self._faulty_inputs(chunk.ids)
        if operation.resource == "executions" and operation.action == "delete":
            await self._store.bulk.trim_logs(chunk.ids)
        async with operation.acting:
            if operation.pace.wait_s() > 0:
                return None
            done = await self._round(operation, Chunk(chunk.ids, barred=barred))
        operation.pace.took(len(chunk.ids) - len(done.occupied), done.took_s)
        for _ in range(STOP_ROUNDS):
            if not done.going or not done.occupied:
                return done.going
            failed = await self._stop_all(dict(done.occupied))
            ids = [row_id for row_id, _ in done.occupied]
            done = await self._round(operation, Chunk(ids, stopped=set(ids), failed=failed))
            operation.pace.took(len(ids) - len(done.occupied), 0.0)
        late = {row_id: STILL_RUNNING for row_id, _ in done.occupied}
        return (await self._round(operation, Chunk(list(late), failed=late))).going if late else done.going

    async def _round(self, operation: _Operation, chunk: Chunk) -> Round:
        context = Context(self._clock.now_ms(), operation.arguments, operation.by)
        done = await self._store.bulk.carry_out(operation.id, operation.act, chunk, context)
        self._tell(done.changed)
        for change in done.changed:
            if change.resource == "tasks" and change.kind == "deleted":
                await self._store.bulk.forget_versions(change.row_id)
        return done

    async def _stop_all(self, occupied: Mapping[int, int]) -> Mapping[int, str]:
        """Stop these executions, by row; return what went wrong, by row."""
        some = asyncio.Semaphore(STOPS_AT_ONCE)

        async def stop(execution_id: int) -> str | None:
            async with some:
                try:
                    await self._dispatcher.cancel(execution_id)
                except Unavailable as error:
                    return str(error)
            return None

        said = await asyncio.gather(*(stop(execution_id) for execution_id in occupied.values()))
        return {row_id: text for row_id, text in zip(occupied, said, strict=True) if text is not None}

    async def _faulty_inputs(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Return what is wrong with inputs that their task's schema refuses now, by execution."""
        found: dict[int, str] = {}
        for execution_id in await self._store.bulk.with_schema(ids):
            # One at a time: inputs may be large.
            given = await self._store.bulk.input_and_schema(execution_id)
            faults = given and await self._judge.value(given[1], given[0], "input")
            if faults:
                found[execution_id] = f"{faults[0].path} {faults[0].message}"
        return found

    def _tell(self, changed: Sequence[Changed]) -> None:
        for change in changed:
            self._feed.publish(change.resource, change.row_id, change.kind)
            if change.resource == "executions":
                self._turns.tell(change.row_id)
        if changed:
            self._dispatcher.wake()
            self._scheduler.wake()

    def _tell_progress(self, operation: _Operation) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - operation.told_s >= TELL_S:
            operation.told_s = now_s
            self._feed.publish("bulk", operation.id)
