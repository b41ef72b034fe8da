"""`/metrics`, its text for Prometheus, and the workers, held against what really ran."""

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from tests.support.server import Api, eventually, transport

pytestmark = pytest.mark.asyncio(loop_scope="module")

SLEEPY = "async function main(ms) { await new Promise((done) => setTimeout(done, ms)) }"
FAILING = "function main() { throw new Error('as asked') }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def root(tmp_path_factory):
    """Return a client at the root of a server that ran three executions and one job."""
    async with (
        transport(tmp_path_factory.mktemp("metrics")) as reached,
        httpx.AsyncClient(transport=reached, base_url="http://localhost") as client,
        httpx.AsyncClient(transport=reached, base_url="http://localhost/api/v1") as below,
    ):
        api = client.api = Api(below)
        for value in (1, 30):
            await api.done(await api.run(SLEEPY, value))
        await api.done(await api.run(FAILING))
        client.retried = await api.task(FAILING)
        body = {"taskId": client.retried["id"], "input": None, "maxRetries": 1}
        job = await api.post("/jobs", body)
        await api.until(f"/jobs/{job['id']}", "FAILED")
        yield client


async def samples(root):
    """Return each sample of the text by its name and labels."""
    answer = await root.get("/metrics/prometheus")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in families}) == len(families)
    assert all(family.name.startswith("ratchet_") and family.documentation for family in families)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


async def test_a_client_of_prometheus_reads_what_the_rows_say(root):
    rows = await root.api.get("/executions", limit=100)
    runs = [row["durationMs"] for row in rows]
    waits = [row["waitMs"] for row in rows]
    found = await samples(root)
    assert len(runs) == found["ratchet_run_seconds_count",] == found["ratchet_started_total",] == 5
    assert found["ratchet_run_seconds_sum",] == pytest.approx(sum(runs) / 1000)
    assert found["ratchet_wait_seconds_count",] == len(waits)
    assert found["ratchet_wait_seconds_sum",] == pytest.approx(sum(waits) / 1000)
    for power in range(20):
        limit_ms = 2**power
        key = ("ratchet_run_seconds_bucket", ("le", repr(limit_ms / 1000)))
        assert found[key] == sum(run <= limit_ms for run in runs)
    assert found["ratchet_run_seconds_bucket", ("le", "+Inf")] == 5
    assert found["ratchet_ended_total", ("status", "completed")] == 2
    assert found["ratchet_ended_total", ("status", "failed")] == 3
    assert found["ratchet_executions", ("status", "failed")] == 3
    assert found["ratchet_jobs", ("status", "failed")] == 1
    assert (found["ratchet_queued_total",], found["ratchet_retried_total",]) == (4, 1)
    assert found["ratchet_queue_depth", ("priority", "critical")] == 0


async def test_requests_are_counted_by_route_never_by_path(root):
    await root.get("/api/v1/tasks/1")
    await root.get("/api/v1/tasks/2")
    await root.get("/api/v1/nothing/to/see")
    before = await samples(root)
    name = "ratchet_http_request_seconds_count"
    labels = {dict(key[1:])["route"] for key in before if key[0] == name}
    assert labels & {"/api/v1/tasks/{task_id}", "none"} == {"/api/v1/tasks/{task_id}", "none"}
    assert not [label for label in labels if any(part.isdigit() for part in label.split("/"))]
    key = (name, ("method", "GET"), ("route", "/api/v1/tasks/{task_id}"), ("status", "2xx"))
    await root.get("/api/v1/tasks/1")
    assert (await samples(root))[key] == before[key] + 1


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
async def test_the_metrics_of_the_contract_are_true_or_null(root, prefix):
    figures = (await root.get(f"{prefix}/metrics")).json()["stats"]
    application = figures["application"]
    assert application["executions"]["completedExecutions"] == 2
    assert application["executions"]["successRatePercent"] == 40
    assert application["jobs"]["retryCount"] == 1
    assert application["jobs"]["averageQueueTimeMs"] is not None
    assert application["database"]["connectionPoolSize"] >= application["database"]["activeConnections"]
    assert application["database"]["totalQueries"] > 10
    assert application["database"]["averageQueryTimeMs"] > 0
    assert figures["performance"]["requestsPerSecond"] > 0
    assert figures["performance"]["p99ResponseTimeMs"] >= figures["performance"]["p95ResponseTimeMs"] > 0
    assert figures["performance"]["errorRatePercent"] == 0
    assert (figures["systemInfo"]["rustVersion"], figures["resources"]["heapUsedMb"]) == ("", None)
    assert figures["resources"]["memoryUsageMb"] > 10
    assert 0 < figures["resources"]["memoryUsagePercent"] < 100
    assert (await root.get(f"{prefix}/metrics/prometheus")).status_code == 200


async def test_the_probes_of_the_real_server_are_at_the_root(root):
    assert (await root.get("/live")).json()["status"] == "alive"
    for path in ("/ready", "/health/detailed"):
        answer = await root.get(path)
        assert (answer.status_code, answer.json()["status"]) == (200, "healthy")
    assert len((await root.get("/health/detailed")).json()["workers"]) == 2


async def test_workers_are_the_processes_that_run(root):
    api = root.api
    task = await api.task(SLEEPY)
    execution = await api.post("/executions", {"taskId": task["id"], "input": 60_000})

    async def busy():
        return [row for row in (await api.get("/workers"))["workers"] if row["status"] == "busy"]

    (row,) = await eventually(busy, lambda rows: len(rows) == 1)
    assert row["executionId"] == execution["id"]
    assert row["memoryBytes"] > 1_000_000
    stats = (await api.ask("GET", "/workers/stats", 200))["stats"]
    assert (stats["totalWorkers"], stats["busyWorkers"]) == (2, 1)
    await api.ask("POST", f"/executions/{execution['id']}/cancel", 200)
    rows = await eventually(
        lambda: api.get("/workers"),
        lambda found: all(row["status"] == "idle" for row in found["workers"]),
    )
    assert row["pid"] not in [each["pid"] for each in rows["workers"]]
    assert sum(each["executionsDone"] for each in rows["workers"]) <= 5
