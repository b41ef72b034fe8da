"""The table of what is paused: the queue, or single tasks."""

from typing import Final

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

# Stands for the queue: no task has this id.
QUEUE: Final = 0

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("task_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    # Null where nobody was signed in.
    sa.Column("paused_by", sa.Text),
    time_ms("since", required=True),
)
