"""The table of deliveries: one row for each output destination of a job that completed."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("job_id", sa.Integer, nullable=False),
    sa.Column("execution_id", sa.Integer, nullable=False),
    # Which of the job's destinations, from 1.
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # Set while it waits.
    time_ms("next_at"),
    sa.Column("response_status", sa.Integer),
    sa.Column("error", sa.Text),
    time_ms("created_at", required=True),
    time_ms("attempted_at"),
    time_ms("delivered_at"),
    # No later delivery gets the id of one that went with its job and may still be on its way.
    sqlite_autoincrement=True,
)

_D = deliveries.c
OPEN = _D.next_at.is_not(None)

sa.Index("dl_job", _D.job_id, _D.position)
sa.Index("dl_next", _D.next_at, sqlite_where=OPEN)
