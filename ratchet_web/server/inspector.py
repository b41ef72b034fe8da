"""Looks whether the sources of tasks load, one after another, behind the requests that changed them."""

import asyncio
import logging
from typing import Final

import orjson

from ratchet_web.models.tasks import Problem
from ratchet_web.server.clock import Clock
from ratchet_web.server.engine.errors import NO_MAIN
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.source_check import FIELD
from ratchet_web.server.events import Feed
from ratchet_web.server.store.store import Store

RETRY_MS: Final = 5_000

log = logging.getLogger(__name__)


class Inspector:
    """Fills `validatedAt` and `validationErrors`: what was not seen yet is found in the store."""

    def __init__(self, store: Store, pool: Pool, feed: Feed, clock: Clock) -> None:
        self._store, self._pool, self._feed, self._clock = store, pool, feed, clock
        self._woken = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, with what an earlier server left."""
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; what was not seen yet is seen after the next start."""
        if self._loop:
            self._loop.cancel()
            await asyncio.wait({self._loop})

    def wake(self) -> None:
        """Look again: a source was changed."""
        self._woken.set()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            due_ms = None
            try:
                if not await self._look():
                    due_ms = self._clock.now_ms() + RETRY_MS
            except Exception:
                log.exception("Sources could not be looked at; the next try follows")
                due_ms = self._clock.now_ms() + RETRY_MS
            await self._clock.wait(self._woken, due_ms)

    async def _look(self) -> bool:
        """Look at all that was not seen yet; return whether that could be done with each."""
        after, failed = 0, False
        while (task := await self._store.tasks.unseen(after)) is not None:
            after = task.id
            try:
                problems = await problems_of(self._pool, task.source_code)
            except Exception:
                # Those behind it are looked at first.
                log.exception("The source of task %s could not be looked at; the next try follows", task.name)
                failed = True
                continue
            await self._store.tasks.seen(task, problems_json(problems), self._clock.now_ms())
            self._feed.publish("tasks", task.id)
        return not failed


async def problems_of(pool: Pool, source: str) -> list[Problem]:
    """Return what keeps a source from being run; an empty one needs no process to tell."""
    if not source.strip():
        return [Problem(field=FIELD, message=NO_MAIN)]
    return await pool.check(source)


def problems_json(problems: list[Problem]) -> str:
    """Return problems as the column that keeps them."""
    return orjson.dumps([problem.model_dump(by_alias=True) for problem in problems]).decode()
