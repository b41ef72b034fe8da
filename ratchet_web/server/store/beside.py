"""Small writes by another process than the server's, whether a server runs or not."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.database import open_engine
from ratchet_web.server.store.directory import FILE_NAME, VERSION
from ratchet_web.server.store.errors import Occupied, Unusable
from ratchet_web.server.store.passing import passing
from ratchet_web.server.store.store import Store

Connection = sa.Connection


@contextmanager
def writing(directory: Path, first: Callable[[], Beginning]) -> Iterator[sa.Connection]:
    """Yield a transaction on the database in this directory, which is made or brought up to date if need be.

    Beside a running server it waits its turn, as that server's own transactions do: they are short.

    Raises:
        Unusable: the directory cannot be used, or its server is of another version.
        Unavailable: the database is locked for longer than it should be, or the disk is full.
    """
    with suppress(Occupied):
        asyncio.run(_prepare(directory, first))
    engine = open_engine(sa.URL.create("sqlite", database=str(directory / FILE_NAME)), "BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != VERSION:
                raise Unusable(f"The server that uses {directory} is of another version: stop it first")
            yield connection
    except DBAPIError as error:
        raise passing(error) or error from error
    finally:
        engine.dispose()


async def _prepare(directory: Path, first: Callable[[], Beginning]) -> None:
    await (await Store.open(directory, first)).close()
