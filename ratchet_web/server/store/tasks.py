"""Tasks in the store."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ratchet_web.server.store import tasks_deletion, tasks_versions
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import Duplicate, Stale
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.tasks import LISTING, ROWS
from ratchet_web.server.store.schema import UNSEEN, task_syncs, tasks

_T = tasks.c
# What makes a new version when it changes, and what else a file of a tasks directory says.
VERSIONED = frozenset(tasks_versions.CONTENT)
DEFINITION = VERSIONED | {"description", "meta"}
# As JSON: what was found wrong with a source that loads.
NO_PROBLEMS = "[]"
SYNCS_KEPT = 100
_UNSEEN = {"validated_at": None, "validation_errors": None}


class TaskCounts(NamedTuple):
    """How many tasks there are; synced ones come from a directory, faulty ones cannot run as they are."""

    total: int
    enabled: int
    synced: int
    validated: int
    faulty: int


class SyncCounts(NamedTuple):
    """When the last synchronisation with a tasks directory was, in ms, and how many there were."""

    last_ms: int | None
    times: int


@dataclass(frozen=True)
class Tasks:
    """`tasks`: JSON columns hold text; names are unique together with the version."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of tasks."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def get(self, task_id: int) -> Row | None:
        """Return the task, None if there is none."""
        return await self._database.read(lambda c: find(c, task_id))

    async def add(self, values: Mapping[str, Any], now_ms: int) -> Row:
        """Return the new task.

        Raises:
            Duplicate: name and version are taken.
        """
        return await self._database.write(lambda c: insert(c, values, now_ms))

    async def change(
        self, task_id: int, values: Mapping[str, Any], now_ms: int, expected: int | None = None
    ) -> Row | None:
        """Return the changed task, None if there is none. What differs in `VERSIONED` makes a new version.

        Raises:
            Duplicate: name and version are taken.
            Stale: its revision is not the expected one.
        """
        return await self._database.write(lambda c: update(c, task_id, values, now_ms, expected))

    async def restore(
        self, task_id: int, revision: int, now_ms: int, expected: int | None = None
    ) -> Row | None:
        """Return the task, made what it was at a revision; None if there is no such task or revision.

        Raises:
            Duplicate: another task has its name and version of then.
            Stale: its revision is not the expected one.
        """
        return await self._database.write(lambda c: _restore(c, task_id, revision, now_ms, expected))

    async def delete(self, task_id: int, now_ms: int) -> Sequence[int] | None:
        """Delete a task that nothing waits for; return the ids of its schedules, None if there is no task.

        Raises:
            InUse: open jobs or executions, or enabled schedules, refer to it.
        """

        def work(connection: sa.Connection) -> Sequence[int] | None:
            task = find(connection, task_id)
            return None if task is None else tasks_deletion.delete(connection, task, now_ms)

        gone = await self._database.write(work)
        while gone is not None and await self._database.write(
            lambda c: tasks_deletion.forget_versions(c, task_id)
        ):
            pass
        return gone

    async def unseen(self, after: int) -> Row | None:
        """Return the first task above an id of whose source nobody knows whether it loads, None: no such."""
        statement = ROWS.where(UNSEEN, _T.id > after).order_by(_T.id).limit(1)
        return await self._database.read(lambda c: c.execute(statement).one_or_none())

    async def seen(self, task: Row, problems_json: str, now_ms: int) -> None:
        """Record what keeps a source from being run, unless the task was changed meanwhile."""
        values = {"validated_at": now_ms, "validation_errors": problems_json}
        mine = (_T.id == task.id, _T.revision == task.revision)
        statement = sa.update(tasks).where(*mine).values(**values)
        await self._database.write(lambda c: c.execute(statement))

    async def synced(self) -> Sequence[Row]:
        """Return the tasks that a tasks directory defines or once defined, by id."""
        statement = ROWS.where(_T.registry_source, _T.deleted_at.is_(None)).order_by(_T.id)
        return await self._database.read(lambda c: c.execute(statement).all())

    async def synchronised(self, counts: Sequence[int], now_ms: int) -> None:
        """Record a synchronisation (how many were added, updated, removed, in error); forget old ones."""
        values = dict(zip(("added", "updated", "removed", "errors"), counts, strict=True))
        added = sa.insert(task_syncs).values(at=now_ms, **values).returning(task_syncs.c.id)

        def work(connection: sa.Connection) -> None:
            number = connection.execute(added).scalar_one()
            connection.execute(sa.delete(task_syncs).where(task_syncs.c.id <= number - SYNCS_KEPT))

        await self._database.write(work)

    async def last_sync(self) -> SyncCounts:
        """Return when the last synchronisation was, and how many there were."""
        # They are numbered from 1, and the newest one stays.
        number = sa.func.coalesce(sa.func.max(task_syncs.c.id), 0)
        statement = sa.select(sa.func.max(task_syncs.c.at), number)
        return await self._database.read(lambda c: SyncCounts(*c.execute(statement).one()))

    async def counts(self) -> TaskCounts:
        """Return how many there are."""
        looked_at, faulty = _T.validated_at.is_not(None), _T.validation_errors != NO_PROBLEMS
        kinds = (_T.enabled, _T.registry_source, looked_at, faulty)
        columns: list[sa.ColumnElement[Any]] = [sa.func.count()]
        columns += [sa.func.count().filter(kind) for kind in kinds]
        statement = sa.select(*columns).select_from(tasks).where(_T.deleted_at.is_(None))
        return await self._database.read(lambda c: TaskCounts(*c.execute(statement).one()))


