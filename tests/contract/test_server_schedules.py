"""`/schedules` of the embedded server."""

from datetime import datetime, timedelta

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def make(api, cron="0 0 9 * * 1", **more):
    task = await api.task("function main(input) { return input }")
    body = {"taskId": task["id"], "name": "morning", "cronExpression": cron, **more}
    return await api.post("/schedules", body)


async def test_a_schedule_is_created_read_changed_and_deleted(api):
    made = await make(api, "30 9 * * 1-5", input={"n": 1})
    assert (made["cronExpression"], made["enabled"]) == ("0 30 9 * * MON-FRI", True)
    assert made["nextRun"].endswith("T09:30:00.000Z")
    path = f"/schedules/{made['id']}"
    assert await api.get(path) == made
    changed = (await api.ask("PATCH", path, 200, json={"cronExpression": "@hourly", "name": "hourly"}))[
        "data"
    ]
    assert (changed["cronExpression"], changed["name"]) == ("0 0 * * * *", "hourly")
    now = datetime.fromisoformat((await api.ask("GET", "/health", 200))["timestamp"])
    assert changed["nextRun"].endswith(":00:00.000Z")
    # Between the change and that look, an hour may have ended.
    assert timedelta(minutes=-1) < datetime.fromisoformat(changed["nextRun"]) - now <= timedelta(hours=1)
    await api.ask("DELETE", path, 204)
    await api.fails("DELETE", path, 404)
    await api.fails("GET", path, 404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cronExpression": "0 0 9 * * 8"}, "cronExpression"),
        ({"cronExpression": "garbage"}, "cronExpression"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"taskId": "2"}, "taskId"),
    ],
)
async def test_a_bad_change_is_refused_at_its_field(api, change, field):
    made = await make(api)
    error = await api.fails("PATCH", f"/schedules/{made['id']}", 400, change)
    assert error["details"][0]["field"] == field


async def test_null_clears_what_may_be_empty_and_is_refused_elsewhere(api):
    made = await make(api, description="daily", input={"n": 1})
    path = f"/schedules/{made['id']}"
    body = {"name": None, "cronExpression": None, "enabled": None, "description": None}
    error = await api.fails("PATCH", path, 400, body)
    assert [detail["field"] for detail in error["details"]] == ["name", "cronExpression", "enabled"]
    assert {detail["message"] for detail in error["details"]} == {"must not be null"}
    assert await api.get(path) == made
    cleared = (await api.ask("PATCH", path, 200, json={"description": None, "input": None}))["data"]
    assert (cleared["description"], cleared["input"]) == (None, None)


async def test_a_changed_input_must_fit_the_task(api):
    schema = {"type": "object", "properties": {"n": {"type": "number"}}}
    task = await api.task("function main() {}", inputSchema=schema)
    body = {"taskId": task["id"], "name": "typed", "cronExpression": "@daily", "input": {"n": 1}}
    path = f"/schedules/{(await api.post('/schedules', body))['id']}"
    error = await api.fails("PATCH", path, 400, {"input": {"n": "one"}})
    assert [detail["field"] for detail in error["details"]] == ["input.n"]
    assert (await api.ask("PATCH", path, 200, json={"input": {"n": 2}}))["data"]["input"] == {"n": 2}


async def test_disabled_it_has_no_next_run(api):
    made = await make(api)
    act = await api.ask("POST", f"/schedules/{made['id']}/disable", 200)
    assert (act["success"], act["data"]["enabled"], act["data"]["nextRun"]) == (True, False, None)
    act = await api.ask("POST", f"/schedules/{made['id']}/enable", 200)
    assert act["data"]["nextRun"] == made["nextRun"]


async def test_a_trigger_queues_a_job_with_its_input_also_while_disabled(api):
    made = await make(api, enabled=False, input={"n": 3})
    job = await api.post(f"/schedules/{made['id']}/trigger")
    assert (job["scheduleId"], job["input"]) == (made["id"], {"n": 3})
    done = await api.until(f"/jobs/{job['id']}", "COMPLETED")
    execution = await api.get(f"/executions/{done['executionId']}")
    assert (execution["output"], execution["scheduleId"]) == ({"n": 3}, made["id"])
    after = await api.get(f"/schedules/{made['id']}")
    assert (after["lastJobId"], after["lastRun"] is not None) == (job["id"], True)
    assert [row["id"] for row in await api.get("/jobs", schedule_id=made["id"])] == [job["id"]]


async def test_it_fires_when_its_time_comes(api):
    made = await make(api, "* * * * * *")
    job = None
    while job is None:
        jobs = await api.get("/jobs", schedule_id=made["id"])
        job = jobs[0] if jobs else None
    await api.ask("POST", f"/schedules/{made['id']}/disable", 200)
    assert job["taskName"] == made["taskName"]


async def test_its_input_must_fit_the_task(api):
    task = await api.task("function main() {}", inputSchema={"required": ["n"]})
    body = {"taskId": task["id"], "name": "a", "cronExpression": "@daily"}
    for more in ({}, {"input": {}}):
        error = await api.fails("POST", "/schedules", 400, {**body, **more})
        assert error["details"][0]["field"] == "input.n"


async def test_filters_and_stats(api):
    await make(api, name="Find Me")
    assert [row["name"] for row in await api.get("/schedules", name_like="find")] == ["Find Me"]
    stats = (await api.ask("GET", "/schedules/stats", 200))["stats"]
    assert stats["totalSchedules"] == stats["enabledSchedules"] + stats["disabledSchedules"]
    assert stats["nextExecution"] is not None
