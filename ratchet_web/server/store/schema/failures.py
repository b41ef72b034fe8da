"""The tables of failures: errors that are the same one, by their fingerprint. Executions point to it."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

failures = sa.Table(
    "failures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("frame", sa.Text, nullable=False),
    # Of all that ever failed so, also of what is no longer kept.
    time_ms("first_seen", required=True),
    time_ms("last_seen", required=True),
    sa.Column("state", sa.SmallInteger, nullable=False, server_default="0"),
    # Who changed the state last: null where nobody was signed in, or it opened again by itself.
    sa.Column("state_by", sa.Text),
    time_ms("state_at"),
    # When it returned after it was resolved.
    time_ms("reopened_at"),
    # An execution that was removed must not be found under another failure.
    sqlite_autoincrement=True,
)

# The fingerprints that failures had by other rules, for whoever kept the address of one.
failure_names = sa.Table(
    "failure_names",
    metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("failure_id", sa.Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)
