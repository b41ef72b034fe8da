"""The tables of tasks."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

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
    time_ms("created_at", required=True),
    time_ms("updated_at", required=True),
    # Which of its versions this row is.
    sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
    sa.Column("registry_source", sa.Boolean(create_constraint=False), nullable=False, server_default="0"),
    sa.Column("source_path", sa.Text),
    sa.Column("in_sync", sa.Boolean(create_constraint=False)),
    time_ms("validated_at"),
    sa.Column("validation_errors", sa.Text),
    # A deleted task keeps its name, for the history that names it, and nothing else.
    time_ms("deleted_at"),
    sa.UniqueConstraint("name", "version"),
    sqlite_autoincrement=True,
)

task_versions = sa.Table(
    "task_versions",
    metadata,
    sa.Column("task_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    time_ms("created_at", required=True),
    sa.Column("restored_from", sa.Integer),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("source_code", sa.Text, nullable=False),
    sa.Column("input_schema", sa.Text),
    sa.Column("output_schema", sa.Text),
)

task_syncs = sa.Table(
    "task_syncs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    time_ms("at", required=True),
    sa.Column("added", sa.Integer, nullable=False),
    sa.Column("updated", sa.Integer, nullable=False),
    sa.Column("removed", sa.Integer, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
)

# Of whose source nobody knows yet whether it loads.
UNSEEN = sa.and_(tasks.c.validated_at.is_(None), tasks.c.deleted_at.is_(None))

sa.Index("tk_unseen", tasks.c.id, sqlite_where=UNSEEN)
sa.Index("tv_version", task_versions.c.task_id, task_versions.c.version)
