"""The tables of executions."""

from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.LargeBinary(16), nullable=False),
    sa.Column("task_id", sa.Integer, nullable=False),
    sa.Column("task_version", sa.Text, nullable=False),
    sa.Column("job_id", sa.Integer),
    sa.Column("schedule_id", sa.Integer),
    sa.Column("retry_of", sa.Integer),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("error_message", sa.Text),
    # For indexes that have no room for the message.
    sa.Column(
        "faulty",
        sa.Boolean(create_constraint=False),
        sa.Computed("error_message IS NOT NULL", persisted=False),
    ),
    time_ms("queued_at", required=True),
    time_ms("started_at"),
    time_ms("completed_at"),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("progress", sa.Float),
    sa.Column("progress_note", sa.Text),
    sa.Column("worker", sa.Text),
    sa.Column("task_revision", sa.Integer),
    # How long it waited after it could have begun.
    sa.Column("wait_ms", sa.BigInteger),
    sa.Column("priority", sa.SmallInteger, nullable=False, server_default="1"),
    time_ms("scheduled_for"),
    time_ms("due_at"),
    sa.Column("ready", sa.SmallInteger),
    # Which failure it is (`failures`): of one that failed, once its error has been looked at.
    sa.Column("failure_id", sa.Integer),
)

payloads = sa.Table(
    "execution_payloads",
    metadata,
    sa.Column("execution_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("input", sa.Text, nullable=False),
    sa.Column("output", sa.Text),
    sa.Column("error_details", sa.Text),
    sa.Column("http_requests", sa.Text),
)

execution_counts = sa.Table(
    "execution_counts",
    metadata,
    sa.Column("task_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("status", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("duration_sum", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

_E = executions.c
FAULTY = _E.error_message.is_not(None)
# Direct executions that wait; those of jobs never do. Literals, or a partial index does not match.
WAITING = _E.ready == sa.literal_column("1")
DELAYED = _E.due_at.is_not(None)
ENDED = _E.completed_at.is_not(None)
OF_FAILURE = _E.failure_id.is_not(None)

# What filters ask for. Each order of a list has an index with all of it, so that a walk along a million rows
# looks nowhere else.
_FILTERED = (
    *(_E.queued_at, _E.id, _E.status, _E.task_id, _E.duration_ms, _E.progress),
    *(_E.started_at, _E.completed_at, _E.faulty),
)


def _ordered(name: str, *first: sa.Column[Any], **only: Any) -> None:
    sa.Index(name, *first, *(column for column in _FILTERED if column not in set(first)), **only)


_ordered("ex_cover", _E.queued_at, _E.id)
_ordered("ex_started", _E.started_at, _E.id)
_ordered("ex_completed", _E.completed_at, _E.id)
_ordered("ex_duration", _E.duration_ms, _E.id)
_ordered("ex_progress", _E.progress, _E.id)
_ordered("ex_status", _E.status, _E.queued_at, _E.id)
_ordered("ex_task_queued", _E.task_id, _E.queued_at, _E.id)
sa.Index("ex_task", _E.task_id, _E.status, _E.queued_at)
# All that statistics of a window need: its rows are counted without a look at the table.
sa.Index(
    "ex_ended",
    _E.completed_at,
    _E.status,
    _E.task_id,
    _E.duration_ms,
    _E.wait_ms,
    _E.job_id,
    sqlite_where=ENDED,
)
sa.Index("ex_job", _E.job_id, sqlite_where=_E.job_id.is_not(None))
sa.Index("ex_ready", _E.ready, _E.priority.desc(), _E.queued_at, sqlite_where=WAITING)
sa.Index("ex_due", _E.due_at, sqlite_where=DELAYED)
sa.Index("ex_retry_of", _E.retry_of, sqlite_where=_E.retry_of.is_not(None))
_ordered("ex_schedule", _E.schedule_id, _E.queued_at, sqlite_where=_E.schedule_id.is_not(None))
# The executions of a failure, newest first, and all by the time at which they failed; with what is told of
# failures, which are counted without a look at the table.
sa.Index(
    "ex_failure",
    *(_E.failure_id, _E.queued_at, _E.id, _E.completed_at, _E.task_id, _E.task_version),
    *(_E.status, _E.duration_ms, _E.started_at, _E.progress),
    sqlite_where=OF_FAILURE,
)
sa.Index(
    "ex_failed", _E.completed_at, _E.failure_id, _E.task_id, _E.task_version, _E.id, sqlite_where=OF_FAILURE
)
sa.Index(
    "ex_error",
    *(_E.queued_at, _E.id, _E.error_message, _E.status, _E.task_id, _E.duration_ms),
    *(_E.started_at, _E.completed_at, _E.progress),
    sqlite_where=FAULTY,
)
