"""The tables of users and of what they hold: sessions and API tokens."""

import sqlalchemy as sa

from ratchet_web.server.store.schema.base import metadata, time_ms

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.SmallInteger, nullable=False),
    sa.Column("enabled", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    time_ms("created_at", required=True),
    time_ms("updated_at", required=True),
    time_ms("last_login_at"),
    # No later user gets the id, and with it the tokens, of one who was removed.
    sqlite_autoincrement=True,
)

# Of a token only the SHA-256 is kept: it is random, so that a slow hash would add nothing.
tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.Integer, nullable=False),
    sa.Column("kind", sa.SmallInteger, nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.SmallInteger, nullable=False),
    time_ms("created_at", required=True),
    time_ms("expires_at"),
    time_ms("last_used_at"),
    sqlite_autoincrement=True,
)

sa.Index("tk_user", tokens.c.user_id, tokens.c.kind)
