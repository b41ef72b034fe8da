"""The tables. Times are integer milliseconds since 1970 in UTC, words are integers (`codes`), JSON is text.

What lists show stands apart from payloads, so that a scan reads few pages. `ready` marks the jobs that may be
claimed now, and `due_at` is set only while a job waits for its time: a claim never meets a job of later.
Counters are kept by triggers, so that counts by status and task are exact and cost nothing to read.
"""

import sqlalchemy as sa

metadata = sa.MetaData()


def _time(name: str, *, required: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=not required)


tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("uuid", sa.LargeBinary(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("enabled", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("source_code", sa.Text, nullable=False),
    sa.Column("input_schema", sa.Text),
    sa.Column("output_schema", sa.Text),
    sa.Column("metadata", sa.Text, key="meta"),
    _time("created_at", required=True),
    _time("updated_at", required=True),
    sa.UniqueConstraint("name", "version"),
    sqlite_autoincrement=True,
)

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
    _time("queued_at", required=True),
    _time("started_at"),
    _time("completed_at"),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("progress", sa.Float),
    sa.Column("progress_note", sa.Text),
    sa.Column("worker", sa.Text),
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
    _time("queued_at", required=True),
    _time("scheduled_for"),
    _time("started_at"),
    _time("completed_at"),
    _time("due_at"),
    sa.Column("ready", sa.SmallInteger, nullable=False),
)

job_payloads = sa.Table(
    "job_payloads",
    metadata,
    sa.Column("job_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("input", sa.Text, nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("task_id", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text),
    sa.Column("cron_expression", sa.Text, nullable=False),
    sa.Column("enabled", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("input", sa.Text),
    _time("next_run"),
    _time("last_run"),
    sa.Column("last_job_id", sa.Integer),
    _time("created_at", required=True),
    _time("updated_at", required=True),
    sqlite_autoincrement=True,
)

logs = sa.Table(
    "execution_logs",
    metadata,
    sa.Column("execution_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _time("time", required=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sqlite_with_rowid=False,
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

job_counts = sa.Table(
    "job_counts",
    metadata,
    sa.Column("task_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("status", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# A literal, not a parameter: only then does a partial index match.
READY = jobs.c.ready == sa.literal_column("1")
DUE = jobs.c.due_at.is_not(None)
FAULTY = executions.c.error_message.is_not(None)
ARMED = schedules.c.enabled == sa.literal_column("1")

_E = executions.c
sa.Index(
    "ex_cover", _E.queued_at, _E.id, _E.status, _E.task_id, _E.duration_ms, _E.started_at, _E.completed_at
)
sa.Index("ex_status", _E.status, _E.queued_at)
sa.Index("ex_task", _E.task_id, _E.status, _E.queued_at)
sa.Index("ex_task_queued", _E.task_id, _E.queued_at)
sa.Index("ex_duration", _E.duration_ms)
sa.Index("ex_started", _E.started_at)
sa.Index("ex_completed", _E.completed_at)
sa.Index("ex_job", _E.job_id, sqlite_where=_E.job_id.is_not(None))
sa.Index("ex_error", _E.queued_at, _E.id, _E.error_message, _E.status, _E.task_id, sqlite_where=FAULTY)
sa.Index("jb_queued", jobs.c.queued_at)
sa.Index("jb_status", jobs.c.status, jobs.c.queued_at)
sa.Index("jb_task", jobs.c.task_id, jobs.c.queued_at)
sa.Index("jb_schedule", jobs.c.schedule_id, jobs.c.queued_at, sqlite_where=jobs.c.schedule_id.is_not(None))
sa.Index("jb_ready", jobs.c.ready, jobs.c.priority.desc(), jobs.c.queued_at, sqlite_where=READY)
sa.Index("jb_due", jobs.c.due_at, sqlite_where=DUE)
sa.Index("sc_next", schedules.c.next_run, sqlite_where=ARMED)
