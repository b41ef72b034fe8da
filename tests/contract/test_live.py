"""The live hub against the embedded server on a port."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.executions import ExecutionsInTime
from ratchet_web.live.hub import Hub
from ratchet_web.models.executions import ExecutionQuery, NewExecution
from ratchet_web.models.jobs import NewJob
from ratchet_web.models.tasks import NewTask
from tests.doubles.rooms import Browser, MemoryRooms
from tests.support.server import Process, on_port

STEPS = """
function main(input) {
  for (let n = 1; n <= input.steps; n++) { console.log('step ' + n); progress(n / input.steps) }
  return input.steps
}
"""
SPIN = "function main() { console.log('spinning'); for (;;) {} }"
FAIL = "function main() { throw new Error('no') }"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with on_port(tmp_path_factory.mktemp("live"), RATCHET_WORKERS="1") as server:
        yield server


@pytest.fixture
async def ratchet(port: Process) -> AsyncIterator[Ratchet]:
    async with Ratchet(port.url) as client:
        yield client


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms()


@pytest.fixture
def ann(rooms: MemoryRooms) -> Browser:
    return rooms.browsers["ann"]


@pytest.fixture
async def hub(ratchet: Ratchet, rooms: MemoryRooms) -> AsyncIterator[Hub]:
    hub = Hub(ratchet, rooms)
    await hub.start()
    yield hub
    await hub.stop()


async def run(ratchet: Ratchet, name: str, source: str, input: dict[str, int]) -> str:
    task = await ratchet.tasks.create(NewTask(name=name, source_code=source))
    return (await ratchet.executions.create(NewExecution(task_id=task.id, input=input))).id


async def test_an_execution_started_elsewhere_appears_moves_and_ends(
    hub: Hub, rooms: MemoryRooms, ann: Browser, ratchet: Ratchet
) -> None:
    await hub.watch("ann", ["executions", "dashboard"])
    await rooms.until(lambda: ann.mode == "live" and "executions" in ann.rows)
    id = await run(ratchet, "steps", STEPS, {"steps": 5})
    await rooms.until(lambda: ann.row("executions", id).get("status") == "COMPLETED", within_s=10)
    row = ann.row("executions", id)
    assert (row["task_name"], row["duration_ms"] is not None) == ("steps", True)
    assert ann.about["executions"]["counts"]["COMPLETED"] == ann.about["executions"]["total"]
    await rooms.until(lambda: ann.about["dashboard"]["executions"]["completed_executions"], within_s=10)
    assert ann.about["dashboard"]["health"]["status"] == "healthy"


async def test_a_detail_with_its_log_to_the_end(
    hub: Hub, rooms: MemoryRooms, ann: Browser, ratchet: Ratchet
) -> None:
    id = await run(ratchet, "many-steps", STEPS, {"steps": 1000})
    topic, log = f"executions/{id}", f"executions/{id}/logs"
    await hub.watch("ann", [topic, log])
    await rooms.until(lambda: ann.of(log) and ann.of(log)[-1]["done"], within_s=10)
    assert ann.of(log)[-1]["total"] == 1000
    assert ann.lines[log] == sorted(set(ann.lines[log]))
    assert ann.lines[log][-1] == 1000
    await rooms.until(lambda: ann.row(topic, id).get("status") == "COMPLETED", within_s=10)
    assert ann.row(topic, id)["output_text"] == "1000"
    assert ann.row(topic, id)["input_text"] == '{\n  "steps": 1000\n}'


async def test_a_job_shows_its_attempts(hub: Hub, rooms: MemoryRooms, ann: Browser, ratchet: Ratchet) -> None:
    task = await ratchet.tasks.create(NewTask(name="fails", source_code=FAIL))
    job = await ratchet.jobs.create(NewJob(task_id=task.id, input={}, max_retries=5))
    topic = f"jobs/{job.id}"
    await hub.watch("ann", [topic, "jobs"])
    await rooms.until(lambda: ann.row(topic, job.id).get("status") == "RETRYING", within_s=10)
    await rooms.until(
        lambda: [a["status"] for a in ann.about[topic]["attempts"]][:1] == ["FAILED"], within_s=10
    )
    await ratchet.jobs.cancel(job.id)
    await rooms.until(lambda: ann.row("jobs", job.id).get("status") == "CANCELLED", within_s=10)


async def test_a_killed_server_is_noticed_and_found_again(
    hub: Hub, rooms: MemoryRooms, ann: Browser, ratchet: Ratchet, port: Process
) -> None:
    id = await run(ratchet, "spins", SPIN, {})
    log = f"executions/{id}/logs"
    await hub.watch("ann", ["executions", log])
    await rooms.until(lambda: ann.mode == "live" and ann.lines[log] == [1], within_s=10)
    port.kill()
    await rooms.until(lambda: ann.mode == "offline", within_s=3)
    await asyncio.to_thread(port.start)
    await rooms.until(lambda: ann.mode == "live", within_s=5)
    await rooms.until(lambda: ann.row("executions", id).get("status") == "FAILED", within_s=5)
    assert ann.about["executions"]["error"] is None
    await rooms.until(lambda: ann.of(log)[-1]["done"], within_s=5)
    assert ann.lines[log] == sorted(set(ann.lines[log]))


async def test_a_hundred_viewers_all_see_a_run(
    hub: Hub, rooms: MemoryRooms, ann: Browser, ratchet: Ratchet
) -> None:
    for n in range(100):
        await hub.watch(f"viewer {n}", ["executions?limit=50"])
    last = rooms.browsers["viewer 99"]
    await rooms.until(lambda: last.mode == "live" and "executions?limit=50" in last.rows)
    id = await run(ratchet, "for-all", STEPS, {"steps": 3})

    def all_see_it() -> bool:
        seen = (rooms.browsers[f"viewer {n}"].rows["executions?limit=50"].get(id, {}) for n in range(100))
        return all(row.get("status") == "COMPLETED" for row in seen)

    await rooms.until(all_see_it, within_s=10)


async def test_what_was_queued_this_very_second_is_counted(ratchet: Ratchet) -> None:
    id = await run(ratchet, "counted", STEPS, {"steps": 1})
    task = (await ratchet.executions.get(id)).task_id
    snapshot = await ExecutionsInTime("density", ExecutionQuery(task=task, range="15m")).fetch(ratchet)
    assert sum(snapshot.about["others"]) == 1
