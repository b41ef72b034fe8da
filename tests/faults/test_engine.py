"""Processes of the engine die at any moment; nothing is left behind and the pool goes on."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import psutil
import pytest
import pytest_asyncio

from ratchet_web.server.engine import pool as pools
from ratchet_web.server.engine.attempt import Attempt, NeverStartedError
from ratchet_web.server.engine.handle import Handle
from ratchet_web.server.engine.launcher import Spawner, best_launcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

pytestmark = pytest.mark.asyncio(loop_scope="session")

ENDLESS = "async function main() { console.log('now'); for (;;); }"

SERVER = """
import asyncio, json, os, socket, psutil
from ratchet_web.server.engine.pool import Pool
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

async def main():
    listening = socket.create_server(("127.0.0.1", 0))
    os.set_inheritable(listening.fileno(), True)
    pool = Pool(3, Settings())
    await pool.start()
    heard = Heard(), Heard()
    bodies = "for (;;);", "await sleep(1e6);"
    sources = [f"async function main() {{ console.log(1); {body} }}" for body in bodies]
    running = [asyncio.create_task(pool.run(work(s, timeout_s=60), h)) for s, h in zip(sources, heard)]
    for each in heard:
        await each.spoke.wait()
    children = [child.pid for child in psutil.Process().children(recursive=True)]
    print(json.dumps({"port": listening.getsockname()[1], "children": children}), flush=True)
    await asyncio.gather(*running)

asyncio.run(main())
"""


def workers() -> list[psutil.Process]:
    return [worker for starter in starters() for worker in starter.children()]


def starters() -> list[psutil.Process]:
    """The direct children of the tests that the engine started: fork servers, or workers started singly."""
    return [child for child in psutil.Process().children() if of_engine(child)]


def of_engine(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        command = " ".join(process.cmdline())
        return "engine.forkserver" in command or "spawn_main" in command
    return False


async def until(condition, seconds: float = 3) -> None:
    """Look until it is so: what other processes do cannot be waited for otherwise."""
    for _ in range(int(seconds * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest_asyncio.fixture(loop_scope="session")
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(2, Settings())
    await pool.start()
    await until(lambda: pool.free == 2)
    yield pool
    await pool.stop()
    assert starters() == []


async def begin(pool: Pool, source: str = ENDLESS) -> "asyncio.Task":
    heard = Heard()
    running = asyncio.create_task(pool.run(work(source, timeout_s=60), heard))
    await heard.spoke.wait()
    return running


async def test_a_killed_worker_is_named_as_the_reason_and_replaced(pool):
    running = await begin(pool)
    for worker in workers():
        worker.kill()
    outcome = await running
    assert outcome.kind == "failed"
    assert outcome.error.name == "WorkerError"
    assert outcome.error.message == "The worker process of this execution was killed from outside"
    await until(lambda: pool.free == 2)


async def test_an_idle_worker_that_is_killed_is_replaced(pool):
    victims = workers()
    for victim in victims:
        victim.kill()
    await until(lambda: pool.free == 2 and not {v.pid for v in victims} & {w.pid for w in workers()})
    assert (await pool.run(work("function main() { return 1; }"), Heard())).output_json == "1"


async def test_work_given_to_a_worker_that_just_died_goes_to_another_one(pool):
    for victim in workers():
        victim.kill()
    outcomes = await asyncio.gather(
        *(pool.run(work("function main() { return 1; }"), Heard()) for _ in range(4))
    )
    assert [outcome.output_json for outcome in outcomes] == ["1"] * 4


async def test_a_dead_worker_takes_nothing():
    launcher = best_launcher()
    handle = await Handle.start("worker", launcher)
    await handle.begun()
    handle.kill()
    await handle.dead.wait()
    attempt = Attempt({"timeout_s": 1}, Heard(), "worker", fetch=None, deliver=handle.deliver)
    handle.give(attempt)
    with pytest.raises(NeverStartedError):
        await attempt.outcome
    await launcher.close()


async def test_a_worker_that_does_not_keep_the_time_limit_is_killed(pool):
    heard = Heard()
    running = asyncio.create_task(pool.run(work(ENDLESS, timeout_s=0.5), heard))
    await heard.spoke.wait()
    for worker in workers():
        worker.suspend()
    outcome = await running
    assert outcome.error.message == "Ran longer than 0.5 s (limit)"
    for worker in workers():
        worker.resume()
    await until(lambda: pool.free == 2)


async def test_the_pool_outlives_the_process_that_starts_its_workers(pool):
    running = await begin(pool)
    [fork_server] = starters()
    fork_server.kill()
    assert (await running).error.name == "WorkerError"
    await until(lambda: pool.free == 2)
    assert (await pool.run(work("function main() { return 1; }"), Heard())).output_json == "1"


async def test_stop_ends_what_runs_and_leaves_no_process():
    pool = Pool(2, Settings())
    await pool.start()
    running = await begin(pool)
    began = time.monotonic()
    await pool.stop()
    assert (await running).error.message == "The server was stopped while this ran"
    assert time.monotonic() - began < 8
    assert starters() == []


async def test_workers_get_neither_secrets_nor_open_files(monkeypatch):
    monkeypatch.setenv("RATCHET_API_TOKEN", "secret")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.set_inheritable(listening.fileno(), True)
        pool = Pool(1, Settings())
        await pool.start()
        [worker] = workers()
        assert "RATCHET_API_TOKEN" not in worker.environ()
        assert worker.open_files() == []
        assert [c for c in worker.net_connections("all") if c.family != socket.AF_UNIX] == []
        # Its own socket, the event loop's two ends to wake itself, its poll, the standard three, and what
        # Python writes to the terminal by, as V8 may not.
        assert worker.num_fds() <= 8
        await pool.stop()


async def test_nobody_outlives_a_server_that_is_killed():
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, stdout=subprocess.PIPE)
    told = json.loads(await server.stdout.readline())
    orphans = [psutil.Process(pid) for pid in told["children"]]
    assert len(orphans) == 4
    server.kill()
    await server.wait()
    await until(lambda: all(map(ended, orphans)), 1)
    with socket.create_server(("127.0.0.1", told["port"])):
        pass


async def test_without_a_fork_server_workers_are_started_one_by_one():
    pool = Pool(1, Settings(), Spawner())
    await pool.start()
    assert (await pool.run(work("function main() { return 1; }"), Heard())).output_json == "1"
    running = await begin(pool)
    [worker] = starters()
    worker.kill()
    assert (await running).error.name == "WorkerError"
    await pool.wait_free()
    await pool.stop()


async def test_a_machine_that_cannot_run_workers_is_told_so(monkeypatch):
    monkeypatch.setattr(pools, "START_LIMIT_S", 0.5)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(pools.NoWorkersError):
        await Pool(1, Settings()).start()
    assert starters() == []
