"""`/jobs` of the embedded server."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.server import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

THROWS = "function main() { throw new Error('no') }"
FOREVER = "function main() { for (;;) {} }"


async def queue(api, source, **more):
    task = await api.task(source)
    return await api.post("/jobs", {"taskId": task["id"], "input": 7, **more})


async def ended(api, job):
    return await api.until(f"/jobs/{job['id']}", "COMPLETED", "FAILED", "CANCELLED")


async def test_a_job_is_queued_and_run_as_an_execution(api):
    job = await queue(api, "function main(n) { return n + 1 }", priority="HIGH", maxRetries=2)
    assert (job["status"], job["priority"], job["maxRetries"], job["input"]) == ("QUEUED", "HIGH", 2, 7)
    done = await ended(api, job)
    assert (done["status"], done["retryCount"]) == ("COMPLETED", 0)
    (execution,) = await api.get("/executions", job_id=job["id"])
    assert execution["id"] == done["executionId"]
    assert (execution["output"], execution["jobId"], execution["attempt"]) == (8, job["id"], 1)


async def test_a_failing_job_is_retried_and_each_attempt_is_an_execution(api):
    job = await queue(api, THROWS, maxRetries=2)
    failed = await ended(api, job)
    assert (failed["status"], failed["retryCount"], failed["errorMessage"]) == ("FAILED", 2, "Error: no")
    attempts = await api.get("/executions", job_id=job["id"], _sort="id", _order="ASC")
    assert [(row["attempt"], row["status"]) for row in attempts] == [
        (1, "FAILED"),
        (2, "FAILED"),
        (3, "FAILED"),
    ]


async def test_a_retry_by_hand_is_one_more_attempt(api):
    job = await queue(api, THROWS, maxRetries=0)
    await ended(api, job)
    act = await api.ask("POST", f"/jobs/{job['id']}/retry", 200)
    assert (act["success"], act["data"]["id"]) == (True, job["id"])
    await eventually(lambda: api.get("/executions", job_id=job["id"]), lambda rows: len(rows) == 2)
    assert (await ended(api, job))["status"] == "FAILED"


async def test_a_delayed_job_waits_and_can_be_cancelled(api):
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    job = await queue(api, "function main() {}", scheduledFor=at)
    assert job["status"] == "QUEUED"
    act = await api.ask("POST", f"/jobs/{job['id']}/cancel", 200)
    assert act["data"]["status"] == "CANCELLED"
    await api.fails("POST", f"/jobs/{job['id']}/cancel", 409)
    assert await api.get("/executions", job_id=job["id"]) == []


async def test_a_delayed_job_begins_at_its_time(api):
    at = datetime.now(UTC) + timedelta(seconds=0.3)
    done = await ended(api, await queue(api, "function main() {}", scheduledFor=at.isoformat()))
    late = datetime.fromisoformat(done["startedAt"]) - at
    assert timedelta(milliseconds=-1) <= late < timedelta(seconds=1)


async def test_a_processing_job_is_really_stopped_and_not_retried(api):
    job = await queue(api, FOREVER, maxRetries=3)
    path = f"/jobs/{job['id']}"
    running = await api.until(path, "PROCESSING")
    async with asyncio.timeout(1):
        act = await api.ask("POST", f"{path}/cancel", 200)
    assert act["data"]["status"] == "CANCELLED"
    assert (await api.get(f"/executions/{running['executionId']}"))["status"] == "CANCELLED"


async def test_cancelling_the_execution_of_a_job_cancels_the_job(api):
    job = await queue(api, FOREVER)
    running = await api.until(f"/jobs/{job['id']}", "PROCESSING")
    await api.ask("POST", f"/executions/{running['executionId']}/cancel", 200)
    assert (await api.get(f"/jobs/{job['id']}"))["status"] == "CANCELLED"


async def test_a_completed_job_is_neither_cancelled_nor_retried(api):
    done = await ended(api, await queue(api, "function main() {}"))
    for act in ("cancel", "retry"):
        error = await api.fails("POST", f"/jobs/{done['id']}/{act}", 409)
        assert "COMPLETED" in error["message"]


async def test_urgent_jobs_go_first(api):
    blockers = [await queue(api, FOREVER, priority="CRITICAL") for _ in range(2)]
    for blocker in blockers:
        await api.until(f"/jobs/{blocker['id']}", "PROCESSING")
    task = await api.task("function main() {}")
    made = {}
    for priority in ("LOW", "NORMAL", "HIGH", "CRITICAL"):
        body = {"taskId": task["id"], "input": 1, "priority": priority}
        made[priority] = (await api.post("/jobs", body))["id"]
    await api.ask("POST", f"/jobs/{blockers[0]['id']}/cancel", 200)
    rows = [await ended(api, {"id": made[priority]}) for priority in ("CRITICAL", "HIGH", "NORMAL", "LOW")]
    begun = [int(row["executionId"]) for row in rows]
    assert begun == sorted(begun)
    await api.ask("POST", f"/jobs/{blockers[1]['id']}/cancel", 200)


async def test_filters_and_stats(api):
    waiting = await api.get("/jobs", status_in="COMPLETED,FAILED", limit=100)
    assert {job["status"] for job in waiting} == {"COMPLETED", "FAILED"}
    assert {job["priority"] for job in await api.get("/jobs", priority="critical")} == {"CRITICAL"}
    stats = (await api.ask("GET", "/jobs/stats", 200))["stats"]
    assert stats["totalJobs"] == (await api.ask("GET", "/jobs", 200))["meta"]["pagination"]["total"]
    assert stats["averageWaitTimeMs"] >= 0


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]
)
async def test_a_moment_out_of_reach_is_refused_and_the_list_stays_readable(api, moment):
    task = await api.task(THROWS)
    error = await api.fails("POST", "/jobs", 400, {"taskId": task["id"], "input": 7, "scheduledFor": moment})
    assert error["details"][0]["field"] == "scheduledFor"
    await api.get("/jobs")
