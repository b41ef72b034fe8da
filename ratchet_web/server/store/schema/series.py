"""The tables of what happened when, and of how long things took. `times.py` keeps them by triggers.

`series_seconds` holds each event of the last minutes, `series` what was folded out of it: by the minute for a
day, by the quarter of an hour for 30 days, and in all (resolution 0). Task 0 stands for all tasks.
`execution_times` follows the rows that exist: what is deleted is no longer counted.
"""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


series_seconds = sa.Table(
    "series_seconds",
    metadata,
    _key("second"),
    _key("task_id"),
    _key("kind"),
    _key("cell"),
    _count("n"),
    _count("ms"),
    _count("folded_n"),
    _count("folded_ms"),
    sqlite_with_rowid=False,
)

series = sa.Table(
    "series",
    metadata,
    _key("resolution"),
    _key("start"),
    _key("task_id"),
    *(_count(name) for name in ("queued", "started", "completed", "failed", "cancelled", "retried")),
    # JSON: for each kind of time its sum, then cells and counts in turn.
    sa.Column("times", sa.Text),
    # JSON: how many samples, then sum and maximum of each gauge.
    sa.Column("gauges", sa.Text),
    sqlite_with_rowid=False,
)

series_marks = sa.Table(
    "series_marks",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

execution_times = sa.Table(
    "execution_times",
    metadata,
    _key("task_id"),
    _key("kind"),
    _key("cell"),
    _count("n"),
    _count("ms"),
    sqlite_with_rowid=False,
)
