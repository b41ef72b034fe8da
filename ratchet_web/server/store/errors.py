"""What the store can meet."""

import sqlite3

from sqlalchemy.exc import DBAPIError

_PASSING = {
    sqlite3.SQLITE_BUSY: "The database is locked by another process",
    sqlite3.SQLITE_LOCKED: "The database is locked by another process",
    sqlite3.SQLITE_FULL: "The disk is full: nothing can be saved",
    sqlite3.SQLITE_IOERR: "The disk does not accept writes",
    sqlite3.SQLITE_READONLY: "The database cannot be written: check its file's permissions",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened: check the directory's permissions",
}


class StoreError(Exception):
    """Root: `Unavailable` (passes), `Duplicate` (a name is taken), `Unusable` (cannot be opened at all)."""


class Unavailable(StoreError):
    """The database cannot be used just now; nothing was changed. The message says why."""


class Duplicate(StoreError):
    """Another row has this name already; nothing was changed."""


class Unusable(StoreError):
    """The data directory cannot be used by this server; the message says what to do."""


def passing(error: DBAPIError) -> Unavailable | None:
    """Return what a fault of the database's surroundings means, None for any other."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    # The low byte is the primary code; the rest says more about the same.
    message = None if code is None else _PASSING.get(code & 0xFF)
    return Unavailable(message) if message else None
