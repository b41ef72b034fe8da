"""Versions of tasks in the store."""

import pytest

from ratchet_web.server.store.errors import Stale


async def test_only_what_a_task_runs_makes_a_new_version(store, task):
    described = await store.tasks.change(task.id, {"description": "adds", "enabled": False}, 2_000)
    same = await store.tasks.change(task.id, {"source_code": task.source_code}, 3_000)
    assert described.revision == same.revision == 1
    changed = await store.tasks.change(task.id, {"source_code": "new"}, 4_000)
    renamed = await store.tasks.change(task.id, {"name": "total"}, 5_000)
    assert (changed.revision, renamed.revision) == (2, 3)
    kept = [await store.task_versions.get(task.id, revision) for revision in (1, 2, 3)]
    assert [row.source_code for row in kept] == [task.source_code, "new", "new"]
    assert [row.name for row in kept] == ["sum", "sum", "total"]
    assert [row.created_at for row in kept] == [1_000, 4_000, 5_000]


async def test_versions_are_listed_newest_first_and_in_parts(store, task):
    for number in range(2, 6):
        await store.tasks.change(task.id, {"source_code": str(number)}, number)
    newest = await store.task_versions.before(task.id, None, 2)
    assert ([row.revision for row in newest.rows], newest.total) == ([5, 4], 5)
    older = await store.task_versions.before(task.id, 4, 10)
    assert [row.revision for row in older.rows] == [3, 2, 1]
    assert "source_code" not in older.rows[0]._fields


async def test_a_change_of_what_was_changed_meanwhile_is_refused(store, task):
    await store.tasks.change(task.id, {"source_code": "new"}, 2_000, expected=1)
    with pytest.raises(Stale) as refused:
        await store.tasks.change(task.id, {"source_code": "other"}, 3_000, expected=1)
    assert refused.value.revision == 2
    assert (await store.tasks.get(task.id)).source_code == "new"


async def test_a_task_names_the_versions_that_it_had(store, task):
    changed = await store.tasks.change(task.id, {"version": "1.1.0"}, 2)
    assert sorted(changed.available_versions.strip("[]").split(",")) == ['"1.0.0"', '"1.1.0"']
