"""The embedded server when it is killed, when the disk is full, when something stands in its way."""

import asyncio
import os
import signal
import socket
import sqlite3

import httpx
import pytest

from ratchet_web.server.store.directory import FILE_NAME
from tests.serving import Api, Process, alive, descendants, eventually, in_process, on_port

FOREVER = "async function main() { console.log('here'); await new Promise(() => {}) }"
INTERRUPTED = "Interrupted: the server stopped while it ran"


async def test_a_kill_loses_no_job_and_runs_none_twice_unseen(tmp_path):
    async with on_port(tmp_path, RATCHET_WORKERS="1") as (process, api):
        stuck = await api.task(FOREVER)
        quick = await api.task("function main(n) { return n }")
        once = await api.post("/executions", {"taskId": stuck["id"], "input": 1})
        await api.until(f"/executions/{once['id']}", "RUNNING")
        waiting = [await api.post("/jobs", {"taskId": quick["id"], "input": n}) for n in range(5)]
        direct = await api.post("/executions", {"taskId": quick["id"], "input": "direct"})
        family = process.family()
        await process.kill()
        assert not any(alive(pid) for pid in family)

        await process.start()
        assert (await api.get(f"/executions/{once['id']}"))["errorMessage"] == INTERRUPTED
        assert (await api.done(direct))["output"] == "direct"
        for job in waiting:
            await api.until(f"/jobs/{job['id']}", "COMPLETED")
            assert len(await api.get("/executions", job_id=job["id"])) == 1


async def test_an_interrupted_job_follows_its_retry_policy(tmp_path):
    async with on_port(tmp_path) as (process, api):
        task = await api.task(
            "async function main(_, context) { if (context.attempt === 1) await new Promise(() => {}) }"
        )
        jobs = {}
        for retries in (0, 1):
            body = {"taskId": task["id"], "input": None, "maxRetries": retries}
            jobs[retries] = (await api.post("/jobs", body))["id"]
            await api.until(f"/jobs/{jobs[retries]}", "PROCESSING")
        await process.kill()
        await process.start()
        assert (await api.until(f"/jobs/{jobs[0]}", "FAILED"))["errorMessage"] == INTERRUPTED
        assert (await api.until(f"/jobs/{jobs[1]}", "COMPLETED"))["retryCount"] == 1
        attempts = await api.get("/executions", job_id=jobs[1], _sort="id", _order="ASC")
        assert [(row["status"], row["errorMessage"]) for row in attempts] == [
            ("FAILED", INTERRUPTED),
            ("COMPLETED", None),
        ]


async def test_a_killed_worker_takes_only_its_own_execution_with_it(tmp_path):
    async with on_port(tmp_path, RATCHET_WORKERS="1") as (process, api):
        execution = await api.run(FOREVER)
        path = f"/executions/{execution['id']}"
        # Before its script begins it would simply be given to another worker.
        await eventually(lambda: api.get(path), lambda row: row["worker"])
        for pid in leaves(process):
            os.kill(pid, signal.SIGKILL)
        ended = await api.done(execution)
        assert (ended["status"], ended["errorMessage"].split(":")[0]) == ("FAILED", "WorkerError")
        assert (await api.done(await api.run("function main() { return 1 }")))["output"] == 1


def leaves(process: Process) -> list[int]:
    """Return the processes that have none below them: the workers."""
    return [pid for pid in process.family() if not descendants(pid)]


async def test_a_locked_database_is_told_and_work_goes_on_afterwards(tmp_path):
    async with in_process(tmp_path) as api:
        task = await api.task(
            "async function main() { await new Promise((r) => setTimeout(r, 100)); return 1 }"
        )
        running = await api.post("/executions", {"taskId": task["id"], "input": 1})
        await api.until(f"/executions/{running['id']}", "RUNNING")
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        error = await api.fails("POST", "/executions", 503, {"taskId": task["id"], "input": 1})
        assert (error["code"], "locked" in error["message"]) == ("SERVICE_UNAVAILABLE", True)
        assert (await api.get(f"/tasks/{task['id']}"))["id"] == task["id"]
        other.execute("ROLLBACK")
        other.close()
        assert (await api.done(running))["output"] == 1
        assert (await api.done(await api.run("function main() { return 2 }")))["output"] == 2


