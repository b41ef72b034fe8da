"""The embedded server when it is killed, when the disk is full, when something stands in its way."""

import asyncio
import os
import signal
import socket
import sqlite3
from contextlib import suppress

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.faults import full_disk_here
from tests.support.server import Process, asked_on_port, descendants, eventually, in_process

FOREVER = "async function main() { console.log('here'); await new Promise(() => {}) }"
INTERRUPTED = "Interrupted: the server stopped while it ran"


async def test_a_kill_loses_no_job_and_runs_none_twice_unseen(tmp_path):
    async with asked_on_port(tmp_path, RATCHET_WORKERS="1") as (process, api):
        stuck = await api.task(FOREVER)
        quick = await api.task("function main(n) { return n }")
        early = [await api.post("/jobs", {"taskId": quick["id"], "input": n}) for n in range(20)]
        once = await api.post("/executions", {"taskId": stuck["id"], "input": 1})
        await api.until(f"/executions/{once['id']}", "RUNNING")
        late = [await api.post("/jobs", {"taskId": quick["id"], "input": n}) for n in range(5)]
        direct = await api.post("/executions", {"taskId": quick["id"], "input": "direct"})
        await asyncio.to_thread(process.kill)

        await asyncio.to_thread(process.start)
        assert (await api.get(f"/executions/{once['id']}"))["errorMessage"] == INTERRUPTED
        assert (await api.done(direct))["output"] == "direct"
        for job in (*early, *late):
            await api.until(f"/jobs/{job['id']}", "COMPLETED")
            attempts = await api.get("/executions", job_id=job["id"], _sort="id", _order="ASC")
            assert attempts[-1]["output"] == job["input"]
            assert {row["errorMessage"] for row in attempts[:-1]} <= {INTERRUPTED}
        for job in late:
            assert len(await api.get("/executions", job_id=job["id"])) == 1
    await asyncio.to_thread(check_integrity, tmp_path / FILE_NAME)


def check_integrity(file):
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for noun in ("execution", "job"):
        kept = f"SELECT status, sum(n) FROM {noun}_counts GROUP BY 1 HAVING sum(n) > 0 ORDER BY 1"
        true = f"SELECT status, count(*) FROM {noun}s GROUP BY 1 ORDER BY 1"
        assert connection.execute(kept).fetchall() == connection.execute(true).fetchall()
    connection.close()


async def test_an_interrupted_job_follows_its_retry_policy_and_a_killed_server_comes_back(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        source = """async function main(_, context) {
          if (context.attempt === 1) await new Promise(() => {});
        }"""
        task = await api.task(source)
        jobs = {}
        for retries in (0, 1):
            body = {"taskId": task["id"], "input": None, "maxRetries": retries}
            jobs[retries] = (await api.post("/jobs", body))["id"]
            await api.until(f"/jobs/{jobs[retries]}", "PROCESSING")
        os.kill(process.family()[0], signal.SIGKILL)
        await asyncio.to_thread(process.wait_for_answer)
        assert (await api.until(f"/jobs/{jobs[0]}", "FAILED"))["errorMessage"] == INTERRUPTED
        assert (await api.until(f"/jobs/{jobs[1]}", "COMPLETED"))["retryCount"] == 1
        attempts = await api.get("/executions", job_id=jobs[1], _sort="id", _order="ASC")
        assert [(row["status"], row["errorMessage"]) for row in attempts] == [
            ("FAILED", INTERRUPTED),
            ("COMPLETED", None),
        ]


async def test_a_killed_worker_takes_only_its_own_execution_with_it(tmp_path):
    async with in_process(tmp_path, workers=1) as api:
        execution = await api.run(FOREVER)
        path = f"/executions/{execution['id']}"
        # Before its script begins it would simply be given to another worker.
        await eventually(lambda: api.get(path), lambda row: row["worker"])
        for pid in descendants(os.getpid()):
            # Some of another test may be about to end by themselves.
            if not descendants(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        ended = await api.done(execution)
        assert (ended["status"], ended["errorMessage"].split(":")[0]) == ("FAILED", "WorkerError")
        assert (await api.done(await api.run("function main() { return 1 }")))["output"] == 1


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
    async with in_process(tmp_path) as api:
        task = await api.task("function main() { return 1 }")
        with full_disk_here():
            for size in (1, 1_000_000):
                body = {"taskId": task["id"], "input": "x" * size}
                error = await api.fails("POST", "/executions", 503, body)
                assert "disk" in error["message"]
            await api.get("/tasks")
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
    process = Process(data_dir, **variables).launch()
    _, told = await asyncio.to_thread(process.communicate, timeout=15)
    return process.returncode, told


async def test_a_hundred_thousand_lines_are_cut_not_fatal(tmp_path):
    async with in_process(tmp_path, task_log_lines=1_000) as api:
        ended = await api.done(
            await api.run("function main() { for (let i = 0; i < 1e5; i++) console.log(i) }")
        )
        assert ended["status"] == "COMPLETED"
        assert 1_000 <= ended["logLines"] <= 1_002
