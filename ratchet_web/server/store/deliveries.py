"""Deliveries in the store."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from ratchet_web.server.store.codes import DeliveryCode
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import StillOpen
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import OPEN, deliveries, executions, job_payloads, payloads, tasks

_D, _E, _P = deliveries.c, executions.c, payloads.c


class Due(NamedTuple):
    """Deliveries whose time has come, and when the next one's time comes (ms, None: there is none)."""

    rows: Sequence[Row]
    next_at_ms: int | None


@dataclass(frozen=True)
class Tried:
    """What one attempt came to. `next_at_ms`: when it is tried again, None: never."""

    status: DeliveryCode
    at_ms: int
    next_at_ms: int | None = None
    response_status: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Deliveries:
    """`deliveries`: each output destination of each job that completed."""

    _database: Database

    async def due(self, now_ms: int, limit: int, busy: Collection[int]) -> Due:
        """Return up to `limit` deliveries to be made now, without those that are `busy`.

        Each comes with its output, the job's destinations (both JSON) and the name of its task; the output
        is None where the execution was deleted.
        """
        return await self._database.read(lambda c: _due(c, now_ms, limit, busy))

    async def record(self, delivery_id: int, tried: Tried) -> None:
        """Keep what an attempt came to."""
        values = {
            "status": tried.status,
            "attempted_at": tried.at_ms,
            "next_at": tried.next_at_ms,
            "response_status": tried.response_status,
            "error": tried.error,
            "delivered_at": tried.at_ms if tried.status is DeliveryCode.DELIVERED else None,
        }
        # Not after it was deleted with its job, or asked for anew.
        mine = sa.update(deliveries).where(_D.id == delivery_id, _D.status == DeliveryCode.PENDING)
        await self._database.write(lambda c: c.execute(mine.values(**values, attempts=_D.attempts + 1)))

    async def of_job(self, job_id: int) -> Sequence[Row]:
        """Return the deliveries of a job, in the order of its destinations."""
        mine = sa.select(deliveries, job_payloads.c.destinations).where(_D.job_id == job_id)
        joined = mine.join(job_payloads, job_payloads.c.job_id == _D.job_id)
        statement = joined.order_by(_D.position, _D.id)
        return await self._database.read(lambda c: c.execute(statement).all())

    async def again(self, job_id: int, position: int, now_ms: int) -> bool:
        """Let a delivery be made once more; return whether there is such a one.

        Raises:
            StillOpen: it was not made yet.
        """
        return await self._database.write(lambda c: _again(c, job_id, position, now_ms))


def insert(connection: sa.Connection, job_id: int, execution_id: int, count: int, now_ms: int) -> None:
    """Let a completed job's output be delivered to each of its `count` destinations."""
    row = {"job_id": job_id, "execution_id": execution_id, "status": DeliveryCode.PENDING}
    times = {"next_at": now_ms, "created_at": now_ms}
    rows = [{**row, **times, "position": position} for position in range(1, count + 1)]
    connection.execute(sa.insert(deliveries), rows)


def hasten(connection: sa.Connection, by_ms: int) -> None:
    """Let deliveries that wait be made earlier."""
    connection.execute(sa.update(deliveries).where(OPEN).values(next_at=_D.next_at - by_ms))


def _due(connection: sa.Connection, now_ms: int, limit: int, busy: Collection[int]) -> Due:
    first = sa.select(_D.id, _D.next_at).where(OPEN, _D.id.not_in(busy)).order_by(_D.next_at)
    open_rows = connection.execute(first.limit(limit + 1)).all()
    due = [row.id for row in open_rows if row.next_at <= now_ms][:limit]
    later = [row.next_at for row in open_rows if row.id not in due]
    named = tasks.c.name.label("task_name")
    whole = (
        sa.select(deliveries, _P.output, job_payloads.c.destinations, named)
        .join(job_payloads, job_payloads.c.job_id == _D.job_id)
        # Its id may by now be that of a later execution, of another job.
        .outerjoin(executions, sa.and_(_E.id == _D.execution_id, _E.job_id == _D.job_id))
        .outerjoin(payloads, _P.execution_id == _E.id)
        .outerjoin(tasks, tasks.c.id == _E.task_id)
        .where(_D.id.in_(due))
    )
    return Due(connection.execute(whole).all(), min(later, default=None))


def _again(connection: sa.Connection, job_id: int, position: int, now_ms: int) -> bool:
    mine = sa.select(_D.id, _D.status).where(_D.job_id == job_id, _D.position == position)
    row = connection.execute(mine.order_by(_D.id.desc()).limit(1)).one_or_none()
    if row is None:
        return False
    if row.status == DeliveryCode.PENDING:
        raise StillOpen(row.id)
    values = {"status": DeliveryCode.PENDING, "attempts": 0, "next_at": now_ms, "delivered_at": None}
    connection.execute(sa.update(deliveries).where(_D.id == row.id).values(**values))
    return True
