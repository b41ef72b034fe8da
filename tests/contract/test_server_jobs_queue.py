"""`/jobs/queue` of the embedded server, and what the client and the live topic make of it."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from ratchet_web.api import Ratchet
from ratchet_web.live.jobs_queue import JobQueue
from ratchet_web.models.dialect import Ability
from ratchet_web.models.jobs_queue import (
    Queue,
    QueueAsked,
    QueueComing,
    QueueDelayed,
    QueueLane,
    QueueWorker,
)
from ratchet_web.server.paths import PREFIX
from tests.support.server import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELD = "async function main() { await sleep(120_000); }"
FAILS = "function main() { throw new Error('no'); }"


def keys(model):
    return {field.alias for field in model.model_fields.values()}


@pytest_asyncio.fixture(loop_scope="module")
async def ratchet(api):
    async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def busy(api):
    """Every worker is busy; what is queued waits. Ends with all of it cancelled."""
    task = await api.task(HELD)
    places = (await api.get("/workers"))["workers"]
    jobs = [await api.post("/jobs", {"taskId": task["id"], "input": 1}) for _ in places]
    for job in jobs:
        await api.until(f"/jobs/{job['id']}", "PROCESSING")
    yield task["id"]
    for status in ("QUEUED", "RETRYING", "PROCESSING"):
        for job in await api.get("/jobs", status=status, limit=100):
            await api.ask("POST", f"/jobs/{job['id']}/cancel", 200)


def lane(found, priority):
    return next(each for each in found["lanes"] if each["priority"] == priority)


async def test_what_comes_due_while_every_worker_is_busy_is_ready_all_the_same(api, busy):
    soon = (datetime.now(UTC) + timedelta(milliseconds=300)).isoformat()
    job = await api.post("/jobs", {"taskId": busy, "input": 1, "priority": "CRITICAL", "scheduledFor": soon})
    found = await eventually(
        lambda: api.get("/jobs/queue", job_id=job["id"]), lambda queue: queue["job"]["ready"]
    )
    assert (found["job"]["ahead"], found["job"]["dueAt"]) == (0, None)
    critical = lane(found, "CRITICAL")
    assert (critical["ready"], critical["scheduled"], critical["arrived"]) == (1, 0, 1)
    assert critical["oldestJobId"] == job["id"]


async def test_one_look_tells_what_waits_what_runs_and_what_comes(api, busy):
    later = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    first = await api.post("/jobs", {"taskId": busy, "input": 1, "priority": "HIGH"})
    second = await api.post("/jobs", {"taskId": busy, "input": 1, "priority": "HIGH"})
    delayed = await api.post("/jobs", {"taskId": busy, "input": 1, "priority": "LOW", "scheduledFor": later})
    found = await api.get("/jobs/queue")
    assert set(found) == keys(Queue)
    assert [each["priority"] for each in found["lanes"]] == ["CRITICAL", "HIGH", "NORMAL", "LOW"]
    high, low = lane(found, "HIGH"), lane(found, "LOW")
    assert set(high) == keys(QueueLane)
    assert (high["waiting"], high["ready"], high["oldestJobId"]) == (2, 2, first["id"])
    assert high["oldestReadyAt"] == first["queuedAt"]
    assert (low["waiting"], low["ready"], low["scheduled"]) == (1, 0, 1)
    assert lane(found, "NORMAL")["started"] >= len(found["workers"]) == found["running"]

    # A worker has what it was given as soon as it is there.
    found = await eventually(
        lambda: api.get("/jobs/queue"), lambda told: all(w["taskId"] for w in told["workers"])
    )
    for worker in found["workers"]:
        assert set(worker) == keys(QueueWorker)
        assert (worker["status"], worker["taskId"], worker["priority"]) == ("busy", busy, "NORMAL")
        assert (await api.get(f"/jobs/{worker['jobId']}"))["executionId"] == worker["executionId"]
    assert set(found["delayed"]) == keys(QueueDelayed)
    assert (found["delayed"]["stepS"], sum(found["delayed"]["low"]), found["delayed"]["later"]) == (300, 1, 0)
    (coming,) = found["coming"]
    assert set(coming) == keys(QueueComing)
    assert (coming["id"], coming["dueAt"]) == (delayed["id"], delayed["scheduledFor"])
    asked = (await api.get("/jobs/queue", job_id=second["id"]))["job"]
    assert set(asked) == keys(QueueAsked)
    assert (asked["ready"], asked["ahead"]) == (True, 1)


async def test_a_retry_is_told_with_its_next_attempt(api):
    task = await api.task(FAILS)
    body = {"taskId": task["id"], "input": 1, "priority": "CRITICAL", "retryPolicy": {"delaySeconds": 600}}
    job = await api.post("/jobs", body)
    job = await api.until(f"/jobs/{job['id']}", "RETRYING")
    found = await api.get("/jobs/queue", task_id=task["id"], job_id=job["id"])
    critical = lane(found, "CRITICAL")
    assert (critical["ready"], critical["retrying"], critical["started"]) == (0, 1, 1)
    (coming,) = found["coming"]
    assert (coming["status"], coming["retryCount"], coming["dueAt"]) == ("RETRYING", 1, job["scheduledFor"])
    assert (found["job"]["ready"], found["job"]["ahead"]) == (False, None)
    await api.ask("POST", f"/jobs/{job['id']}/cancel", 200)


async def test_what_makes_no_sense_is_refused_and_what_is_not_there_is_not_made_up(api):
    for name in ("task_id", "job_id"):
        await api.fails("GET", f"/jobs/queue?{name}=x", 400)
    await api.fails("GET", "/jobs/queue?limit=5", 400)
    found = await api.get("/jobs/queue", task_id=999_999, job_id=999_999)
    assert found["job"] is None
    assert [each["waiting"] for each in found["lanes"]] == [0, 0, 0, 0]


async def test_the_topic_has_a_row_for_each_lane_and_says_what_it_means(api, ratchet, busy):
    assert (await ratchet.dialect()).can(Ability.QUEUE)
    jobs = [await api.post("/jobs", {"taskId": busy, "input": 1, "priority": "LOW"}) for _ in range(3)]
    seen = await JobQueue("jobs/queue", job=jobs[1]["id"]).fetch(ratchet)
    rows = {row["id"]: row for row in seen.rows}
    assert list(rows) == ["CRITICAL", "HIGH", "NORMAL", "LOW"]
    assert (rows["LOW"]["depth"], rows["LOW"]["share"], rows["LOW"]["pace"]) == (3, 1, "none")
    assert "higher priorities" not in rows["LOW"]["words"]
    assert seen.unfinished
    assert (seen.about["waiting"], seen.about["idle"]) == (3, 0)
    assert seen.about["job"]["id"] == jobs[1]["id"]
    assert "One ready job goes before it" in seen.about["job"]["estimate"]["words"]
