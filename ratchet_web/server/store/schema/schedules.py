"""The table of schedules."""

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
    sqlite_autoincrement=True,
)

# A literal, not a parameter: only then does a partial index match.
ARMED = schedules.c.enabled == sa.literal_column("1")

sa.Index("sc_next", schedules.c.next_run, sqlite_where=ARMED)
