"""Tasks in the store."""

import sqlite3

import pytest

from ratchet_web.server.store import tasks
from ratchet_web.server.store.directory import FILE_NAME
from ratchet_web.server.store.errors import Duplicate
from ratchet_web.server.store.lists.base import LIST_TEXT_LIMIT, Window
from ratchet_web.server.store.tasks import TaskCounts

DRAFT = {"name": "sum", "enabled": True, "source_code": ""}


async def test_name_and_version_are_unique_together(store, task):
    with pytest.raises(Duplicate):
        await store.tasks.add({**DRAFT, "version": "1.0.0"}, 2)
    newer = await store.tasks.add({**DRAFT, "version": "1.1.0"}, 2)
    with pytest.raises(Duplicate):
        await store.tasks.change(newer.id, {"version": "1.0.0"}, 3)
    assert (await store.tasks.get(newer.id)).version == "1.1.0"


async def test_a_change_touches_only_what_is_given(store, task):
    changed = await store.tasks.change(task.id, {"description": "adds"}, 2_000)
    assert (changed.name, changed.description) == ("sum", "adds")
    assert (changed.created_at, changed.updated_at) == (1_000, 2_000)
    assert await store.tasks.change(99, {"description": "adds"}, 2_000) is None


async def test_a_name_is_found_by_any_part_and_wildcards_are_plain_text(store, task):
    window = Window("name")
    assert (await store.tasks.page({"name_like": "U"}, window)).total == 1
    assert (await store.tasks.page({"name_like": "%"}, window)).total == 0
    assert (await store.tasks.page({"name": "su"}, window)).total == 0


async def test_a_list_leaves_out_a_long_source(store, task):
    await store.tasks.change(task.id, {"source_code": "x" * (LIST_TEXT_LIMIT + 1)}, 2)
    found = await store.tasks.page({}, Window("id"))
    assert found.rows[0].source_code is None
    assert len((await store.tasks.get(task.id)).source_code) == LIST_TEXT_LIMIT + 1


async def test_counts(store, task):
    await store.tasks.add({**DRAFT, "version": "2.0.0", "enabled": False}, 2)
    assert await store.tasks.counts() == TaskCounts(total=2, enabled=1, synced=0, validated=0, faulty=0)
    await store.tasks.seen(task, "[]", 3)
    await store.tasks.seen(await store.tasks.add({**DRAFT, "version": "3.0.0"}, 2), '[{"message": "no"}]', 3)
    assert await store.tasks.counts() == TaskCounts(total=3, enabled=2, synced=0, validated=2, faulty=1)


async def test_old_synchronisations_are_forgotten_and_counted_still(store, tmp_path, monkeypatch):
    assert await store.tasks.last_sync() == (None, 0)
    monkeypatch.setattr(tasks, "SYNCS_KEPT", 2)
    for at_ms in range(1, 6):
        await store.tasks.synchronised((0, 0, 0, 0), at_ms)
    assert await store.tasks.last_sync() == (5, 5)
    database = sqlite3.connect(tmp_path / FILE_NAME)
    assert database.execute("SELECT at FROM task_syncs").fetchall() == [(4,), (5,)]
    database.close()
