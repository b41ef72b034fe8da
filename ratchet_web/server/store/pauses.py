"""What is paused, and which job comes first meanwhile.

A pause is one row, whatever waits: nothing of the jobs is written, so that pausing and resuming cost the same
with one job and with a million. What claims work reads the rows in its own transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ratchet_web.server.store.database import Database
from ratchet_web.server.store.errors import Paused
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.schema import QUEUE, READY, jobs, pauses, tasks

_J, _P = jobs.c, pauses.c

# So many jobs at the head are looked at one by one, before the first of each task is looked for.
NEAR = 32


@dataclass(frozen=True)
class NewPause:
    """Why, and who says so: None where nobody is signed in."""

    reason: str
    paused_by: str | None
    since_ms: int


@dataclass(frozen=True)
class Pauses:
    """`pauses`, each with the name of its task; `QUEUE` stands for the queue."""

    _database: Database

    async def all(self) -> Sequence[Row]:
        """Return what is paused: the queue first, then tasks by their names."""
        return await self._database.read(lambda c: c.execute(_ALL).all())

    async def begin(self, task_id: int, new: NewPause) -> Row | None:
        """Pause a task or the queue; return the pause, None if there is no such task.

        What was claimed by then goes on; nothing of it is claimed after this returns. The same person's
        same words once more change nothing.

        Raises:
            Paused: it is paused already, for another reason or by somebody else.
        """
        return await self._database.write(lambda c: _begin(c, task_id, new))

    async def end(self, task_id: int) -> bool:
        """Let it go on; return whether it was paused."""
        statement = sa.delete(pauses).where(_P.task_id == task_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount == 1)


_ROWS = sa.select(pauses, tasks.c.name.label("task_name")).outerjoin(tasks, tasks.c.id == _P.task_id)
_ALL = _ROWS.order_by(_P.task_id != QUEUE, tasks.c.name, _P.task_id)


def _begin(connection: sa.Connection, task_id: int, new: NewPause) -> Row | None:
    there = sa.select(tasks.c.id).where(tasks.c.id == task_id, tasks.c.deleted_at.is_(None))
    if task_id != QUEUE and connection.scalar(there) is None:
        return None
    before = _find(connection, task_id)
    if before is None:
        values = {"reason": new.reason, "paused_by": new.paused_by, "since": new.since_ms}
        connection.execute(sa.insert(pauses).values(task_id=task_id, **values))
        return _find(connection, task_id)
    if (before.reason, before.paused_by) != (new.reason, new.paused_by):
        raise Paused(before.reason, before.paused_by)
    return before


def _find(connection: sa.Connection, task_id: int) -> Row | None:
    return connection.execute(_ROWS.where(_P.task_id == task_id)).one_or_none()


def forget(connection: sa.Connection, task_id: int) -> None:
    """Drop the pause of a task that is deleted."""
    connection.execute(sa.delete(pauses).where(_P.task_id == task_id))


# The smallest id says enough: none, the queue, or only tasks.
FIRST_PAUSED = sa.select(sa.func.min(_P.task_id))
_ORDER = (_J.priority.desc(), _J.queued_at, _J.id)


def _near() -> sa.ScalarSelect[int]:
    """Return the first job at the head of the queue whose task is not paused; null if it is further back."""
    head = sa.select(_J.id, _J.task_id).where(READY).order_by(*_ORDER).limit(NEAR).subquery("head")
    paused = sa.exists().where(_P.task_id == head.c.task_id)
    return sa.select(head.c.id).where(~paused).limit(1).scalar_subquery()


def _far() -> sa.ScalarSelect[int]:
    """Return the first job of all tasks that are not paused: a look at an index for each."""
    first = sa.select(sa.func.min(_J.task_id).label("task_id")).where(READY).cte("waiting", recursive=True)
    # Aliases, or the inner selections would take their tables from outside.
    after, mine = jobs.alias("after"), jobs.alias("mine")
    next_id = sa.select(sa.func.min(after.c.task_id)).where(_ready(after), after.c.task_id > first.c.task_id)
    waiting = first.union_all(
        sa.select(next_id.correlate(first).scalar_subquery()).where(first.c.task_id.is_not(None))
    )
    order = (mine.c.priority.desc(), mine.c.queued_at, mine.c.id)
    of_task = sa.select(mine.c.id).where(_ready(mine), mine.c.task_id == waiting.c.task_id).order_by(*order)
    paused = sa.exists().where(_P.task_id == waiting.c.task_id)
    heads = (
        sa.select(of_task.limit(1).correlate(waiting).scalar_subquery().label("id"))
        .where(waiting.c.task_id.is_not(None), ~paused)
        .subquery("heads")
    )
    found = sa.select(_J.id).join(heads, heads.c.id == _J.id)
    return found.order_by(*_ORDER).limit(1).scalar_subquery()


def _ready(table: sa.FromClause) -> sa.ColumnElement[bool]:
    # A literal, as `READY`.
    return table.c.ready == sa.literal_column("1")


FIRST_NOT_PAUSED = sa.func.coalesce(_near(), _far())
