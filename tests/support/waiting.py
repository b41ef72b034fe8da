"""Many jobs that wait for a time far away, put into a database at once."""

from pathlib import Path

from ratchet_web.server.store.jobs import NewRow, insert
from ratchet_web.server.store.store import Store

LATER_MS = 4_000_000_000_000
AT_ONCE = 1_000


async def fill(directory: Path, count: int, *names: str) -> list[str]:
    """Return a task for each name, with so many jobs; no server may run on the directory."""
    store = await Store.open(directory)
    tasks = []
    for name in names:
        values = {"name": name, "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
        task = await store.tasks.add(values, 1_000)
        tasks.append(str(task.id))
        row = NewRow(task.id, "null", scheduled_for_ms=LATER_MS)
        for first in range(0, count, AT_ONCE):
            some = min(AT_ONCE, count - first)
            await store.jobs._database.write(
                lambda c, row=row, some=some: [insert(c, row, 1_000) for _ in range(some)]
            )
    await store.close()
    return tasks
