"""Statistics: how many there are, how they end, how long they wait and run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import sqlalchemy as sa

from ratchet_web.logic.histograms import Summary
from ratchet_web.server.store import tallies
from ratchet_web.server.store.codes import ENDED_JOBS, ExecutionCode, JobCode, PriorityCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.schema import (
    JOB_ENDED,
    READY,
    execution_counts,
    executions,
    job_counts,
    jobs,
    schedules,
    tasks,
)
from ratchet_web.server.store.tallies import Span, Tally

DAY_MS: Final = 86_400_000
_J = jobs.c
Code = TypeVar("Code", ExecutionCode, JobCode)


@dataclass(frozen=True)
class Counts(Generic[Code]):
    """Rows that wait or run now, or ended in a span that begins at `since_ms`; times in ms.

    `error` is the greatest relative error of the percentiles. `last_24h` counts what was queued in that time.
    """

    by_status: Mapping[Code, int]
    run: Summary
    wait: Summary
    last_24h: int
    since_ms: int | None
    error: float


class TaskTally(NamedTuple):
    """How the executions of one task ended; the name is None where it was deleted."""

    task_id: int
    name: str | None
    tally: Tally


class Intervals(NamedTuple):
    """The time between one firing of a schedule and its next, in ms: how many, and their sum."""

    number: int
    total_ms: int


@dataclass(frozen=True)
class Stats:
    """Counts of every noun, each from one snapshot."""

    _database: Database

    async def executions(self, span: Span, now_ms: int) -> Counts[ExecutionCode]:
        """Return how executions fare."""
        return await self._database.read(lambda c: _executions(c, span, now_ms))

    async def jobs(self, span: Span, now_ms: int) -> Counts[JobCode]:
        """Return how jobs fare; their times are those of their attempts."""
        return await self._database.read(lambda c: _jobs(c, span, now_ms))

    async def by_task(self, span: Span, now_ms: int) -> tuple[list[TaskTally], tallies.Found]:
        """Return a tally for each task, and what is true of them all."""

        def work(connection: sa.Connection) -> tuple[list[TaskTally], tallies.Found]:
            found = tallies.of_tasks(connection, span, now_ms)
            pairs = connection.execute(sa.select(tasks.c.id, tasks.c.name)).all()
            names = {row.id: row.name for row in pairs}
            return [TaskTally(i, names.get(i), tally) for i, tally in found.tallies.items()], found

        return await self._database.read(work)

    async def intervals(self, since_ms: int | None) -> Intervals:
        """Return how far apart the jobs of each schedule were queued."""
        where: list[Any] = [_J.schedule_id.is_not(None)]
        if since_ms is not None:
            where.append(_J.queued_at >= since_ms)
        spans = (sa.func.count() - 1, sa.func.max(_J.queued_at) - sa.func.min(_J.queued_at))
        each = sa.select(spans[0].label("n"), spans[1].label("ms")).where(*where).group_by(_J.schedule_id)
        parts = each.subquery().c
        sums = sa.select(*(sa.func.coalesce(sa.func.sum(part), 0) for part in (parts.n, parts.ms)))
        return await self._database.read(lambda c: Intervals(*c.execute(sums).one()))

    async def triggers(self) -> tuple[int, int]:
        """Return how often the schedules that exist fired, and how often that failed."""
        sums = [
            sa.func.coalesce(sa.func.sum(c), 0) for c in (schedules.c.fired_count, schedules.c.failed_count)
        ]
        found = await self._database.read(lambda c: c.execute(sa.select(*sums)).one())
        return found[0], found[1]

    async def depths(self) -> Sequence[int]:
        """Return how many jobs could begin now, in each priority from the least urgent on."""
        statement = sa.select(_J.priority, sa.func.count()).where(READY).group_by(_J.priority)

        def work(connection: sa.Connection) -> Sequence[int]:
            found = pairs(connection, statement)
            return [found.get(code, 0) for code in PriorityCode]

        return await self._database.read(work)


def _executions(connection: sa.Connection, span: Span, now_ms: int) -> Counts[ExecutionCode]:
    tally, since_ms, error = tallies.of_all(connection, span, now_ms)
    kept = _kept(connection, execution_counts, span.task_id)
    by_status = {code: tally.ended.get(code, kept.get(code, 0)) for code in ExecutionCode}
    recent = _recent(connection, executions, span.task_id, now_ms)
    return Counts(by_status, tally.run.summary(), tally.wait.summary(), recent, since_ms, error)


def _jobs(connection: sa.Connection, span: Span, now_ms: int) -> Counts[JobCode]:
    tally, since_ms, error = tallies.of_all(
        connection, Span(span.since_ms, span.task_id, jobs_only=True), now_ms
    )
    kept = _kept(connection, job_counts, span.task_id)
    if since_ms is not None:
        where = [JOB_ENDED, _J.completed_at >= since_ms]
        if span.task_id is not None:
            where.append(_J.task_id == span.task_id)
        grouped = sa.select(_J.status + 0, sa.func.count()).where(*where).group_by(_J.status + 0)
        ended = pairs(connection, grouped)
        kept = {**kept, **{code: ended.get(code, 0) for code in ENDED_JOBS}}
    by_status = {code: kept.get(code, 0) for code in JobCode}
    recent = _recent(connection, jobs, span.task_id, now_ms)
    return Counts(by_status, tally.run.summary(), tally.wait.summary(), recent, since_ms, error)


def _kept(connection: sa.Connection, counts: sa.Table, task_id: int | None) -> dict[int, int]:
    where = [] if task_id is None else [counts.c.task_id == task_id]
    statement = sa.select(counts.c.status, sa.func.sum(counts.c.n)).where(*where).group_by(counts.c.status)
    return pairs(connection, statement)


def _recent(connection: sa.Connection, table: sa.Table, task_id: int | None, now_ms: int) -> int:
    where: list[Any] = [table.c.queued_at >= now_ms - DAY_MS]
    if task_id is not None:
        where.append(table.c.task_id == task_id)
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def pairs(connection: sa.Connection, statement: sa.Select[Any]) -> dict[int, int]:
    """Return what a selection of two columns found."""
    return {row[0]: row[1] for row in connection.execute(statement)}