async def test_a_full_disk_is_told_and_work_goes_on_afterwards(tmp_path):
    """The disk is a file size limit of the process: SQLite meets the same error."""
    import resource

    async with in_process(tmp_path) as api:
        task = await api.task("function main() { return 1 }")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (tmp_path / f"{FILE_NAME}-wal").stat().st_size
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            body = {"taskId": task["id"], "input": "x" * 1_000_000}
            error = await api.fails("POST", "/executions", 503, body)
            assert "disk" in error["message"]
            await api.get("/tasks")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        made = await api.post("/executions", {"taskId": task["id"], "input": 1})
        assert (await api.done(made))["output"] == 1


async def test_a_used_port_is_refused_with_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, told = await refused(tmp_path, RATCHET_SERVER_PORT=str(taken.getsockname()[1]))
    assert code == 1
    assert "RATCHET_SERVER_PORT" in told
    assert told.count("\n") == 1


async def test_a_data_directory_in_use_is_refused_with_one_sentence(tmp_path):
    async with in_process(tmp_path):
        code, told = await refused(tmp_path)
    assert code == 1
    assert "Another server uses the data directory" in told
    assert told.count("\n") == 1


async def test_a_data_directory_that_cannot_be_written_is_refused_with_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    code, told = await refused(tmp_path / "file")
    assert code == 1
    assert "RATCHET_DATA_DIR" in told
    assert told.count("\n") == 1


async def refused(data_dir, **variables):
    """Return the exit code and what a server says that cannot start."""
    process = await Process(data_dir, **variables).launch()
    async with asyncio.timeout(15):
        _, told = await process.communicate()
    return process.returncode, told.decode()


async def test_a_hundred_thousand_lines_are_cut_not_fatal(tmp_path):
    async with in_process(tmp_path, task_log_lines=1_000) as api:
        ended = await api.done(
            await api.run("function main() { for (let i = 0; i < 1e5; i++) console.log(i) }")
        )
        assert ended["status"] == "COMPLETED"
        assert 1_000 <= ended["logLines"] <= 1_002


async def test_a_client_that_goes_away_leaves_the_server_well(tmp_path):
    async with on_port(tmp_path) as (_, api):
        execution = await api.run(FOREVER)
        path = f"{api.client.base_url}executions/{execution['id']}/logs?follow=true"
        for _ in range(5):
            async with httpx.AsyncClient() as client, client.stream("GET", path) as answer:
                await anext(answer.aiter_lines())
        assert isinstance(api, Api)
        await api.ask("POST", f"/executions/{execution['id']}/cancel", 200)


@pytest.mark.parametrize("count", [30])
async def test_many_jobs_survive_a_kill_at_any_moment(tmp_path, count):
    async with on_port(tmp_path) as (process, api):
        task = await api.task("function main(n) { return n }")
        made = [await api.post("/jobs", {"taskId": task["id"], "input": n}) for n in range(count)]
        await process.kill()
        await process.start()
        for number, job in enumerate(made):
            await api.until(f"/jobs/{job['id']}", "COMPLETED")
            attempts = await api.get("/executions", job_id=job["id"], _sort="id", _order="ASC")
            assert [row["status"] for row in attempts[:-1]] == ["FAILED"] * (len(attempts) - 1)
            assert attempts[-1]["output"] == number
        connection = sqlite3.connect(tmp_path / FILE_NAME)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = "SELECT status, sum(n) FROM job_counts GROUP BY 1 HAVING sum(n) > 0 ORDER BY 1"
        true = "SELECT status, count(*) FROM jobs GROUP BY 1 ORDER BY 1"
        assert connection.execute(kept).fetchall() == connection.execute(true).fetchall()
        connection.close()
