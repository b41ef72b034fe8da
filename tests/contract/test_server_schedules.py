"""`/schedules` of the embedded server."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.server import eventually

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


async def test_a_change_of_the_expression_while_it_is_switched_leaves_no_old_next_run(api):
    """Whatever order they come in, the next run is that of the expression that stands in the end."""
    made = await make(api, "0 0 9 * * *")
    path = f"/schedules/{made['id']}"
    for round_ in range(20):
        await api.ask("PATCH", path, 200, json={"cronExpression": "0 0 9 * * *", "enabled": True})
        cron = f"0 {round_} 17 * * *"
        await asyncio.gather(
            api.ask("POST", f"{path}/disable", 200),
            api.ask("PATCH", path, 200, json={"cronExpression": cron}),
            api.ask("POST", f"{path}/enable", 200),
        )
        row = await api.get(path)
        expected = f"T17:{round_:02}:00.000Z" if row["enabled"] else None
        assert (row["nextRun"] or "")[10:] == (expected or ""), row


async def test_it_fires_by_the_clock_of_its_zone(api):
    made = await make(api, "30 2 * * *", timeZone="Europe/Amsterdam")
    assert (made["timeZone"], len(made["nextRuns"]), made["nextRuns"][0]) == (
        "Europe/Amsterdam",
        5,
        made["nextRun"],
    )
    shown = [datetime.fromisoformat(run).astimezone(ZoneInfo("Europe/Amsterdam")) for run in made["nextRuns"]]
    assert {(run.hour, run.minute) for run in shown} <= {(2, 30), (3, 0)}
    path = f"/schedules/{made['id']}"
    changed = (await api.ask("PATCH", path, 200, json={"timeZone": "UTC"}))["data"]
    assert changed["nextRun"].endswith("T02:30:00.000Z")


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("Europe/Amsterdm", "Europe/Amsterdam"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("../etc/passwd", "such as"),
    ],
)
async def test_an_unknown_zone_is_refused_with_the_nearest_name(api, zone, meant):
    made = await make(api)
    for error in (
        await api.fails("PATCH", f"/schedules/{made['id']}", 400, {"timeZone": zone}),
        await api.fails(
            "GET", "/schedules/preview", 400, params={"cronExpression": "@daily", "timeZone": zone}
        ),
    ):
        (detail,) = error["details"]
        assert detail["field"] == "timeZone"
        assert meant in detail["message"]


async def test_the_policy_of_its_jobs_is_kept_and_copied_onto_them(api):
    given = {"misfirePolicy": "RUN_ONCE", "allowOverlap": True, "priority": "HIGH", "maxRetries": 7}
    made = await make(api, **given)
    assert {name: made[name] for name in given} == given
    job = await api.post(f"/schedules/{made['id']}/trigger")
    assert (job["priority"], job["maxRetries"]) == ("HIGH", 7)
    path = f"/schedules/{made['id']}"
    other = {"misfirePolicy": "SKIP", "allowOverlap": False, "priority": "LOW", "maxRetries": 0}
    changed = (await api.ask("PATCH", path, 200, json=other))["data"]
    assert {name: changed[name] for name in other} == other
    for name in other:
        error = await api.fails("PATCH", path, 400, {name: None})
        assert error["details"][0] == {"field": name, "message": "must not be null"}
    error = await api.fails("PATCH", path, 400, {"misfirePolicy": "SOMETIMES"})
    assert error["details"][0]["field"] == "misfirePolicy"


async def test_a_trigger_may_bring_its_own_input_and_priority(api):
    task = await api.task(
        "function main(i) { return i }", inputSchema={"properties": {"n": {"type": "number"}}}
    )
    body = {"taskId": task["id"], "name": "typed", "cronExpression": "@daily", "input": {"n": 1}}
    path = f"/schedules/{(await api.post('/schedules', body))['id']}"
    job = await api.post(f"{path}/trigger", {"input": {"n": 2}, "priority": "CRITICAL"})
    assert (job["input"], job["priority"], job["scheduledFor"]) == ({"n": 2}, "CRITICAL", None)
    assert (await api.post(f"{path}/trigger", {}))["input"] == {"n": 1}
    error = await api.fails("POST", f"{path}/trigger", 400, {"input": {"n": "two"}})
    assert error["details"][0]["field"] == "input.n"
    assert (await api.fails("POST", f"{path}/trigger", 400, {"inputs": 1}))["details"][0]["field"] == "inputs"
    await api.until(f"/jobs/{job['id']}", "COMPLETED")
    await api.fails("POST", "/schedules/999999/trigger", 404)


async def test_it_tells_how_its_last_job_went(api):
    made = await make(api, input={})
    assert (made["lastStatus"], made["lastJobId"]) == (None, None)
    job = await api.post(f"/schedules/{made['id']}/trigger")
    await api.until(f"/jobs/{job['id']}", "COMPLETED")
    (listed,) = [row for row in await api.get("/schedules", limit=100) if row["id"] == made["id"]]
    assert (listed["lastStatus"], listed["lastJobId"]) == ("COMPLETED", job["id"])
    assert listed["nextRuns"] is None


async def test_a_due_time_is_skipped_and_counted_while_its_job_is_open(api):
    task = await api.task("async function main() { await sleep(60000) }")
    body = {"taskId": task["id"], "name": "slow", "cronExpression": "* * * * * *"}
    path = f"/schedules/{(await api.post('/schedules', body))['id']}"
    row = await eventually(lambda: api.get(path), lambda row: row["skippedRuns"])
    assert (row["firedRuns"], row["failedRuns"]) == (1, 0)
    assert row["lastSkipReason"] == f"its job {row['lastJobId']} was still open"
    assert row["lastSkippedAt"] > row["lastRun"]
    await api.ask("DELETE", path, 204)
    await api.ask("POST", f"/jobs/{row['lastJobId']}/cancel", 200)


async def test_a_preview_tells_words_and_runs_with_the_changes_of_the_clock(api):
    asked = {"cronExpression": "30 2 * * *", "timeZone": "Europe/Amsterdam", "count": 3}
    spring = await api.get("/schedules/preview", **asked, after="2027-03-26T12:00:00Z")
    assert (spring["cronExpression"], spring["cronWords"]) == ("0 30 2 * * *", "At 02:30, every day")
    assert spring["runs"] == [
        {"at": "2027-03-27T01:30:00.000Z", "local": "2027-03-27T02:30:00+01:00", "note": None},
        {"at": "2027-03-28T01:00:00.000Z", "local": "2027-03-28T03:00:00+02:00", "note": "shifted"},
        {"at": "2027-03-29T00:30:00.000Z", "local": "2027-03-29T02:30:00+02:00", "note": None},
    ]
    autumn = await api.get("/schedules/preview", **asked, after="2026-10-24T12:00:00Z")
    assert [(run["at"][:16], run["note"]) for run in autumn["runs"]] == [
        ("2026-10-25T00:30", None),
        ("2026-10-25T01:30", "repeated"),
        ("2026-10-26T01:30", None),
    ]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "cronExpression"),
        ({"cronExpression": "0 0 31 2 *"}, "cronExpression"),
        ({"cronExpression": "0 0 9 * * 8"}, "cronExpression"),
        ({"cronExpression": "@daily", "count": "0"}, "count"),
        ({"cronExpression": "@daily", "zone": "UTC"}, "zone"),
        ({"cronExpression": "@daily", "after": "9999-01-01T00:00:00Z"}, "after"),
    ],
)
async def test_a_preview_refuses_what_create_would(api, asked, field):
    error = await api.fails("GET", "/schedules/preview", 400, params=asked)
    assert error["details"][0]["field"] == field


async def test_its_jobs_get_its_retry_policy_and_destinations_and_nobody_sees_the_secret(api):
    webhook = {
        "url": "http://127.0.0.1:9/hook",
        "method": "POST",
        "authentication": {"authType": "bearer", "bearer": {"token": "s3cret"}},
    }
    given = {
        "retryPolicy": {"backoff": "FIXED", "delaySeconds": 5, "maxDelaySeconds": 60, "jitter": 0},
        "outputDestinations": [{"destinationType": "WEBHOOK", "webhook": webhook}],
    }
    made = await make(api, enabled=False, **given)
    path = f"/schedules/{made['id']}"
    assert made["retryPolicy"] == given["retryPolicy"]
    shown = made["outputDestinations"]
    assert shown[0]["webhook"]["authentication"]["bearer"]["token"] == "***"
    changed = (await api.ask("PATCH", path, 200, json={"outputDestinations": shown, "name": "other"}))["data"]
    assert changed["outputDestinations"] == shown
    job = await api.post(f"{path}/trigger")
    assert (job["retryPolicy"], job["outputDestinations"]) == (given["retryPolicy"], shown)
    cleared = {"retryPolicy": None, "outputDestinations": None}
    changed = (await api.ask("PATCH", path, 200, json=cleared))["data"]
    assert {name: changed[name] for name in cleared} == cleared
