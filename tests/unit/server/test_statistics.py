"""The planner's statistics: made where they are missing, seen by readers, renewed after growth."""

import pytest

from ratchet_web.server.examples.history import Sizes
from ratchet_web.server.seeds import seed
from ratchet_web.server.store import statistics
from ratchet_web.server.store.database import Database
from ratchet_web.server.store.statistics import Statistics

NOW = 1_790_000_000_000


@pytest.fixture
def database(tmp_path):
    seed(tmp_path, Sizes(600, 600, 0), NOW)
    opened = Database(tmp_path)
    yield opened
    opened.close()


def known(connection):
    return set(connection.exec_driver_sql("SELECT idx FROM sqlite_stat1").scalars().all())


async def test_they_are_made_for_every_index_where_there_are_none(database):
    await database.write(lambda c: c.exec_driver_sql("DELETE FROM sqlite_stat1"))
    made = Statistics(database)
    assert await made.missing()
    await made.renew()
    assert {"ex_cover", "ex_status", "jb_cover"} <= await database.read(known)
    assert not await made.missing()


async def test_a_small_database_needs_none(database, monkeypatch):
    monkeypatch.setattr(statistics, "SMALL_ROWS", 10_000)
    await database.write(lambda c: c.exec_driver_sql("DELETE FROM sqlite_stat1"))
    assert not await Statistics(database).missing()


async def test_twice_as_many_rows_make_them_old(database):
    made = Statistics(database)
    await made.renew()
    await database.write(lambda c: c.exec_driver_sql("UPDATE execution_counts SET n = n * 3"))
    assert await made.missing()
