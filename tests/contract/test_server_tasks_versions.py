"""Versions of tasks, changes that meet another, validation of an input, and deletion."""

import pytest

from tests.support.server import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE = "function main(input) { return 1 }"
OTHER = "function main(input) { return 2 }"


async def changed(api, task, body, status=200, **headers):
    answer = await api.ask("PATCH", f"/tasks/{task['id']}", status, json=body, headers=headers)
    return answer["data"] if status == 200 else answer["error"]


async def test_versions_are_kept_read_and_restored(api):
    task = await api.task(SOURCE, inputSchema={"type": "integer"})
    path = f"/tasks/{task['id']}/versions"
    assert (task["revision"], task["availableVersions"]) == (1, ["1.0.0"])
    await changed(api, task, {"sourceCode": OTHER, "version": "1.10.0", "inputSchema": None})
    now = await changed(api, task, {"version": "1.9.0"})
    assert (now["revision"], now["availableVersions"]) == (3, ["1.10.0", "1.9.0", "1.0.0"])
    listed = await api.ask("GET", path, 200, params={"limit": 2})
    assert [row["revision"] for row in listed["data"]] == [3, 2]
    assert listed["meta"] == {"total": 3, "hasMore": True}
    rest = await api.ask("GET", path, 200, params={"before": 2})
    assert [row["revision"] for row in rest["data"]] == [1]
    assert rest["meta"]["hasMore"] is False
    first = await api.get(f"{path}/1")
    assert (first["sourceCode"], first["inputSchema"]) == (SOURCE, {"type": "integer"})
    back = await api.ask("POST", f"{path}/1/restore", 200)
    assert (back["data"]["revision"], back["data"]["sourceCode"]) == (4, SOURCE)
    assert (await api.get(f"{path}/4"))["restoredFrom"] == 1
    await api.fails("GET", f"{path}/9", 404)
    # A task has versions that its authors name, such as 1.0.0, and revisions, which this path wants.
    assert (await api.fails("GET", f"{path}/1.0.0", 404))["message"] == "There is no revision 1.0.0"


async def test_each_execution_names_the_version_that_it_ran(api):
    task = await api.task(SOURCE)
    body = {"taskId": task["id"], "input": None}
    first = await api.done(await api.post("/executions", body))
    await changed(api, task, {"sourceCode": OTHER})
    job = await api.post("/jobs", body)
    done = await api.until(f"/jobs/{job['id']}", "COMPLETED")
    second = await api.get(f"/executions/{done['executionId']}")
    assert [(run["taskRevision"], run["output"]) for run in (first, second)] == [(1, 1), (2, 2)]


async def test_a_change_from_an_older_revision_is_refused(api):
    task = await api.task(SOURCE)
    await changed(api, task, {"sourceCode": OTHER}, if_match='"1"')
    error = await changed(api, task, {"sourceCode": SOURCE}, 412, **{"if-match": '"1"'})
    assert error["code"] == "PRECONDITION_FAILED"
    assert error["details"] == [{"field": "revision", "message": "2"}]
    restored = await api.client.post(f"/tasks/{task['id']}/versions/1/restore", headers={"if-match": '"1"'})
    assert restored.status_code == 412
    await changed(api, task, {"sourceCode": SOURCE}, **{"if-match": "*"})
    wrong = await changed(api, task, {"sourceCode": SOURCE}, 400, **{"if-match": "three"})
    assert wrong["details"][0]["field"] == "If-Match"
    answer = await api.client.get(f"/tasks/{task['id']}")
    assert answer.headers["etag"] == '"3"'


async def test_a_source_is_looked_at_after_it_was_saved(api):
    async def seen(task):
        return await eventually(lambda: api.get(f"/tasks/{task['id']}"), lambda row: row["validatedAt"])

    good = await api.task(SOURCE)
    assert (await seen(good))["validationErrors"] == []
    changed_row = await changed(api, good, {"sourceCode": "function main( {"})
    assert changed_row["validatedAt"] is None
    (problem,) = (await seen(good))["validationErrors"]
    assert (problem["field"], problem["line"]) == ("sourceCode", 1)
    (empty,) = (await seen(await api.task(" ")))["validationErrors"]
    assert "no function main" in empty["message"]


