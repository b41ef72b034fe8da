"""Changing, cancelling, retrying and deleting jobs and executions, also by many at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.server import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

THROWS = "function main() { throw new Error('no') }"
FOREVER = "function main() { for (;;) {} }"
NOTHING = "function main() {}"


def later(hours=1):
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def queue(api, source=NOTHING, **more):
    task = await api.task(source)
    return await api.post("/jobs", {"taskId": task["id"], "input": 7, **more})


async def ended(api, job):
    return await api.until(f"/jobs/{job['id']}", "COMPLETED", "FAILED", "CANCELLED")


async def patch(api, path, **body):
    return (await api.ask("PATCH", path, 200, json=body))["data"]


async def test_a_job_that_waits_is_changed(api):
    job = await queue(api, scheduledFor=later())
    path = f"/jobs/{job['id']}"
    policy = {"backoff": "FIXED", "delaySeconds": 1.5, "maxDelaySeconds": 9.0, "jitter": 0.0}
    at = later(2)
    after = await patch(api, path, priority="urgent", maxRetries=9, scheduledFor=at, retryPolicy=policy)
    assert (after["priority"], after["maxRetries"], after["retryPolicy"]) == ("CRITICAL", 9, policy)
    assert abs(datetime.fromisoformat(after["scheduledFor"]) - datetime.fromisoformat(at)).microseconds < 1000
    assert await patch(api, path, priority=None) == after
    assert (await patch(api, path, retryPolicy=None))["retryPolicy"] is None
    await patch(api, path, scheduledFor=None)
    assert (await ended(api, job))["status"] == "COMPLETED"


async def test_a_job_that_has_begun_is_not_changed(api):
    job = await queue(api, FOREVER)
    path = f"/jobs/{job['id']}"
    await api.until(path, "PROCESSING")
    error = await api.fails("PATCH", path, 409, {"priority": "LOW"})
    assert error["message"] == f"Job {job['id']} is PROCESSING: only a job that waits can be changed"
    assert (await patch(api, path, status="CANCELLED"))["status"] == "CANCELLED"
    error = await api.fails("PATCH", path, 409, {"status": "cancelled"})
    assert "is CANCELLED already" in error["message"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"status": "COMPLETED"}, 409, "status"),
        ({"errorMessage": "mine"}, 409, "errorMessage"),
        ({"status": "CANCELLED", "priority": "LOW"}, 400, "status"),
        ({"maxRetries": 101}, 400, "maxRetries"),
        ({"priority": "SOON"}, 400, "priority"),
        ({"retryPolicy": {"jitter": 2}}, 400, "retryPolicy.jitter"),
        ({"input": 8}, 400, "input"),
    ],
)
async def test_what_a_job_cannot_become_is_refused_at_the_field(api, body, status, field):
    job = await queue(api, scheduledFor=later())
    error = await api.fails("PATCH", f"/jobs/{job['id']}", status, body)
    assert [detail["field"] for detail in error["details"]] == [field]
    assert await api.get(f"/jobs/{job['id']}") == job


async def test_a_change_races_with_the_claim_and_one_of_them_is_first(api):
    for _ in range(10):
        job = await queue(api)
        answer = await api.client.patch(f"/jobs/{job['id']}", json={"scheduledFor": later()})
        if answer.status_code == 200:
            assert answer.json()["data"]["status"] == "QUEUED"
            assert await api.get("/executions", job_id=job["id"]) == []
            await api.ask("POST", f"/jobs/{job['id']}/cancel", 200)
        else:
            assert answer.status_code == 409
            assert (await ended(api, job))["status"] == "COMPLETED"


async def test_a_job_follows_its_own_retry_policy(api):
    policy = {"backoff": "FIXED", "delaySeconds": 3600, "maxDelaySeconds": 7200, "jitter": 0}
    job = await queue(api, THROWS, maxRetries=1, retryPolicy=policy)
    waits = await api.until(f"/jobs/{job['id']}", "RETRYING")
    first = await api.get(f"/executions/{waits['executionId']}")
    wait = datetime.fromisoformat(waits["scheduledFor"]) - datetime.fromisoformat(first["completedAt"])
    assert wait == timedelta(hours=1)
    assert (await api.ask("POST", f"/jobs/{job['id']}/cancel", 200))["data"]["status"] == "CANCELLED"


async def test_the_attempts_of_a_job_know_each_other(api):
    job = await queue(api, THROWS, maxRetries=1)
    await ended(api, job)
    await api.ask("POST", f"/jobs/{job['id']}/retry", 200)
    path = f"/jobs/{job['id']}/attempts"
    attempts = await eventually(
        lambda: api.get(path), lambda rows: [row["status"] for row in rows] == 3 * ["FAILED"]
    )
    assert [row["attempt"] for row in attempts] == [1, 2, 3]
    assert [row["retryOf"] for row in attempts] == [None, attempts[0]["id"], attempts[1]["id"]]
    assert (await api.get(f"/executions/{attempts[0]['id']}"))["retriedBy"] == attempts[1]["id"]
    assert (await api.get(f"/jobs/{job['id']}"))["attempts"] == 3
    await api.fails("GET", "/jobs/999999/attempts", 404)


async def test_six_retries_of_a_job_at_once_make_one_run(api):
    job = await queue(api, THROWS, maxRetries=0)
    await ended(api, job)
    # One that fails at once could be retried again while the others are still on their way.
    await api.ask("PATCH", f"/tasks/{job['taskId']}", 200, json={"sourceCode": FOREVER})
    path = f"/jobs/{job['id']}"
    answers = await asyncio.gather(*(api.client.post(f"{path}/retry") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + 5 * [409]
    await api.ask("POST", f"{path}/cancel", 200)
    await ended(api, job)
    assert len(await api.get(f"{path}/attempts")) == 2


async def test_six_retries_of_an_execution_at_once_make_one_run_and_name_it(api):
    failed = await api.done(await api.run(THROWS))
    task = await api.get(f"/tasks/{failed['taskId']}")
    await api.ask("PATCH", f"/tasks/{task['id']}", 200, json={"sourceCode": FOREVER})
    path = f"/executions/{failed['id']}"
    answers = await asyncio.gather(*(api.client.post(f"{path}/retry") for _ in range(6)))
    made = [answer.json()["data"] for answer in answers if answer.status_code == 201]
    refused = [answer.json()["error"]["message"] for answer in answers if answer.status_code == 409]
    assert (len(made), len(refused)) == (1, 5)
    assert all(f"execution {made[0]['id']} waits or runs" in message for message in refused)
    assert (await api.get(path))["retriedBy"] == made[0]["id"]
    await api.ask("POST", f"/executions/{made[0]['id']}/cancel", 200)
    assert (await api.post(f"{path}/retry"))["retryOf"] == failed["id"]
    await api.ask("POST", f"/executions/{(await api.get(path))['retriedBy']}/cancel", 200)


async def test_an_execution_of_later_waits_and_can_be_cancelled(api):
    task = await api.task(NOTHING)
    body = {"taskId": task["id"], "input": None, "priority": "high", "scheduledFor": later()}
    execution = await api.post("/executions", body)
    assert (execution["status"], execution["priority"]) == ("PENDING", "HIGH")
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    done = await api.done(await api.post("/executions", {**body, "scheduledFor": soon.isoformat()}))
    assert datetime.fromisoformat(done["startedAt"]) >= soon - timedelta(milliseconds=1)
    assert done["waitMs"] < 1000
    act = await api.ask("POST", f"/executions/{execution['id']}/cancel", 200)
    assert act["data"]["status"] == "CANCELLED"


async def test_an_execution_is_cancelled_and_its_progress_set_by_a_change(api):
    execution = await api.run("async function main() { await new Promise(() => {}) }")
    path = f"/executions/{execution['id']}"
    await eventually(lambda: api.get(path), lambda row: row["worker"])
    assert (await patch(api, path, progress=0.5))["progress"] == 0.5
    for field, value in (
        ("output", 1),
        ("errorMessage", "mine"),
        ("errorDetails", {}),
        ("status", "COMPLETED"),
    ):
        error = await api.fails("PATCH", path, 409, {field: value})
        assert [detail["field"] for detail in error["details"]] == [field]
    assert (await patch(api, path, status="CANCELLED"))["status"] == "CANCELLED"
    error = await api.fails("PATCH", path, 409, {"progress": 0.7})
    assert "is CANCELLED: only one that runs" in error["message"]
    await api.fails("PATCH", path, 400, {"progress": 1.1})
    await api.fails("PATCH", "/executions/999999", 404, {"progress": 1})


async def test_what_has_ended_is_deleted_and_what_has_not_is_not(api):
    job = await queue(api, "function main() { console.log('here') }")
    await ended(api, job)
    (attempt,) = await api.get(f"/jobs/{job['id']}/attempts")
    assert await api.ask("DELETE", f"/executions/{attempt['id']}", 204) is None
    await api.fails("GET", f"/executions/{attempt['id']}", 404)
    await api.fails("GET", f"/executions/{attempt['id']}/logs", 404)
    assert (await api.get(f"/jobs/{job['id']}"))["executionId"] is None
    assert await api.ask("DELETE", f"/jobs/{job['id']}", 204) is None
    for path in (f"/jobs/{job['id']}", f"/executions/{attempt['id']}"):
        await api.fails("DELETE", path, 404)

    waiting = await queue(api, scheduledFor=later())
    error = await api.fails("DELETE", f"/jobs/{waiting['id']}", 409)
    assert error["message"] == f"Job {waiting['id']} is QUEUED: cancel it before you delete it"
    running = await api.run(FOREVER)
    await api.fails("DELETE", f"/executions/{running['id']}", 409)
    await api.ask("POST", f"/executions/{running['id']}/cancel", 200)


async def test_the_executions_of_a_deleted_job_stay_and_point_nowhere(api):
    job = await queue(api)
    done = await ended(api, job)
    await api.ask("DELETE", f"/jobs/{job['id']}", 204)
    assert (await api.get(f"/executions/{done['executionId']}"))["jobId"] is None