def find(connection: sa.Connection, task_id: int) -> Row | None:
    """Return the task, None if there is none."""
    return connection.execute(ROWS.where(_T.id == task_id, _T.deleted_at.is_(None))).one_or_none()


def insert(connection: sa.Connection, values: Mapping[str, Any], now_ms: int) -> Row:
    """Return the new task; raises `Duplicate`."""
    made = {"uuid": uuid.uuid4().bytes, "created_at": now_ms, "updated_at": now_ms}
    task_id = _unique(connection, sa.insert(tasks).values(**made, **values))
    tasks_versions.record(connection, task_id, now_ms)
    return _must_find(connection, task_id)


def update(
    connection: sa.Connection,
    task_id: int,
    values: Mapping[str, Any],
    now_ms: int,
    expected: int | None = None,
    restored_from: int | None = None,
) -> Row | None:
    """Return the changed task, None if there is none; raises `Duplicate` and `Stale`."""
    before = find(connection, task_id)
    if before is None:
        return None
    if expected is not None and expected != before.revision:
        raise Stale(before.revision)
    changed = {name for name, value in values.items() if value != getattr(before, name)}
    made: dict[str, Any] = {"updated_at": now_ms}
    if changed & VERSIONED:
        made["revision"] = before.revision + 1
    if changed & DEFINITION and before.registry_source:
        made["in_sync"] = False
    if "source_code" in changed:
        made |= _UNSEEN
    _unique(connection, sa.update(tasks).where(_T.id == task_id).values(**{**made, **values}))
    if "revision" in made:
        tasks_versions.record(connection, task_id, now_ms, restored_from)
    return _must_find(connection, task_id)


def _restore(
    connection: sa.Connection, task_id: int, revision: int, now_ms: int, expected: int | None
) -> Row | None:
    version = tasks_versions.find(connection, task_id, revision)
    if version is None:
        return None
    values = {name: getattr(version, name) for name in VERSIONED}
    return update(connection, task_id, values, now_ms, expected, restored_from=revision)


def _must_find(connection: sa.Connection, task_id: int) -> Row:
    row = find(connection, task_id)
    assert row is not None, "it was written in this transaction"
    return row


def _unique(connection: sa.Connection, statement: sa.Insert | sa.Update) -> int:
    try:
        task_id: int = connection.execute(statement.returning(_T.id)).scalar_one()
    except IntegrityError as error:
        raise Duplicate from error
    return task_id
