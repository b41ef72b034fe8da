"""Deletes tasks: what remains is the name, for the executions and jobs that say it."""

from collections.abc import Sequence

import sqlalchemy as sa

from ratchet_web.server.store.codes import OPEN_EXECUTIONS, OPEN_JOBS
from ratchet_web.server.store.errors import InUse
from ratchet_web.server.store.lists.base import Row
from ratchet_web.server.store.pauses import forget
from ratchet_web.server.store.schema import (
    execution_counts,
    job_counts,
    schedules,
    task_versions,
    tasks,
)

VERSIONS_AT_ONCE = 20
_EMPTY = {
    "enabled": False,
    "description": None,
    "source_code": "",
    "input_schema": None,
    "output_schema": None,
    "meta": None,
    "source_path": None,
    "validation_errors": None,
}


def delete(connection: sa.Connection, task: Row, now_ms: int) -> Sequence[int]:
    """Delete a task and its disabled schedules; return the ids of those.

    Raises:
        InUse: jobs, executions or schedules still need it.
    """
    if counts := [(noun, how, count) for noun, how, count in _users(connection, task.id) if count]:
        raise InUse(counts)
    gone = sa.delete(schedules).where(schedules.c.task_id == task.id).returning(schedules.c.id)
    ids = connection.scalars(gone).all()
    forget(connection, task.id)
    # No version reads like this one: the name is free again, with every version.
    mark = {"version": f"{task.version}~{task.id}", "deleted_at": now_ms}
    connection.execute(sa.update(tasks).where(tasks.c.id == task.id).values(**_EMPTY, **mark))
    return ids


def forget_versions(connection: sa.Connection, task_id: int) -> bool:
    """Delete some versions of a deleted task; return whether there may be more."""
    mine = task_versions.c.task_id == task_id
    some = sa.select(task_versions.c.revision).where(mine).limit(VERSIONS_AT_ONCE)
    gone = connection.execute(sa.delete(task_versions).where(mine, task_versions.c.revision.in_(some)))
    return gone.rowcount == VERSIONS_AT_ONCE


def _users(connection: sa.Connection, task_id: int) -> list[tuple[str, str, int]]:
    jobs, executions = job_counts.c, execution_counts.c
    waiting = sa.select(sa.func.sum(jobs.n)).where(jobs.task_id == task_id, jobs.status.in_(OPEN_JOBS))
    running = sa.select(sa.func.sum(executions.n)).where(
        executions.task_id == task_id, executions.status.in_(OPEN_EXECUTIONS)
    )
    armed = sa.select(sa.func.count()).where(schedules.c.task_id == task_id, schedules.c.enabled)
    return [
        ("jobs", "open", connection.scalar(waiting) or 0),
        ("executions", "pending or running", connection.scalar(running) or 0),
        ("schedules", "enabled", connection.scalar(armed) or 0),
    ]
