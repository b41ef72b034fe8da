"""Brings the tasks of a directory into the store: the files are the truth for what they define.

A task that is added is enabled or not as its file says; from then on, that is the operator's to choose. A
task whose file is gone is disabled, never deleted; when the file comes back, so does the task.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ratchet_web.server.clock import Clock
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.events import Feed
from ratchet_web.server.inputs import definition_faults
from ratchet_web.server.inspector import problems_of
from ratchet_web.server.store.errors import Duplicate
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.store import Store
from ratchet_web.server.store.tasks import DEFINITION, NO_PROBLEMS
from ratchet_web.server.tasks_directory import Found, read


@dataclass
class Report:
    """What a synchronisation did: names of tasks, and what is wrong with others."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


class Sync:
    """Reads a directory when it is asked to, one time after another."""

    def __init__(self, store: Store, pool: Pool, feed: Feed, clock: Clock) -> None:
        self._store, self._pool, self._feed, self._clock = store, pool, feed, clock
        self._turn = asyncio.Lock()

    async def run(self, directory: Path) -> Report:
        """Return what was done.

        Raises:
            DirectoryError: the directory cannot be read; nothing was changed.
        """
        async with self._turn:
            found = await asyncio.to_thread(read, directory)
            report = Report()
            known = {row.source_path or row.name: row for row in await self._store.tasks.synced()}
            for task in found:
                await self._take(task, known.get(task.path) or known.get(task.name), report)
            await self._disable([row for row in known.values() if row.source_path], found, report)
            counts = [len(part) for part in (report.added, report.updated, report.removed, report.errors)]
            await self._store.tasks.synchronised(counts, self._clock.now_ms())
            return report

    async def _take(self, found: Found, before: Row | None, report: Report) -> None:
        columns = found.columns
        if columns is None:
            report.errors.append((found.name, found.error))
            return
        if before is not None and all(columns[name] == getattr(before, name) for name in DEFINITION):
            if before.in_sync:
                return
        elif error := await self._error(found, before):
            report.errors.append((found.name, error))
            return
        await self._store_one(found, before, report)

    async def _error(self, found: Found, before: Row | None) -> str:
        """Return what keeps a definition from being used, nothing if it can be."""
        columns = found.columns or {}
        if faults := await definition_faults(self._pool.judge, columns):
            return f"{faults[0].path} {faults[0].message}"
        known = before is not None and before.validation_errors == NO_PROBLEMS
        if before is not None and known and before.source_code == columns["source_code"]:
            return ""
        problems = await problems_of(self._pool, columns["source_code"])
        if not problems:
            return ""
        line = f" (line {problems[0].line})" if problems[0].line else ""
        return f"{found.path}: {problems[0].message}{line}"

    async def _store_one(self, found: Found, before: Row | None, report: Report) -> None:
        now_ms = self._clock.now_ms()
        state = {"registry_source": True, "in_sync": True, "source_path": found.path}
        seen = {"validated_at": now_ms, "validation_errors": NO_PROBLEMS}
        columns = {**(found.columns or {}), **state, **seen}
        returns = before is None or before.source_path is None
        if not returns:
            del columns["enabled"]
        try:
            if before is None:
                row: Row | None = await self._store.tasks.add(columns, now_ms)
            else:
                row = await self._store.tasks.change(before.id, columns, now_ms)
        except Duplicate:
            taken = f"There is a task {found.name} {columns['version']} already that no file defines"
            report.errors.append((found.name, taken))
            return
        if row is None:
            report.errors.append((found.name, "The task was deleted meanwhile: synchronise again"))
            return
        (report.added if returns else report.updated).append(found.name)
        self._feed.publish("tasks", row.id, "created" if before is None else "updated")

    async def _disable(self, known: Sequence[Row], found: Sequence[Found], report: Report) -> None:
        there = {task.path for task in found}
        for row in known:
            if row.source_path not in there:
                gone = {"enabled": False, "in_sync": False, "source_path": None}
                await self._store.tasks.change(row.id, gone, self._clock.now_ms())
                report.removed.append(row.name)
                self._feed.publish("tasks", row.id)
