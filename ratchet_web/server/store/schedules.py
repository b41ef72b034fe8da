"""Schedules in the store.

A schedule's next time is computed in the transaction that changes or fires it, from the row as it is then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from ratchet_web.logic.cron import next_run_ms
from ratchet_web.models.jobs import JobPriority
from ratchet_web.server.store import jobs as job_store
from ratchet_web.server.store import schedules_activity, schedules_changes
from ratchet_web.server.store.codes import OPEN_JOBS, MisfireCode, PriorityCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.lists import schedules_runs
from ratchet_web.server.store.lists.base import Row, Rows, Window
from ratchet_web.server.store.lists.schedules import LISTING, ROWS
from ratchet_web.server.store.schema import ARMED, jobs, schedules, tasks

_S, _J = schedules.c, jobs.c

# Later than this a due time was missed, and the schedule's policy decides.
MISFIRE_MS: Final = 60_000
# Computing a next time takes a third of a millisecond: so many in a transaction hold up nobody.
CHUNK: Final = 50

_TIMING = ("cron_expression", "time_zone", "enabled")


class ScheduleCounts(NamedTuple):
    """How many schedules there are; times in ms."""

    total: int
    enabled: int
    due: int
    next_run: int | None
    last_run: int | None


class Fired(NamedTuple):
    """A schedule whose time came, and the job that it queued; None: `reason` says why there is none."""

    schedule_id: int
    job_id: int | None
    reason: str | None = None


@dataclass(frozen=True)
class Schedules:
    """`schedules`, each with its task's name. `next_run` is None while disabled."""

    _database: Database

    async def page(self, wanted: Mapping[str, Any], window: Window) -> Rows:
        """Return one window of schedules."""
        return await self._database.read(lambda c: LISTING.page(c, wanted, window))

    async def runs(self, buckets: schedules_runs.Buckets) -> schedules_runs.Runs:
        """Return the past runs of schedules, by bucket."""
        return await self._database.read(lambda c: schedules_runs.by_bucket(c, buckets))

    async def activity(self, wanted: Mapping[str, Any], window: Window) -> schedules_activity.Activities:
        """Return the last runs of one window of schedules."""
        return await self._database.read(lambda c: schedules_activity.page(c, wanted, window))

    async def statistics(self, schedule_id: int, now_ms: int) -> schedules_activity.Statistics:
        """Return what a schedule did: its last runs, how they ended of late, and how late they were."""
        return await self._database.read(lambda c: schedules_activity.statistics(c, schedule_id, now_ms))

    async def changes(self, schedule_id: int, before: int | None, limit: int) -> schedules_changes.Changes:
        """Return at most `limit` changes of a schedule before one of them, or the newest ones."""
        return await self._database.read(lambda c: schedules_changes.before(c, schedule_id, before, limit))

    async def get(self, schedule_id: int) -> Row | None:
        """Return the schedule, None if there is none."""
        return await self._database.read(lambda c: find(c, schedule_id))

    async def add(self, values: Mapping[str, Any], now_ms: int, by: str | None = None) -> Row:
        """Return the new schedule; `by` is who made it, where that is known."""
        return await self._database.write(lambda c: insert(c, values, now_ms, by))

    async def change(
        self, schedule_id: int, values: Mapping[str, Any], now_ms: int, by: str | None = None
    ) -> Row | None:
        """Return the changed schedule, None if there is none. Its next time follows from what it is then."""
        return await self._database.write(lambda c: change(c, schedule_id, values, now_ms, by))

    async def delete(self, schedule_id: int) -> bool:
        """Delete it; return whether there was one."""
        statement = sa.delete(schedules).where(_S.id == schedule_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)

    async def trigger(self, schedule_id: int, row: job_store.NewRow, now_ms: int) -> int | None:
        """Return the id of a job queued now, None if the schedule is gone."""
        return await self._database.write(lambda c: trigger(c, schedule_id, row, now_ms))

    async def next_due(self) -> int | None:
        """Return when the next schedule fires, in ms."""
        return await self._database.read(lambda c: c.scalar(sa.select(sa.func.min(_S.next_run)).where(ARMED)))

    async def fire_due(self, now_ms: int) -> Sequence[Fired]:
        """Queue a job for schedules whose time came, and set their next time, in one transaction.

        At most `CHUNK` of them: ask again until there are none.
        """
        return await self._database.write(lambda c: [_fire(c, row, now_ms) for row in _due(c, now_ms)])

    async def rearm(self, now_ms: int) -> Sequence[int]:
        """Compute all next times anew, because the clock was set back or the rules of a zone changed.

        Returns the schedules whose next time is another one now.
        """
        changed: list[int] = []
        last: int | None = 0
        while last is not None:
            last, moved = await self._database.write(partial(_rearm, after=last, now_ms=now_ms))
            changed += moved
        return changed

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


def insert(connection: sa.Connection, values: Mapping[str, Any], now_ms: int, by: str | None = None) -> Row:
    """Return the new schedule; without a `next_run` of its own it fires next as its expression says."""
    zone = values.get("time_zone", "UTC")
    following = next_run_ms(values["cron_expression"], zone, now_ms) if values["enabled"] else None
    given = {"next_run": following, **values, "created_at": now_ms, "updated_at": now_ms}
    statement = sa.insert(schedules).values(**given).returning(_S.id)
    row = find(connection, connection.execute(statement).scalar_one())
    assert row is not None, "it was inserted in this transaction"
    schedules_changes.created(connection, row.id, now_ms, by)
    return row


