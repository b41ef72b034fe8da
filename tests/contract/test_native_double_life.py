"""What the double of the native server does by itself: it limits, works jobs off, and fires schedules."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio

from tests.doubles.native import Native, StillClock, native, native_on_port

SECONDLY = "*/5 * * * * *"


@pytest_asyncio.fixture
async def double():
    async with native(limited=False) as double:
        yield double


async def ask(double: Native, method: str, path: str, body=None, at: str = "/api/v1") -> httpx.Response:
    async with httpx.AsyncClient(transport=double.transport, base_url=double.url + at) as client:
        return await client.request(method, path, json=body)


async def row(double: Native, path: str) -> dict:
    return (await ask(double, "GET", path)).json()["data"]


async def total(double: Native, noun: str) -> int:
    return (await ask(double, "GET", f"/{noun}")).json()["meta"]["pagination"]["total"]


async def job(double: Native, **more) -> str:
    answer = await ask(double, "POST", "/jobs", {"taskId": "1", "input": {"n": 1}, **more})
    return answer.json()["data"]["id"]


async def test_a_job_waits_for_the_next_pass_and_completes_by_itself(double):
    id = await job(double)
    statuses = []
    for seconds in (4.9, 0.15, 0.1):
        double.advance(seconds)
        statuses.append((await row(double, f"/jobs/{id}"))["status"])
    assert statuses == ["QUEUED", "PROCESSING", "COMPLETED"]


async def test_its_execution_has_neither_its_input_nor_a_link_but_in_the_output(double):
    id = await job(double)
    double.advance(6)
    (execution,) = await row(double, "/executions")
    message = {"status": "success", "message": "Job completed successfully", "job_id": id}
    assert (execution["input"], execution["output"], execution["durationMs"]) == ({}, message, 100)


async def test_ten_jobs_a_pass_high_ones_last(double):
    high = await job(double, priority="HIGH")
    others = [await job(double, priority="LOW") for _ in range(10)]
    double.advance(7)
    assert [(await row(double, f"/jobs/{id}"))["status"] for id in others] == ["COMPLETED"] * 10
    assert (await row(double, f"/jobs/{high}"))["status"] == "QUEUED"


async def test_sixty_jobs_take_more_than_half_a_minute(double):
    for _ in range(60):
        double.add_job()
    double.advance(30)
    assert (await ask(double, "GET", "/jobs?status=QUEUED")).json()["meta"]["pagination"]["total"]
    double.advance(10)
    assert not (await ask(double, "GET", "/jobs?status=QUEUED")).json()["data"]


async def test_a_job_for_later_waits(double):
    later = (datetime(2025, 7, 7, 9, tzinfo=UTC) + timedelta(seconds=8)).isoformat()
    id = await job(double, scheduledFor=later)
    double.advance(7.9)
    assert (await row(double, f"/jobs/{id}"))["status"] == "QUEUED"
    double.advance(2.5)
    assert (await row(double, f"/jobs/{id}"))["status"] == "COMPLETED"


async def test_a_cancelled_job_never_starts_but_a_retry_runs_it(double):
    id = await job(double)
    await ask(double, "POST", f"/jobs/{id}/cancel")
    double.advance(20)
    assert await total(double, "executions") == 0
    told = (await ask(double, "POST", f"/jobs/{id}/retry")).json()
    assert told["retry_at"] == (await row(double, f"/jobs/{id}"))["scheduledFor"]
    double.advance(6)
    assert await total(double, "executions") == 1


async def test_a_created_execution_never_runs(double):
    await ask(double, "POST", "/executions", {"taskId": "1", "input": {}})
    double.advance(60)
    assert (await row(double, "/executions/1"))["status"] == "PENDING"


async def test_a_new_database_has_a_heartbeat_every_five_minutes(double):
    assert [task["name"] for task in await row(double, "/tasks")] == ["heartbeat"]
    (heartbeat,) = await row(double, "/schedules")
    assert (heartbeat["name"], heartbeat["nextRun"]) == ("system_heartbeat", "2025-07-07T09:05:00Z")
    double.advance(3600)
    assert await total(double, "jobs") == 12
    assert (await row(double, "/schedules/1"))["nextRun"] == "2025-07-07T09:05:00Z"
    stats = (await ask(double, "GET", "/schedules/stats")).json()["stats"]
    assert stats["schedulesReadyToRun"] == 1


async def test_disabling_does_not_stop_a_timer_and_enabling_doubles_it(double):
    body = {"taskId": "1", "name": "fast", "cronExpression": SECONDLY}
    id = (await ask(double, "POST", "/schedules", body)).json()["data"]["id"]
    fired = []
    for act in ("", "disable", "enable", "delete"):
        if act == "delete":
            await ask(double, "DELETE", f"/schedules/{id}")
        elif act:
            await ask(double, "POST", f"/schedules/{id}/{act}")
        before = await total(double, "jobs")
        double.advance(30)
        fired.append(await total(double, "jobs") - before)
    assert fired == [6, 6, 12, 0]


async def test_a_firing_leaves_its_trace_in_updated_at_alone(double):
    schedule = double.add_schedule("fast", SECONDLY)
    before = (await row(double, f"/schedules/{schedule.id}"))["updatedAt"]
    double.advance(6)
    after = await row(double, f"/schedules/{schedule.id}")
    assert after["updatedAt"] > before
    assert (after["lastRun"], after["nextRun"]) == (None, None)


@pytest.mark.parametrize(("cron", "fires"), [("0 0 10 * * 1", 1), ("0 0 10 * * 2", 0), ("0 0 10 * * MON", 1)])
async def test_weekday_1_is_monday_when_it_fires(cron, fires):
    async with native(limited=False, works=False, empty=True) as double:
        double.add_schedule("weekly", cron, double.add_task())
        double.advance(2 * 3600)
        assert len(double.state.jobs) == fires


@pytest.mark.parametrize("cron", ["0 0 * * * * *", "0 0 9 31 2 *"])
async def test_a_year_and_an_impossible_day_never_fire(cron):
    async with native(limited=False, works=False, empty=True) as double:
        double.add_schedule("never", cron, double.add_task())
        double.advance(2 * 3600)
        assert len(double.state.jobs) == 0


async def test_a_restart_stops_what_was_disabled_and_brings_the_heartbeat_back(double):
    fast = double.add_schedule("fast", SECONDLY)
    for id in (1, fast.id):
        await ask(double, "POST", f"/schedules/{id}/disable")
    double.restart()
    assert [(row["id"], row["name"]) for row in await row(double, "/schedules")] == [
        ("3", "system_heartbeat")
    ]
    before = await total(double, "jobs")
    double.advance(60)
    assert await total(double, "jobs") == before


async def test_a_schedule_with_a_year_stops_all_others_at_the_next_start(double):
    double.add_schedule("fast", SECONDLY)
    double.add_schedule("year", "0 0 9 * * * *")
    double.restart()
    double.advance(60)
    assert await total(double, "jobs") == 0


async def test_fifty_at_once_then_five_a_second():
    async with native() as double:
        statuses = [(await ask(double, "GET", "/tasks")).status_code for _ in range(51)]
        assert statuses == [200] * 50 + [429]
        refused = await ask(double, "GET", "/tasks")
        assert refused.json() == {"error": {"code": "RATE_LIMITED", "message": "Rate limit exceeded"}}
        assert "retry-after" not in refused.headers
        double.advance(1)
        assert [(await ask(double, "GET", "/tasks")).status_code for _ in range(6)] == [200] * 5 + [429]


async def test_all_callers_share_the_day_and_refused_ones_count():
    async with native(daily=60) as double:
        for _ in range(60):
            await ask(double, "GET", "/tasks")
        double.advance(60)
        assert (await ask(double, "GET", "/tasks")).status_code == 429
        double.advance(15 * 3600)
        assert (await ask(double, "GET", "/tasks")).status_code == 200


async def test_what_is_outside_the_limiter():
    async with native(burst=1, per_s=0.0) as double:
        assert (await ask(double, "GET", "/health", at="")).status_code == 200
        assert (await ask(double, "GET", "/live", at="")).status_code == 429
        assert (await ask(double, "GET", "/nothing")).status_code == 404
        assert (await ask(double, "OPTIONS", "/tasks")).status_code == 200
        assert (await ask(double, "GET", "/", at="")).status_code == 200
        query = {"query": "{ health { message } }"}
        assert (await ask(double, "POST", "/graphql", query, at="")).status_code == 200
        assert (double.spent.rest, double.spent.refused, double.spent.graphql) == (2, 1, 1)
        assert double.requests[0] == ("GET", "/health")


async def test_thousands_of_rows_are_made_and_listed_quickly():
    start = datetime(2025, 7, 1, tzinfo=UTC)
    async with native(StillClock(start), works=False) as double:
        for n in range(10_000):
            double.add_execution(status="FAILED", queued_at=start + timedelta(seconds=n))
        page = (await ask(double, "GET", "/executions?limit=1")).json()
        assert (page["data"][0]["id"], page["meta"]["pagination"]["total"]) == ("10000", 10_000)


def test_on_a_port_it_is_a_server():
    with (
        native_on_port(pass_s=0.05, burst=2, per_s=0) as running,
        httpx.Client(base_url=running.url) as client,
    ):
        (id,) = running.add("execution", status="FAILED", queued_at="2025-07-01T00:00:00+00:00")
        assert client.get(f"/executions/{id}").json()["data"]["queuedAt"] == "2025-07-01T00:00:00Z"
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/executions?page=4294967295&limit=100")
        assert client.get("/tasks").status_code == 429
        assert running.spent() == {"rest": 3, "refused": 1, "graphql": 0}
