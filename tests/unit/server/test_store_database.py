"""The database file: one server, one writer, clear refusals."""

import asyncio
import sqlite3

import pytest
import sqlalchemy as sa

from ratchet_web.server.store.database import Database
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.errors import Unavailable, Unusable
from ratchet_web.server.store.schema import tasks
from ratchet_web.server.store.store import Store


def insert(name):
    values = {"uuid": b"", "name": name, "version": "1", "enabled": True, "source_code": ""}
    return sa.insert(tasks).values(**values, created_at=0, updated_at=0)


@pytest.fixture
def database(tmp_path):
    opened = Database(tmp_path)
    yield opened
    opened.close()


async def test_what_is_written_is_there_at_the_next_opening(tmp_path):
    first = await Store.open(tmp_path)
    await first.tasks.add({"name": "a", "version": "1.0.0", "enabled": True, "source_code": ""}, 1)
    await first.close()
    second = await Store.open(tmp_path)
    assert (await second.tasks.get(1)).name == "a"
    await second.close()


async def test_a_second_server_is_refused(store, tmp_path):
    with pytest.raises(Unusable, match="Another server"):
        await Store.open(tmp_path)


async def test_a_newer_schema_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Unusable, match="newer version"):
        await Store.open(tmp_path)


async def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"not a database" * 100)
    with pytest.raises(Unusable, match="cannot be opened"):
        await Store.open(tmp_path)


async def test_a_directory_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unusable, match="RATCHET_DATA_DIR"):
        await Store.open(tmp_path / "file" / "data")


async def test_one_piece_that_fails_does_not_undo_its_neighbours(database):
    def fails(connection):
        connection.execute(insert("lost"))
        raise LookupError("own fault")

    good, bad, also_good = await asyncio.gather(
        database.write(lambda c: c.execute(insert("a")).rowcount),
        database.write(fails),
        database.write(lambda c: c.execute(insert("b")).rowcount),
        return_exceptions=True,
    )
    assert (good, also_good) == (1, 1)
    assert isinstance(bad, LookupError)
    names = await database.read(lambda c: set(c.scalars(sa.select(tasks.c.name))))
    assert names == {"a", "b"}


async def test_a_lock_of_another_process_is_told_and_passes(database, tmp_path):
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        await database.write(lambda c: c.execute(insert("a")))
    other.execute("ROLLBACK")
    other.close()
    await database.write(lambda c: c.execute(insert("a")))


async def test_a_full_disk_is_told_and_passes(database):
    def limit(pages):
        return database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))

    await limit(1)
    with pytest.raises(Unavailable, match="disk is full"):
        await database.write(lambda c: c.execute(insert("x" * 1_000_000)))
    await limit(1 << 30)
    await database.write(lambda c: c.execute(insert("a")))


async def test_a_mistake_at_a_commit_is_told_and_the_next_write_is_made(database):
    def mistake(_):
        raise RuntimeError("a mistake of ours")

    sa.event.listen(sa.Engine, "commit", mistake)
    try:
        with pytest.raises(RuntimeError):
            await database.write(lambda c: c.execute(insert("a")))
    finally:
        sa.event.remove(sa.Engine, "commit", mistake)
    async with asyncio.timeout(15):
        await database.write(lambda c: c.execute(insert("a")))
