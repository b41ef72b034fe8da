"""`/health` tells the truth about workers and loops."""

import json
from contextlib import asynccontextmanager

from ratchet_web.server.clock import Clock
from ratchet_web.server.engine.launcher import best_launcher
from ratchet_web.server.routes.monitoring import health
from ratchet_web.server.server import Server
from ratchet_web.server.store.executions import NewRow
from ratchet_web.settings import Settings
from tests.support.server import eventually


@asynccontextmanager
async def served(data_dir, workers):
    server = await Server.start(Settings(data_dir=data_dir, workers=workers), Clock())
    try:
        yield server
    finally:
        await server.stop()


async def told(server):
    """Return the status code, the status, and the status of each check."""
    answer = await health(server)
    body = json.loads(answer.body)
    return answer.status_code, body["status"], {check["name"]: check["status"] for check in body["checks"]}


def refuse_to_start(monkeypatch, *, from_now):
    """Let the system have no more processes, once so many more were started."""
    kind = type(best_launcher())
    launch = kind.launch
    left = [None] * from_now

    async def refused(launcher):
        if not left:
            raise OSError("no more processes")
        left.pop()
        return await launch(launcher)

    monkeypatch.setattr(kind, "launch", refused)


async def test_a_server_that_does_everything_is_healthy(tmp_path):
    parts = {"database": "healthy", "workers": "healthy", "queue": "healthy", "schedules": "healthy"}
    async with served(tmp_path, workers=1) as server:
        assert await told(server) == (200, "healthy", parts)


async def test_with_fewer_workers_than_it_should_have_it_is_degraded(tmp_path, monkeypatch):
    refuse_to_start(monkeypatch, from_now=1)
    async with served(tmp_path, workers=2) as server:
        code, status, checks = await told(server)
        assert (code, status, checks["workers"]) == (200, "degraded", "degraded")
        monkeypatch.undo()
        await eventually(lambda: told(server), lambda found: found[1] == "healthy")


async def test_without_a_worker_it_is_unhealthy(tmp_path, monkeypatch):
    async with served(tmp_path, workers=1) as server:
        refuse_to_start(monkeypatch, from_now=0)
        endless = {"name": "endless", "version": "1.0.0", "enabled": True, "source_code": ENDLESS}
        task = await server.store.tasks.add(endless, server.now_ms())
        execution = await server.store.executions.add(NewRow(task.id, task.version, "{}"), server.now_ms())
        server.queue.wake()
        await eventually(
            lambda: server.store.executions.get(execution.id), lambda row: row.worker is not None
        )
        await server.queue.cancel(execution.id)
        await eventually(lambda: told(server), lambda found: found[:2] == (503, "unhealthy"))
        assert (await told(server))[2]["workers"] == "unhealthy"


async def test_with_a_loop_that_stands_still_it_is_unhealthy(tmp_path):
    async with served(tmp_path, workers=1) as server:
        await server.scheduler.stop()
        code, status, checks = await told(server)
        assert (code, status, checks["schedules"], checks["queue"]) == (
            503,
            "unhealthy",
            "unhealthy",
            "healthy",
        )
        await server.queue.stop()
        assert (await told(server))[2]["queue"] == "unhealthy"


ENDLESS = "async function main() { await new Promise(() => {}) }"
QUICK = "function main() { return 1; }"


async def test_it_answers_before_its_workers_are_there_and_then_runs_what_waited(tmp_path, monkeypatch):
    refuse_to_start(monkeypatch, from_now=0)
    async with served(tmp_path, workers=1) as server:
        quick = {"name": "quick", "version": "1.0.0", "enabled": True, "source_code": QUICK}
        task = await server.store.tasks.add(quick, server.now_ms())
        execution = await server.store.executions.add(NewRow(task.id, task.version, "{}"), server.now_ms())
        server.queue.wake()
        assert (await told(server))[2]["database"] == "healthy"
        await eventually(lambda: told(server), lambda found: found[:2] == (503, "unhealthy"))
        monkeypatch.undo()
        ended = await eventually(lambda: server.store.executions.get(execution.id), lambda row: row.output)
        assert ended.output == "1"
