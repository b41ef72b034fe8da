"""`POST /tasks/sync`: the files of a directory are the truth for the tasks that they define."""

import shutil
from unittest.mock import ANY

import pytest
import pytest_asyncio

from tests.support.server import in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE = "function main(input) { return 1 }"
NOTHING = {"added": [], "updated": [], "removed": [], "errors": []}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("tasks")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def synced(tmp_path_factory, directory):
    async with in_process(tmp_path_factory.mktemp("data"), tasks_dir=directory) as running:
        yield running


@pytest.fixture(autouse=True)
def empty(directory):
    for file in directory.iterdir():
        file.unlink()


async def sync(api, **expected):
    assert await api.post("/tasks/sync", status=200) == {**NOTHING, **expected}


async def named(api, name):
    (task,) = await api.get("/tasks", name=name)
    return task


async def test_without_a_directory_it_says_what_to_set(api):
    error = await api.fails("POST", "/tasks/sync", 409)
    assert error["message"] == "No tasks directory is set: set RATCHET_TASKS_DIR"


async def test_files_become_tasks_and_follow_their_changes(synced, directory):
    (directory / "one.js").write_text(SOURCE)
    (directory / "one.json").write_text('{"version": "1.2.0", "description": "counts"}')
    await sync(synced, added=["one"])
    task = await named(synced, "one")
    assert (task["registrySource"], task["inSync"], task["sourcePath"]) == (True, True, "one.js")
    assert (task["version"], task["description"], task["validationErrors"]) == ("1.2.0", "counts", [])
    assert task["validatedAt"]
    await sync(synced)
    assert (await named(synced, "one"))["updatedAt"] == task["updatedAt"]
    (directory / "one.js").write_text(SOURCE.replace("1", "2"))
    await sync(synced, updated=["one"])
    assert (await named(synced, "one"))["revision"] == 2


async def test_a_change_over_the_api_is_out_of_step_until_the_next_sync(synced, directory):
    (directory / "two.js").write_text(SOURCE)
    await sync(synced, added=["two"], removed=["one"])
    task = await named(synced, "two")
    path = f"/tasks/{task['id']}"
    await synced.ask("POST", f"{path}/disable", 200)
    assert (await synced.get(path))["inSync"] is True
    changed = await synced.ask("PATCH", path, 200, json={"sourceCode": SOURCE.replace("1", "3")})
    assert changed["data"]["inSync"] is False
    await sync(synced, updated=["two"])
    after = await synced.get(path)
    assert (after["sourceCode"], after["inSync"], after["revision"]) == (SOURCE, True, 3)
    assert after["enabled"] is False


async def test_a_task_whose_file_is_gone_is_disabled_and_comes_back_with_it(synced, directory):
    (directory / "three.js").write_text(SOURCE)
    await sync(synced, added=["three"], removed=["two"])
    (directory / "three.js").unlink()
    await sync(synced, removed=["three"])
    gone = await named(synced, "three")
    assert (gone["enabled"], gone["inSync"], gone["registrySource"]) == (False, False, True)
    await sync(synced)
    (directory / "three.js").write_text(SOURCE)
    await sync(synced, added=["three"])
    back = await named(synced, "three")
    assert (back["id"], back["enabled"], back["inSync"]) == (gone["id"], True, True)


async def test_what_cannot_be_used_is_told_and_the_rest_goes_on(synced, directory):
    await synced.post("/tasks", {"name": "taken"})
    files = {
        "broken.js": "function main( {",
        "schema.js": SOURCE,
        "schema.json": '{"inputSchema": {"type": "strng"}}',
        "taken.js": SOURCE,
        "three.js": "let x = ;",
        "fine.js": SOURCE,
    }
    for name, text in files.items():
        (directory / name).write_text(text)
    report = await synced.post("/tasks/sync", status=200)
    assert (report["added"], report["updated"], report["removed"]) == (["fine"], [], [])
    errors = {error["taskName"]: error["error"] for error in report["errors"]}
    assert set(errors) == {"broken", "schema", "taken", "three"}
    assert errors["broken"].startswith("broken.js: SyntaxError")
    assert errors["schema"].startswith("inputSchema.type ")
    assert errors["taken"] == "There is a task taken 1.0.0 already that no file defines"
    assert (await named(synced, "three"))["sourceCode"] == SOURCE


async def test_a_directory_that_cannot_be_read_changes_nothing(synced, directory):
    (directory / "four.js").write_text(SOURCE)
    await synced.post("/tasks/sync", status=200)
    away = shutil.move(directory, directory.with_name("away"))
    try:
        error = await synced.fails("POST", "/tasks/sync", 409)
    finally:
        shutil.move(away, directory)
    assert "cannot be read" in error["message"]
    assert (await named(synced, "four"))["enabled"] is True


async def test_statistics_know_what_comes_from_the_directory(synced, directory):
    before = (await synced.ask("GET", "/tasks/stats", 200))["stats"]
    (directory / "counted.js").write_text(SOURCE)
    await sync(synced, added=["counted"], removed=ANY)
    after = (await synced.ask("GET", "/tasks/stats", 200))["stats"]
    assert after["registryTasks"] == before["registryTasks"] + 1
    assert after["databaseTasks"] == before["databaseTasks"]
    assert after["lastSync"]
    tasks = (await synced.ask("GET", "/metrics", 200))["stats"]["application"]["tasks"]
    assert tasks["registrySyncCount"] >= 1
    assert tasks["lastSyncTimestamp"] == after["lastSync"]
