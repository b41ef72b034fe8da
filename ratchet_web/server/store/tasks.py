"""Tasks in the store."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import Duplicate
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.tasks import LISTING
from ratchet_web.server.store.schema import tasks

_T = tasks.c


class TaskCounts(NamedTuple):
    """How many tasks there are."""

    total: int
    enabled: int


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

    async def change(self, task_id: int, values: Mapping[str, Any], now_ms: int) -> Row | None:
        """Return the changed task, None if there is none.

        Raises:
            Duplicate: name and version are taken.
        """
        return await self._database.write(lambda c: _update(c, task_id, values, now_ms))

    async def counts(self) -> TaskCounts:
        """Return how many there are."""
        columns = (sa.func.count(), sa.func.count().filter(_T.enabled))
        return await self._database.read(
            lambda c: TaskCounts(*c.execute(sa.select(*columns).select_from(tasks)).one())
        )


def find(connection: sa.Connection, task_id: int) -> Row | None:
    """Return the task, None if there is none."""
    return connection.execute(sa.select(tasks).where(_T.id == task_id)).one_or_none()


def insert(connection: sa.Connection, values: Mapping[str, Any], now_ms: int) -> Row:
    """Return the new task; raises `Duplicate`."""
    made = {"uuid": uuid.uuid4().bytes, "created_at": now_ms, "updated_at": now_ms}
    return _unique(connection, sa.insert(tasks).values(**values, **made))


def _update(connection: sa.Connection, task_id: int, values: Mapping[str, Any], now_ms: int) -> Row | None:
    if find(connection, task_id) is None:
        return None
    return _unique(connection, sa.update(tasks).where(_T.id == task_id).values(**values, updated_at=now_ms))


def _unique(connection: sa.Connection, statement: sa.Insert | sa.Update) -> Row:
    try:
        return connection.execute(statement.returning(tasks)).one()
    except IntegrityError as error:
        raise Duplicate from error
