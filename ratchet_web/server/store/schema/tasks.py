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
    sa.Column("registry_source", sa.Boolean(create_constraint=False), nullable=False, server_default="0"),
    sa.Column("source_path", sa.Text),
    sa.Column("in_sync", sa.Boolean(create_constraint=False)),
    time_ms("validated_at"),
    sa.Column("validation_errors", sa.Text),
    sa.UniqueConstraint("name", "version"),
    sqlite_autoincrement=True,
)