async def test_an_input_is_validated_in_the_contracts_shape(api):
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 2}},
        "required": ["name"],
    }
    task = await api.task(SOURCE, inputSchema=schema)
    path = f"/tasks/{task['id']}/validate"
    assert await api.post(path, {"input": {"name": "ada"}}, 200) == {
        "valid": True,
        "errors": [],
        "warnings": [],
    }
    short = await api.post(path, {"input": {"name": "a", "age": 1}}, 200)
    assert [(fault["field"], fault["code"]) for fault in short["errors"]] == [("name", "MIN_LENGTH")]
    assert [(fault["field"], fault["code"]) for fault in short["warnings"]] == [("age", "UNKNOWN_PROPERTY")]
    lost = await api.post(path, {"input": {}}, 200)
    assert lost["errors"] == [{"field": "name", "message": "is required", "code": "REQUIRED"}]
    whole = await api.post(path, {"input": 3}, 200)
    assert [(fault["field"], fault["code"]) for fault in whole["errors"]] == [(None, "TYPE")]
    await api.ask("POST", f"/tasks/{task['id']}/disable", 200)
    odd = await api.post(path, {"input": {"name": "ada"}}, 200)
    assert [fault["code"] for fault in odd["warnings"]] == ["TASK_DISABLED"]
    await api.fails("POST", path, 400, {})


async def test_a_task_in_use_is_not_deleted(api):
    task = await api.task(SOURCE)
    later = "2100-01-01T00:00:00Z"
    job = await api.post("/jobs", {"taskId": task["id"], "input": 1, "scheduledFor": later})
    timed = {"taskId": task["id"], "name": "yearly", "cronExpression": "0 0 0 1 1 *", "input": 1}
    schedule = await api.post("/schedules", timed)
    error = await api.fails("DELETE", f"/tasks/{task['id']}", 409)
    assert error["details"] == [
        {"field": "jobs", "message": "1 open"},
        {"field": "schedules", "message": "1 enabled"},
    ]
    await api.ask("POST", f"/jobs/{job['id']}/cancel", 200)
    await api.ask("POST", f"/schedules/{schedule['id']}/disable", 200)
    await api.ask("DELETE", f"/tasks/{task['id']}", 204)
    await api.fails("GET", f"/schedules/{schedule['id']}", 404)
    assert (await api.get(f"/jobs/{job['id']}"))["taskName"] == task["name"]


async def test_what_a_deleted_task_ran_stays_and_its_name_is_free(api):
    task = await api.task(SOURCE)
    run = await api.done(await api.post("/executions", {"taskId": task["id"], "input": 1}))
    assert run["taskDeleted"] is False
    await api.ask("DELETE", f"/tasks/{task['id']}", 204)
    kept = await api.get(f"/executions/{run['id']}")
    assert (kept["taskName"], kept["output"], kept["taskDeleted"]) == (task["name"], 1, True)
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/versions"), ("POST", "/enable")):
        await api.fails(method, f"/tasks/{task['id']}{path}", 404)
    await api.fails("POST", "/executions", 404, {"taskId": task["id"], "input": 1})
    assert await api.get("/tasks", name=task["name"]) == []
    await api.post("/tasks", {"name": task["name"], "version": task["version"]})


@pytest.mark.parametrize("field", ["inputSchema", "outputSchema", "metadata"])
async def test_what_is_too_large_is_refused_at_its_field(api, field):
    error = await api.fails("POST", "/tasks", 400, {"name": "large", field: {"description": "x" * 300_000}})
    assert error["details"][0]["field"] == field
    assert error["details"][0]["message"].startswith("is too large")
