"""A data directory that an older version wrote is taken over, with everything in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ratchet_web.cli.places import ROOT
from ratchet_web.server.store.directory import FILE_NAME, VERSION
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.store import Store

OLD = ROOT / "tests" / "data" / "version-1.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a data directory as version 1 left it."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.executescript(OLD.read_text())
    return tmp_path


def shape(directory: Path) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Return the columns of each table, and how each index and trigger was made."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        made = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        ).fetchall()
        tables = [name for kind, name, _ in made if kind == "table" and not name.startswith("sqlite_")]
        columns = {t: {row[1] for row in connection.execute(f"PRAGMA table_info({t})")} for t in tables}
    return columns, {name: sql for kind, name, sql in made if kind in ("index", "trigger")}


async def opened(directory: Path) -> None:
    await (await Store.open(directory)).close()


async def test_an_older_database_gets_the_shape_of_a_new_one(old, tmp_path_factory):
    new = tmp_path_factory.mktemp("new")
    await opened(new)
    await opened(old)
    assert shape(old) == shape(new)
    with closing(sqlite3.connect(old / FILE_NAME)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_what_an_older_database_held_is_still_there(old):
    with closing(sqlite3.connect(old / FILE_NAME)) as connection:
        before = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("tasks", "executions", "jobs", "schedules", "execution_logs")
        }
    assert all(before.values())
    store = await Store.open(old)
    try:
        assert (await store.tasks.page({}, Window("id"))).total == before["tasks"]
        assert (await store.jobs.page({}, Window("id"))).total == before["jobs"]
        assert (await store.schedules.page({}, Window("id"))).total == before["schedules"]
        found = await store.executions.page({}, Window("id"))
        assert found.total == before["executions"]
        lines = [await store.logs.after(row.id, 0, 100) for row in found.rows]
        assert sum(len(some.rows) for some in lines if some) == before["execution_logs"]
    finally:
        await store.close()


async def test_each_task_of_an_older_database_gets_its_first_version(old):
    store = await Store.open(old)
    try:
        for task in (await store.tasks.page({}, Window("id"))).rows:
            kept = await store.task_versions.get(task.id, 1)
            assert (kept.source_code, kept.version) == (task.source_code, task.version)
            assert task.revision == (await store.task_versions.before(task.id, None, 5)).total == 1
    finally:
        await store.close()