def open_job(schedule_id: int) -> sa.Select[tuple[int]]:
    """Return the selection of one job of a schedule that has not ended."""
    return sa.select(_J.id).where(_J.schedule_id == schedule_id, _J.status.in_(OPEN_JOBS)).limit(1)


def trigger(connection: sa.Connection, schedule_id: int, row: job_store.NewRow, now_ms: int) -> int | None:
    """Return the id of a job queued now, None if the schedule is gone."""
    if find(connection, schedule_id) is None:
        return None
    job_id = job_store.insert(connection, row, now_ms)
    _set(connection, schedule_id, last_run=now_ms, last_job_id=job_id)
    return job_id


def change(
    connection: sa.Connection,
    schedule_id: int,
    values: Mapping[str, Any],
    now_ms: int,
    by: str | None = None,
) -> Row | None:
    """Return the changed schedule, None if there is none. Its next time follows from what it is then."""
    before = find(connection, schedule_id)
    if before is None:
        return None
    _set(connection, schedule_id, **values, updated_at=now_ms)
    after = find(connection, schedule_id)
    assert after is not None, "it was there in this transaction"
    schedules_changes.record(connection, before, after, now_ms, by)
    if all(getattr(before, name) == getattr(after, name) for name in _TIMING):
        return after
    if (before.cron_expression, before.time_zone) != (after.cron_expression, after.time_zone):
        # Other due times: none of them was fired yet.
        _set(connection, schedule_id, last_due=None)
    _set(connection, schedule_id, next_run=_following(find(connection, schedule_id), now_ms))
    return find(connection, schedule_id)


def _following(row: Row | None, now_ms: int) -> int | None:
    """Return the next due time that was not fired yet, also where the clock was set back."""
    if row is None or not row.enabled:
        return None
    return next_run_ms(row.cron_expression, row.time_zone, max(now_ms, row.last_due or 0))


def _due(connection: sa.Connection, now_ms: int) -> Sequence[Row]:
    enabled = tasks.c.enabled.label("task_enabled")
    statement = ROWS.add_columns(enabled).where(ARMED, _S.next_run <= now_ms).order_by(_S.next_run, _S.id)
    return connection.execute(statement.limit(CHUNK)).all()


def _fire(connection: sa.Connection, row: Row, now_ms: int) -> Fired:
    """Queue a job for a due time, or note why not, and set the next time."""
    following = _following(row, now_ms)
    reason = _reason_to_skip(connection, row, now_ms) if row.task_enabled else "its task is disabled"
    counter = "skipped_count" if row.task_enabled else "failed_count"
    if reason is not None:
        noted = {counter: getattr(row, counter) + 1, "last_skipped_at": now_ms, "skip_reason": reason}
        _set(connection, row.id, next_run=following, **noted)
        return Fired(row.id, None, reason)
    job_id = job_store.insert(connection, _job(row), now_ms)
    fired = {"last_run": now_ms, "last_job_id": job_id, "last_due": row.next_run}
    _set(connection, row.id, next_run=following, fired_count=row.fired_count + 1, **fired)
    return Fired(row.id, job_id)


def _reason_to_skip(connection: sa.Connection, row: Row, now_ms: int) -> str | None:
    if row.misfire_policy == MisfireCode.SKIP and now_ms - row.next_run > MISFIRE_MS:
        return "its time was missed by more than a minute"
    if row.allow_overlap:
        return None
    job_id = connection.scalar(open_job(row.id))
    return None if job_id is None else f"its job {job_id} was still open"


def _job(row: Row) -> job_store.NewRow:
    """Return the job of a due time; `scheduledFor` tells which one, also where it was missed."""
    return job_store.NewRow(
        row.task_id,
        row.input or "{}",
        priority=JobPriority[PriorityCode(row.priority).name],
        max_retries=row.max_retries,
        scheduled_for_ms=row.next_run,
        due_ms=row.next_run,
        schedule_id=row.id,
        retry_policy=row.retry_policy,
        destinations=row.destinations,
    )


def _rearm(connection: sa.Connection, after: int, now_ms: int) -> tuple[int | None, list[int]]:
    """Look at the schedules after an id; return the last one's, None at the end, and those that moved."""
    waiting = sa.or_(_S.next_run > now_ms, _S.next_run.is_(None))
    chunk = sa.select(schedules).where(ARMED, waiting, _S.id > after).order_by(_S.id).limit(CHUNK)
    rows = connection.execute(chunk).all()
    following = {row.id: _following(row, now_ms) for row in rows}
    moved = [row.id for row in rows if row.next_run != following[row.id]]
    for schedule_id in moved:
        _set(connection, schedule_id, next_run=following[schedule_id])
    return (rows[-1].id if rows else None), moved


def _set(connection: sa.Connection, schedule_id: int, **values: Any) -> None:
    connection.execute(sa.update(schedules).where(_S.id == schedule_id).values(**values))
