"""The tables of jobs."""

from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.Integer, nullable=False),
    sa.Column("schedule_id", sa.Integer),
    sa.Column("execution_id", sa.Integer),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("retry_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("max_retries", sa.Integer, nullable=False),
    sa.Column("error_message", sa.Text),
    # For indexes that have no room for the message.
    sa.Column(
        "faulty",
        sa.Boolean(create_constraint=False),
        sa.Computed("error_message IS NOT NULL", persisted=False),
    ),
    time_ms("queued_at", required=True),
    time_ms("scheduled_for"),
    time_ms("started_at"),
    time_ms("completed_at"),
    time_ms("due_at"),
    sa.Column("ready", sa.SmallInteger, nullable=False),
    # Since when it may be claimed: its wait counts from then.
    time_ms("ready_at"),
    # The due time of its schedule that queued it: no retry and no change moves it.
    time_ms("due_of_schedule"),
)

job_payloads = sa.Table(
    "job_payloads",
    metadata,
    sa.Column("job_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("retry_policy", sa.Text),
    sa.Column("destinations", sa.Text),
)

job_counts = sa.Table(
    "job_counts",
    metadata,
    sa.Column("task_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("status", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# How many jobs wait in each lane, by task; what becomes of them is no part of it.
job_lanes = sa.Table(
    "job_lanes",
    metadata,
    *(
        sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)
        for name in ("task_id", "priority", "status", "ready")
    ),
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# How many jobs became ready, began and ended of late, by steps of ten seconds.
job_moves = sa.Table(
    "job_moves",
    metadata,
    *(
        sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)
        for name in ("step", "task_id", "priority", "kind")
    ),
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# A literal, not a parameter: only then does a partial index match.
READY = jobs.c.ready == sa.literal_column("1")
DUE = jobs.c.due_at.is_not(None)
OF_SCHEDULE = jobs.c.schedule_id.is_not(None)
JOB_ENDED = jobs.c.completed_at.is_not(None)

_J = jobs.c

# As with executions: each order has an index with all that filters ask for.
_FILTERED = (
    *(_J.queued_at, _J.id, _J.status, _J.task_id, _J.priority, _J.retry_count, _J.max_retries),
    *(_J.scheduled_for, _J.faulty, _J.ready, _J.due_at),
)


def _ordered(name: str, *first: sa.Column[Any], **only: Any) -> None:
    sa.Index(name, *first, *(column for column in _FILTERED if column not in set(first)), **only)


_ordered("jb_cover", _J.queued_at, _J.id)
_ordered("jb_scheduled", _J.scheduled_for, _J.id)
_ordered("jb_priority", _J.priority, _J.queued_at, _J.id)
_ordered("jb_retries", _J.retry_count, _J.id)
_ordered("jb_status", _J.status, _J.queued_at, _J.id)
_ordered("jb_task", _J.task_id, _J.queued_at, _J.id)
sa.Index("jb_task_status", _J.task_id, _J.status, _J.queued_at)
_ordered("jb_schedule", _J.schedule_id, _J.queued_at, sqlite_where=OF_SCHEDULE)
sa.Index("jb_ready", jobs.c.ready, jobs.c.priority.desc(), jobs.c.queued_at, sqlite_where=READY)
# To find the first of a task while others are paused.
sa.Index("jb_ready_task", _J.ready, _J.task_id, _J.priority.desc(), _J.queued_at, sqlite_where=READY)
sa.Index("jb_due", _J.due_at, _J.priority, _J.task_id, sqlite_where=DUE)
sa.Index(
    "jb_error",
    *(_J.queued_at, _J.id, _J.error_message, _J.status, _J.task_id, _J.priority, _J.retry_count),
    *(_J.max_retries, _J.scheduled_for),
    sqlite_where=_J.error_message.is_not(None),
)
sa.Index("jb_schedule_status", jobs.c.schedule_id, jobs.c.status, sqlite_where=OF_SCHEDULE)
sa.Index("jb_ended", jobs.c.completed_at, jobs.c.status, jobs.c.task_id, sqlite_where=JOB_ENDED)
