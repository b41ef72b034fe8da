"""The names of tasks by id: rows of the native server carry the id alone."""

import asyncio

from ratchet_web.api.native.lists import Lists
from ratchet_web.models.tasks import Task


class TaskNames:
    """Names, read again when they are older than `keep_s`, or when an id is not among them."""

    def __init__(self, tasks: Lists[Task], keep_s: float, unknown_keep_s: float = 5.0) -> None:
        self._tasks, self._keep_s, self._unknown_keep_s = tasks, keep_s, unknown_keep_s
        self._names: dict[str, str] = {}
        self._read_at = -float("inf")
        self._turn = asyncio.Lock()

    async def of(self, ids: set[str]) -> dict[str, str]:
        """Return the names of these tasks, as far as they exist."""
        async with self._turn:
            keep_s = self._unknown_keep_s if ids - self._names.keys() else self._keep_s
            if ids and asyncio.get_running_loop().time() - self._read_at > keep_s:
                self._names = {task.id: task.name for task in await self._tasks.every({})}
                self._read_at = asyncio.get_running_loop().time()
        return {id: self._names[id] for id in ids if id in self._names}

    def forget(self) -> None:
        """Read again at the next look: a name has just changed."""
        self._read_at = -float("inf")
