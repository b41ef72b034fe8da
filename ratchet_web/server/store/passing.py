"""Which faults of the database come from its surroundings and may pass."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from ratchet_web.server.store.errors import Unavailable

_MESSAGES = {
    sqlite3.SQLITE_BUSY: "The database is locked by another process",
    sqlite3.SQLITE_LOCKED: "The database is locked by another process",
    sqlite3.SQLITE_FULL: "The disk is full: nothing can be saved",
    sqlite3.SQLITE_IOERR: "The disk does not accept writes: is it full?",
    sqlite3.SQLITE_READONLY: "The database cannot be written: check its file's permissions",
    sqlite3.SQLITE_CANTOPEN: "The database file cannot be opened: check the directory's permissions",
}


def passing(error: DBAPIError) -> Unavailable | None:
    """Return what a fault of the database's surroundings means, None for any other."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    # The low byte is the primary code; the rest says more about the same.
    message = None if code is None else _MESSAGES.get(code & 0xFF)
    return Unavailable(message) if message else None
