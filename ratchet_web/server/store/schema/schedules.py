"""The tables of schedules: what they are, and how they came to be so."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

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
    time_ms("next_run"),
    time_ms("last_run"),
    sa.Column("last_job_id", sa.Integer),
    time_ms("created_at", required=True),
    time_ms("updated_at", required=True),
    sa.Column("time_zone", sa.Text, nullable=False, server_default="UTC"),
    sa.Column("misfire_policy", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("allow_overlap", sa.Boolean(create_constraint=False), nullable=False, server_default="0"),
    sa.Column("priority", sa.SmallInteger, nullable=False, server_default="1"),
    sa.Column("max_retries", sa.Integer, nullable=False, server_default="3"),
    # The last due time for which a job was queued: it never is one again, whatever the clock says.
    time_ms("last_due"),
    sa.Column("fired_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("skipped_count", sa.Integer, nullable=False, server_default="0"),
    time_ms("last_skipped_at"),
    sa.Column("skip_reason", sa.Text),
    sa.Column("retry_policy", sa.Text),
    sa.Column("destinations", sa.Text),
    sqlite_autoincrement=True,
)

schedule_changes = sa.Table(
    "schedule_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("schedule_id", sa.Integer, nullable=False),
    time_ms("changed_at", required=True),
    # Who did it, where the server knows.
    sa.Column("changed_by", sa.Text),
    # JSON, `[[column, before, after], …]`; null: it was created.
    sa.Column("fields", sa.Text),
    sqlite_autoincrement=True,
)

# A literal, not a parameter: only then does a partial index match.
ARMED = schedules.c.enabled == sa.literal_column("1")

sa.Index("sc_next", schedules.c.next_run, sqlite_where=ARMED)
# A job that goes away looks for those that name it.
sa.Index("sc_last_job", schedules.c.last_job_id, sqlite_where=schedules.c.last_job_id.is_not(None))
sa.Index("sh_schedule", schedule_changes.c.schedule_id, schedule_changes.c.id)
