"""Processes of the real server's engine are killed while their executions print and fetch."""

import asyncio

import psutil

from tests.faults import kills
from tests.support.faults import serving
from tests.support.server import asked_on_port, eventually

BUSY = """
async function main(input, context) {
  for (;;) {
    console.log("x".repeat(1000));
    await fetch(`${input}/${context.executionId}`);
  }
}
"""
WHY = "WorkerError: The worker process of this execution was killed from outside"


async def test_a_killed_engine_fails_only_what_it_ran_and_comes_back(tmp_path):
    variables = {"RATCHET_FETCH_ALLOW": "127.0.0.1", "RATCHET_WORKERS": "2"}
    async with kills.witnessing() as witness, asked_on_port(tmp_path, **variables) as (process, api):
        task = await api.task(BUSY)
        for killed, failing in (("worker", 1), ("starter", 2), ("both", 2)):
            witness.begun.clear()
            body = {"taskId": task["id"], "input": witness.url}
            made = [await api.post("/executions", body) for _ in range(2)]
            await eventually(lambda: asyncio.sleep(0), lambda _: len(witness.begun) == 2)
            for victim in victims(process)[killed]:
                victim.kill()
            rows = await eventually(
                lambda made=made: all_of(api, made), lambda rows, n=failing: ended(rows) == n
            )
            assert {row["errorMessage"] for row in rows if row["status"] != "RUNNING"} == {WHY}, killed
            for row in rows:
                if row["status"] == "RUNNING":
                    seen = witness.begun[row["id"]]
                    await eventually(
                        lambda: asyncio.sleep(0), lambda _, r=row["id"], s=seen: witness.begun[r] > s
                    )
                    await api.post(f"/executions/{row['id']}/cancel", status=200)
            outcomes = [await api.done(await api.run("function main() { return 1 }")) for _ in range(4)]
            assert [outcome["output"] for outcome in outcomes] == [1] * 4
    await asyncio.to_thread(kills.check_counters, tmp_path)


async def all_of(api, made):
    return [await api.get(f"/executions/{each['id']}") for each in made]


def ended(rows):
    return sum(row["status"] != "RUNNING" for row in rows)


def has_children(process):
    try:
        return bool(process.children())
    except psutil.NoSuchProcess:  # it ended just now
        return False


def victims(process):
    """Return whom to kill: a worker, what starts workers, or both."""
    below = [each for each in serving(process).children(recursive=True) if has_children(each)]
    (starter,) = [each for each in below if "engine.forkserver" in " ".join(each.cmdline())]
    worker: list[psutil.Process] = starter.children()[:1]
    return {"worker": worker, "starter": [starter], "both": [*worker, starter]}
