"""Statistics and series on a server that ran things."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.support.server import eventually, in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

MIXED = """async function main(input) {
  if (input.fail) throw new Error("as asked");
  await new Promise((done) => setTimeout(done, input.ms));
}"""
RUNS = [{"ms": 1}, {"ms": 20}, {"ms": 40}, {"fail": True}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    async with in_process(tmp_path_factory.mktemp("stats")) as reached:
        reached.task_ = await reached.task(MIXED)
        reached.other = await reached.task("function main() {}")
        for value in RUNS:
            body = {"taskId": reached.task_["id"], "input": value}
            await reached.done(await reached.post("/executions", body))
        job = await reached.post("/jobs", {"taskId": reached.other["id"], "input": {}})
        await reached.until(f"/jobs/{job['id']}", "COMPLETED")
        late = {"taskId": reached.other["id"], "input": {}, "scheduledFor": "2999-01-01T00:00:00Z"}
        await reached.post("/jobs", late)
        yield reached


async def stats(api, path, **params):
    return (await api.ask("GET", path, 200, params=params))["stats"]


async def test_executions_are_counted_with_their_true_times(api):
    rows = await api.get("/executions")
    runs = sorted(row["durationMs"] for row in rows if row["status"] in ("COMPLETED", "FAILED"))
    for period in ("1h", "24h", "7d", "30d"):
        found = await stats(api, "/executions/stats", period=period)
        assert (found["completedExecutions"], found["failedExecutions"], found["totalExecutions"]) == (
            4,
            1,
            5,
        )
        assert found["successRate"] == 80
        assert found["durationMs"] == {
            "p50": runs[2],
            "p95": runs[4],
            "p99": runs[4],
            "mean": sum(runs) / 5,
        }
        assert found["averageDurationMs"] == sum(runs) / 5
        assert (found["percentileErrorPercent"], found["executionsLast24h"]) == (0, 5)
    found = await stats(api, "/executions/stats")
    assert (found["completedExecutions"], found["from"]) == (4, None)
    assert abs(found["durationMs"]["p95"] - runs[4]) <= runs[4] * found["percentileErrorPercent"] / 100
    assert found["percentileErrorPercent"] <= 5


async def test_a_period_that_is_over_counts_what_ended_before(api):
    now = datetime.now(UTC)
    found = await stats(api, "/executions/stats", period="1h", to=(now - timedelta(hours=2)).isoformat())
    assert (found["totalExecutions"], found["completedExecutions"], found["successRate"]) == (0, 0, None)
    assert (found["runningExecutions"], found["executionsLast24h"]) == (None, None)
    for wrong in (
        {"period": "all", "to": now.isoformat()},
        {"period": "1h", "to": (now + timedelta(hours=1)).isoformat()},
        {"period": "30d", "to": (now - timedelta(days=1)).isoformat()},
    ):
        await api.ask("GET", "/executions/stats", 400, params=wrong)


async def test_one_task_is_counted_alone(api):
    for period in ("1h", "all"):
        found = await stats(api, "/executions/stats", period=period, task_id=api.other["id"])
        assert (found["totalExecutions"], found["successRate"]) == (1, 100)
        found = await stats(api, "/executions/stats", period=period, task_id=10**6)
        assert (found["totalExecutions"], found["successRate"], found["averageDurationMs"]) == (0, None, None)
        assert found["durationMs"] == {"p50": None, "p95": None, "p99": None, "mean": None}


async def test_jobs_are_counted_apart_from_direct_executions(api):
    for period in ("1h", "all"):
        found = await stats(api, "/jobs/stats", period=period)
        assert (found["completedJobs"], found["queuedJobs"], found["totalJobs"]) == (1, 1, 2)
        assert (found["successRate"], found["jobsLast24h"]) == (100, 2)
    only = await stats(api, "/jobs/stats", task_id=api.task_["id"])
    assert (only["totalJobs"], only["successRate"]) == (0, None)


async def test_tasks_are_ranked(api):
    for period in ("1h", "all"):
        ranked = {
            sort: [
                row["taskId"]
                for row in (await stats(api, "/executions/stats/tasks", period=period, _sort=sort))["tasks"]
            ]
            for sort in ("failed", "slowest", "runs")
        }
        assert set(map(tuple, ranked.values())) == {(api.task_["id"], api.other["id"])}
        (first,) = (await stats(api, "/executions/stats/tasks", period=period, limit=1))["tasks"]
        assert (first["runs"], first["failed"], first["failureRate"]) == (4, 1, 25)


async def test_tasks_and_schedules_have_statistics(api):
    assert (await stats(api, "/tasks/stats"))["totalTasks"] >= 2
    assert (await stats(api, "/schedules/stats", period="7d"))["averageExecutionIntervalMinutes"] is None
    answer = await api.ask("GET", "/schedules/stats?period=7d", 200)
    assert answer["period"] == "7d"


async def test_an_unknown_period_is_refused_by_name(api):
    for noun in ("tasks", "executions", "jobs", "schedules"):
        error = await api.fails("GET", f"/{noun}/stats?period=2h", 400)
        assert error["details"][0]["field"] == "period"
    await api.fails("GET", "/tasks/stats?task_id=1", 400)


async def test_series_hold_what_happened_and_know_when_nothing_did(api):
    for resolution in ("1s", "1m", "15m"):
        found = await api.get("/series", resolution=resolution)
        known = [n for n in found["completed"] if n is not None]
        assert (sum(known), sum(n or 0 for n in found["failed"])) == (4, 1)
        assert found["completed"][0] is None, "the server was not there yet"
        assert found["completed"][-1] is not None
        assert len({len(found[name]) for name in ("start", "queued", "started", "retried")}) == 1
        assert sum(n or 0 for n in found["queued"]) == 6
    # The first look comes before the workers do.
    await eventually(
        lambda: api.get("/series", resolution="1s"),
        lambda found: found["gauges"]["workers"]["max"][-2] == 2,
    )


async def test_series_of_one_task_have_no_gauges(api):
    found = await api.get("/series", resolution="15m", task_id=api.other["id"])
    assert (sum(n or 0 for n in found["completed"]), found["gauges"]) == (1, None)
    found = await api.get("/series", resolution="15m", task_id=10**6)
    assert found["completed"][-1] == 0


async def test_a_range_that_is_no_range_is_refused(api):
    late, early = "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"
    error = await api.fails("GET", f"/series?from={late}&to={early}", 400)
    assert error["details"][0] == {"field": "from", "message": "must be before to"}
    error = await api.fails("GET", f"/series?resolution=1s&from={early}&to={late}", 400)
    assert error["details"][0]["field"] == "from"
    await api.fails("GET", "/series?resolution=5m", 400)
    for beyond in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        await api.fails("GET", f"/series?to={beyond}", 400)


async def test_longer_buckets_are_put_together_of_the_kept_ones(api):
    quarters = await api.get("/series", resolution="15m", task_id=api.task_["id"])
    for resolution in ("1h", "6h"):
        found = await api.get("/series", resolution=resolution, task_id=api.task_["id"])
        assert found["resolution"] == resolution
        assert sum(n or 0 for n in found["completed"]) == sum(n or 0 for n in quarters["completed"]) == 3
        assert found["failed"][-1] == 1
        assert found["durationMs"]["p50"][-1] is not None
        assert len(found["start"]) <= 30 * 24 + 1


async def test_jobs_that_match_are_counted_by_status(api):
    every = await api.get("/jobs/counts")
    rows = await api.get("/jobs", limit=100)
    assert every == {
        status: sum(row["status"].lower() == status for row in rows)
        for status in ("queued", "processing", "completed", "failed", "cancelled", "retrying")
    }
    failed = await api.get("/jobs/counts", has_error="true", max_retries_gte=0)
    assert failed["failed"] + failed["retrying"] == sum(row["errorMessage"] is not None for row in rows)
    assert (await api.get("/jobs/counts", queued_after="2300-01-01T00:00:00Z"))["completed"] == 0
    await api.fails("GET", "/jobs/counts?limit=5", 400)


async def test_what_matches_is_counted_by_status_and_by_time(api):
    counts = await api.get("/executions/counts", task_id=api.task_["id"])
    assert counts == {"pending": 0, "running": 0, "completed": 3, "failed": 1, "cancelled": 0}
    slow = await api.get("/executions/counts", duration_gte=15, queued_after="2020-01-01T00:00:00Z")
    rows = await api.get("/executions")
    assert slow["completed"] == sum(r["durationMs"] >= 15 for r in rows if r["status"] == "COMPLETED") >= 2
    first = min(row["queuedAt"] for row in rows)
    params = {"queued_after": first, "queued_before": "2300-01-01T00:00:00Z", "step_s": 366 * 86_400}
    found = await api.get("/executions/density", **params)
    assert (sum(found["completed"]), sum(found["failed"]), found["stepS"]) == (4, 1, 366 * 86_400)
    assert found["start"] <= first
    assert len({len(found[status]) for status in counts}) == 1


async def test_a_density_needs_a_window_that_can_be_drawn(api):
    window = {"queued_after": "2026-01-02T00:00:00Z", "queued_before": "2026-01-01T00:00:00Z", "step_s": 60}
    for change in ({}, {"queued_before": "2027-01-01T00:00:00Z"}, {"step_s": 0}, {"page": 1}):
        await api.ask("GET", "/executions/density", 400, params=window | change)
    del window["queued_after"]
    await api.ask("GET", "/executions/density", 400, params=window)
