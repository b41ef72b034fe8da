"""The versions of tasks in the store: each change of what a task runs is kept, numbered from 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import task_versions, tasks

_V = task_versions.c
CONTENT = ("name", "version", "source_code", "input_schema", "output_schema")
_HEADS = (_V.revision, _V.created_at, _V.restored_from, _V.name, _V.version)


class Versions(NamedTuple):
    """Some versions of one task, newest first, without sources and schemas; how many there are in all."""

    rows: Sequence[Row]
    total: int


@dataclass(frozen=True)
class TaskVersions:
    """`task_versions`."""

    _database: Database

    async def before(self, task_id: int, revision: int | None, limit: int) -> Versions:
        """Return at most `limit` versions below a revision, or the newest ones."""
        mine = _V.task_id == task_id
        below = sa.true() if revision is None else _V.revision < revision
        wanted: sa.Select[Any] = (
            sa.select(*_HEADS).where(mine, below).order_by(_V.revision.desc()).limit(limit)
        )
        count = sa.select(sa.func.count()).select_from(task_versions).where(mine)

        def work(connection: sa.Connection) -> Versions:
            return Versions(connection.execute(wanted).all(), connection.scalar(count) or 0)

        return await self._database.read(work)

    async def get(self, task_id: int, revision: int) -> Row | None:
        """Return one version with its source and schemas, None if there is none."""
        return await self._database.read(lambda c: find(c, task_id, revision))


def find(connection: sa.Connection, task_id: int, revision: int) -> Row | None:
    """Return one version, None if there is none."""
    statement = sa.select(task_versions).where(_V.task_id == task_id, _V.revision == revision)
    return connection.execute(statement).one_or_none()


def record(connection: sa.Connection, task_id: int, now_ms: int, restored_from: int | None = None) -> None:
    """Keep what the task is now as the version that its revision names."""
    kept = (tasks.c[name] for name in CONTENT)
    origin = sa.literal(restored_from, sa.Integer)
    current = sa.select(tasks.c.id, tasks.c.revision, sa.literal(now_ms), origin, *kept)
    columns = ["task_id", "revision", "created_at", "restored_from", *CONTENT]
    connection.execute(sa.insert(task_versions).from_select(columns, current.where(tasks.c.id == task_id)))
