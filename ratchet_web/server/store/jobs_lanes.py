"""The triggers that keep the lanes of the queue: how many jobs wait in each, and how many came and went.

They work in the transaction that changes a row, so that the depth of a queue costs nothing to read, however
deep it is. A job is in a lane while it waits: `job_lanes` has it by task, priority, status and whether it is
ready. `job_moves` counts by steps of ten seconds, at the rows' own times.
"""

from enum import IntEnum
from typing import Final

import sqlalchemy as sa

from ratchet_web.server.store.codes import WAITING_JOBS
from ratchet_web.server.store.schema import job_lanes, job_moves, jobs

STEP_S: Final = 10


class Move(IntEnum):
    """What is counted: jobs that may be claimed from then on, attempts that began, jobs that are over."""

    READY = 0
    STARTED = 1
    ENDED = 2


_WAITS = "{row}.status IN (" + ", ".join(f"{code:d}" for code in WAITING_JOBS) + ")"
_OLD, _NEW = _WAITS.format(row="old"), _WAITS.format(row="new")
_COME = f"""INSERT INTO job_lanes SELECT new.task_id, new.priority, new.status, new.ready, 1 WHERE {_NEW}
  ON CONFLICT DO UPDATE SET n = n + 1;"""
_GO = f"""UPDATE job_lanes SET n = n - 1 WHERE {_OLD}
  AND task_id = old.task_id AND priority = old.priority AND status = old.status AND ready = old.ready;"""
_COLUMNS = ("status", "ready", "priority", "task_id")
_MOVED = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _COLUMNS)


def _move(kind: Move, time: str, source: str) -> str:
    return (
        f"INSERT INTO job_moves SELECT {time} / {1000 * STEP_S}, new.task_id, {source}"
        " ON CONFLICT DO UPDATE SET n = n + 1;"
    ).format(kind=f"{kind:d}, 1")


def create(connection: sa.Connection) -> None:
    """Create the triggers; none of them may be there."""
    since = "coalesce(new.ready_at, new.queued_at)"
    own = "new.priority, {kind} WHERE "
    ready = _move(Move.READY, since, f"{own} new.ready = 1 AND {_NEW}")
    became = _move(Move.READY, since, f"{own} new.ready = 1 AND old.ready = 0 AND {_NEW}")
    # A retry begins with an attempt of its own, its job began long before.
    began = _move(Move.STARTED, "new.started_at", "priority, {kind} FROM jobs WHERE id = new.job_id")
    over = _move(Move.ENDED, "new.completed_at", own + "true")
    bodies = {
        f"jobs_came AFTER INSERT ON jobs WHEN {_NEW}": _COME + ready,
        f"jobs_left AFTER DELETE ON jobs WHEN {_OLD}": _GO,
        f"jobs_moved AFTER UPDATE OF {', '.join(_COLUMNS)} ON jobs"
        f" WHEN ({_MOVED}) AND ({_OLD} OR {_NEW})": _GO + _COME + became,
        "jobs_over AFTER UPDATE OF completed_at ON jobs"
        " WHEN old.completed_at IS NULL AND new.completed_at IS NOT NULL": over,
        "jobs_began AFTER INSERT ON executions"
        " WHEN new.job_id IS NOT NULL AND new.started_at IS NOT NULL": began,
    }
    for head, body in bodies.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {head} BEGIN {body} END")


def fill(connection: sa.Connection) -> None:
    """Count the jobs that wait now; what moved before is not known."""
    by = [jobs.c[name] for name in ("task_id", "priority", "status", "ready")]
    grouped = sa.select(*by, sa.func.count()).where(jobs.c.status.in_(WAITING_JOBS)).group_by(*by)
    connection.execute(sa.delete(job_lanes))
    connection.execute(sa.insert(job_lanes).from_select([*job_lanes.c.keys()], grouped))


def forget(connection: sa.Connection, before_s: int) -> None:
    """Forget moves before a time, and lanes of tasks in which nothing waits."""
    connection.execute(sa.delete(job_moves).where(job_moves.c.step < before_s // STEP_S))
    connection.execute(sa.delete(job_lanes).where(job_lanes.c.n == 0))
