"""The table of log lines."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

logs = sa.Table(
    "execution_logs",
    metadata,
    sa.Column("execution_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    time_ms("time", required=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("fields", sa.Text),
    sqlite_with_rowid=False,
)

sa.Index("lg_level", logs.c.execution_id, logs.c.level, logs.c.seq)
