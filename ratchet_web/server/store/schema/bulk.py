"""The tables of bulk operations: what was asked for, and the rows that it was frozen to."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

bulk_operations = sa.Table(
    "bulk_operations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("resource", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("filter", sa.Text),
    sa.Column("arguments", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("created_by", sa.Text),
    sa.Column("rate_per_second", sa.Float),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("message", sa.Text),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("succeeded", sa.Integer, nullable=False, server_default="0"),
    sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    time_ms("created_at", required=True),
    time_ms("started_at"),
    time_ms("completed_at"),
    sqlite_autoincrement=True,
)

bulk_items = sa.Table(
    "bulk_items",
    metadata,
    sa.Column("operation_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("row_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("outcome", sa.SmallInteger, nullable=False),
    sa.Column("message", sa.Text),
    sqlite_with_rowid=False,
)
