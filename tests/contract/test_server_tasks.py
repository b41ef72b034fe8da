"""`/tasks` of the embedded server."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE = "function main(input) { return input }"


async def test_a_task_is_created_read_changed_and_listed(api):
    made = await api.post("/tasks", {"name": "sum", "sourceCode": SOURCE, "metadata": {"team": "a"}})
    assert (made["name"], made["version"], made["enabled"]) == ("sum", "1.0.0", True)
    assert made["metadata"] == {"team": "a"}
    path = f"/tasks/{made['id']}"
    assert await api.get(path) == made
    for method in ("PATCH", "PUT"):
        changed = (await api.ask(method, path, 200, json={"description": f"by {method}"}))["data"]
        assert changed == {**made, "description": f"by {method}", "updatedAt": changed["updatedAt"]}
    assert [task["id"] for task in await api.get("/tasks", name="sum")] == [made["id"]]


async def test_null_clears_what_may_be_empty_and_is_refused_elsewhere(api):
    task = await api.task(SOURCE, description="a", inputSchema={"type": "object"})
    path = f"/tasks/{task['id']}"
    cleared = await api.ask("PATCH", path, 200, json={"description": None, "inputSchema": None})
    assert (cleared["data"]["description"], cleared["data"]["inputSchema"]) == (None, None)
    error = await api.fails("PATCH", path, 400, {"sourceCode": None, "enabled": None})
    assert error["details"] == [
        {"field": field, "message": "must not be null"} for field in ("enabled", "sourceCode")
    ]


async def test_name_and_version_are_taken_once(api):
    await api.post("/tasks", {"name": "twice", "version": "1.0.0"})
    error = await api.fails("POST", "/tasks", 409, {"name": "twice", "version": "1.0.0"})
    assert (error["code"], error["message"]) == ("CONFLICT", "There is a task twice 1.0.0 already")
    other = await api.post("/tasks", {"name": "twice", "version": "1.1.0"})
    await api.fails("PATCH", f"/tasks/{other['id']}", 409, {"version": "1.0.0"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "with space"}, "name"),
        ({"name": "a", "version": "1"}, "version"),
        ({"name": "a", "sourceCode": 1}, "sourceCode"),
        ({"name": "a", "source": ""}, "source"),
        ({"name": "a", "inputSchema": {"type": "strng"}}, "inputSchema.type"),
        ({"name": "a", "outputSchema": "text"}, "outputSchema"),
    ],
)
async def test_a_bad_task_is_refused_at_its_field(api, body, field):
    error = await api.fails("POST", "/tasks", 400, body)
    assert error["code"] == "VALIDATION_ERROR"
    assert [detail["field"] for detail in error["details"]] == [field]


async def test_a_source_that_does_not_parse_is_saved_and_its_execution_says_the_line(api):
    ended = await api.done(await api.run("function main() {\n  return 1 +;\n}"))
    assert ended["status"] == "FAILED"
    assert ended["errorMessage"].startswith("SyntaxError")
    assert ended["errorDetails"]["line"] == 2


async def test_check_says_what_is_wrong_without_saving(api):
    good = await api.post("/tasks/check", {"sourceCode": SOURCE}, 200)
    assert good == {"valid": True, "errors": []}
    bad = await api.post("/tasks/check", {"sourceCode": "let x = ;", "inputSchema": {"type": 1}}, 200)
    assert bad["valid"] is False
    assert [(error["field"], error["line"]) for error in bad["errors"]] == [
        ("sourceCode", 1),
        ("inputSchema.type", None),
    ]
    lost = await api.post("/tasks/check", {"sourceCode": "function other() {}"}, 200)
    assert "main" in lost["errors"][0]["message"]


async def test_a_disabled_task_begins_nothing_new(api):
    task = await api.task(SOURCE)
    path = f"/tasks/{task['id']}"
    act = await api.ask("POST", f"{path}/disable", 200)
    assert (act["success"], act["data"]["enabled"]) == (True, False)
    for noun in ("executions", "jobs"):
        await api.fails("POST", f"/{noun}", 409, {"taskId": task["id"], "input": 1})
    await api.ask("POST", f"{path}/enable", 200)
    await api.post("/executions", {"taskId": task["id"], "input": 1})


async def test_a_new_server_holds_the_examples(api):
    examples = await api.get("/tasks", limit=5)
    assert [task["id"] for task in examples] == ["1", "2", "3", "4", "5"]
    schedules = await api.get("/schedules", enabled=True, limit=100)
    assert len(schedules) == 1


async def test_stats_count(api):
    stats = (await api.ask("GET", "/tasks/stats", 200))["stats"]
    assert stats["totalTasks"] == stats["enabledTasks"] + stats["disabledTasks"]
    assert stats["totalTasks"] == (await api.ask("GET", "/tasks", 200))["meta"]["pagination"]["total"]
