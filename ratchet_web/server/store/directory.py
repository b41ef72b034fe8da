"""The data directory: one server at a time, and a database that this version can read.

Free of SQLAlchemy, so that a process that is about to become the server can look first.
"""

import errno
import fcntl
import os
import sqlite3
from pathlib import Path

from ratchet_web.server.store.errors import Occupied, Unusable

FILE_NAME = "ratchet.db"
VERSION = 5


def claim(directory: Path) -> int:
    """Return a descriptor that keeps other servers out until it is closed, or its process ends.

    Raises:
        Unusable: no permission, another server, or a database of a newer version.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_writable(directory)
        descriptor = os.open(directory / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unusable(
            f"The data directory {directory} cannot be written ({error.strerror}): set RATCHET_DATA_DIR"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _check_version(directory)
    except BlockingIOError as error:
        os.close(descriptor)
        raise Occupied(
            f"Another server uses the data directory {directory}: stop it or set RATCHET_DATA_DIR"
        ) from error
    except Unusable:
        os.close(descriptor)
        raise
    return descriptor


def _check_writable(directory: Path) -> None:
    """Raise `PermissionError` where it, or a file of the database in it, cannot be written."""
    files = (directory / f"{FILE_NAME}{suffix}" for suffix in ("", "-wal", "-shm"))
    for path in (directory, *(file for file in files if file.exists())):
        # Asked of the system, which also knows of a file system that is mounted read-only.
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _check_version(directory: Path) -> None:
    file = directory / FILE_NAME
    if not file.exists():
        return
    try:
        connection = sqlite3.connect(file)
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Unusable(f"{file} cannot be opened ({error}): move it away or set RATCHET_DATA_DIR") from error
    if version > VERSION:
        raise Unusable(f"{directory} was written by a newer version: update ratchet-web")
