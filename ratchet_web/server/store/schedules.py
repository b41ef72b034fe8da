"""Schedules in the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store import jobs as job_store
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.schedules import LISTING, ROWS
from ratchet_web.server.store.schema import ARMED, schedules, tasks

_S = schedules.c

NextRun = Callable[[str], int | None]


class ScheduleCounts(NamedTuple):
    """How many schedules there are; times in ms."""

    total: int
    enabled: int
    due: int
    next_run: int | None
    last_run: int | None


class Fired(NamedTuple):
    """A schedule whose time came, and the job that it queued; None: its task is disabled."""

    schedule_id: int
    job_id: int | None


@dataclass(frozen=True)
class Schedules:
    """`schedules`, each with its task's name. `next_run` is None while disabled."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of schedules."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def get(self, schedule_id: int) -> Row | None:
        """Return the schedule, None if there is none."""
        return await self._database.read(lambda c: find(c, schedule_id))

    async def add(self, values: Mapping[str, Any], now_ms: int) -> Row:
        """Return the new schedule."""
        return await self._database.write(lambda c: insert(c, values, now_ms))

    async def change(self, schedule_id: int, values: Mapping[str, Any], now_ms: int) -> Row | None:
        """Return the changed schedule, None if there is none."""
        statement = sa.update(schedules).where(_S.id == schedule_id).values(**values, updated_at=now_ms)

        def work(connection: sa.Connection) -> Row | None:
            connection.execute(statement)
            return find(connection, schedule_id)

        return await self._database.write(work)

    async def delete(self, schedule_id: int) -> bool:
        """Delete it; return whether there was one."""
        statement = sa.delete(schedules).where(_S.id == schedule_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def trigger(self, schedule_id: int, row: job_store.NewRow, now_ms: int) -> int:
        """Return the id of a job queued now."""
        return await self._database.write(lambda c: _queue(c, schedule_id, row, now_ms))

    async def next_due(self) -> int | None:
        """Return when the next schedule fires, in ms."""
        return await self._database.read(lambda c: c.scalar(sa.select(sa.func.min(_S.next_run)).where(ARMED)))

    async def fire_due(self, now_ms: int, following: NextRun) -> Sequence[Fired]:
        """Queue a job for each schedule whose time came, and set its next time, in one transaction."""
        return await self._database.write(
            lambda c: [_fire(c, row, now_ms, following) for row in _due(c, now_ms)]
        )

    async def skip_due(self, now_ms: int, following: NextRun) -> Sequence[int]:
        """Pass over the times that were missed; return the ids of their schedules."""

        def work(connection: sa.Connection) -> list[int]:
            rows = _due(connection, now_ms)
            for row in rows:
                _set(connection, row.id, next_run=following(row.cron_expression))
            return [row.id for row in rows]

        return await self._database.write(work)

    async def counts(self, now_ms: int) -> ScheduleCounts:
        """Return how many there are."""
        columns = (
            sa.func.count(),
            sa.func.count().filter(_S.enabled),
            sa.func.count().filter(_S.enabled, _S.next_run <= now_ms),
            sa.func.min(_S.next_run).filter(_S.enabled),
            sa.func.max(_S.last_run),
        )
        return await self._database.read(
            lambda c: ScheduleCounts(*c.execute(sa.select(*columns).select_from(schedules)).one())
        )


def find(connection: sa.Connection, schedule_id: int) -> Row | None:
    """Return the schedule, None if there is none."""
    return connection.execute(ROWS.where(_S.id == schedule_id)).one_or_none()


def insert(connection: sa.Connection, values: Mapping[str, Any], now_ms: int) -> Row:
    """Return the new schedule."""
    statement = sa.insert(schedules).values(**values, created_at=now_ms, updated_at=now_ms).returning(_S.id)
    row = find(connection, connection.execute(statement).scalar_one())
    assert row is not None, "it was inserted in this transaction"
    return row


def _due(connection: sa.Connection, now_ms: int) -> Sequence[Row]:
    enabled = tasks.c.enabled.label("task_enabled")
    statement = ROWS.add_columns(enabled).where(ARMED, _S.next_run <= now_ms).order_by(_S.next_run, _S.id)
    return connection.execute(statement).all()


def _fire(connection: sa.Connection, row: Row, now_ms: int, following: NextRun) -> Fired:
    _set(connection, row.id, next_run=following(row.cron_expression))
    if not row.task_enabled:
        return Fired(row.id, None)
    new = job_store.NewRow(row.task_id, row.input or "{}", schedule_id=row.id)
    return Fired(row.id, _queue(connection, row.id, new, now_ms))


def _queue(connection: sa.Connection, schedule_id: int, row: job_store.NewRow, now_ms: int) -> int:
    job_id = job_store.insert(connection, row, now_ms)
    _set(connection, schedule_id, last_run=now_ms, last_job_id=job_id)
    return job_id


def _set(connection: sa.Connection, schedule_id: int, **values: Any) -> None:
    connection.execute(sa.update(schedules).where(_S.id == schedule_id).values(**values))
