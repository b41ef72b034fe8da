"""The disk is full, the database locked, the data directory not writable: told, and nothing is lost."""

import asyncio
from contextlib import closing, suppress

from ratchet_web.server.store.directory import FILE_NAME
from tests.faults import kills
from tests.support.faults import full_disk, heed_permissions, locked, memory_mb, reader_of_events
from tests.support.server import Process, asked_on_port, eventually

LINES, WIDTH, EVERY = 15_000, 1_000, 500
PRINTS = """
async function main(input) {
  for (let i = 0; i < input.lines; i++) {
    if (i % input.every === 0) await fetch(`${input.witness}/${i}`);
    console.log(String(i).padStart(input.width, "."));
  }
  return input.lines;
}
"""
PERSISTENT = {
    "RATCHET_FETCH_ALLOW": "127.0.0.1",
    "RATCHET_TASK_LOG_LINES": str(2 * LINES),
    "RATCHET_TASK_LOG_BYTES": str(2 * LINES * WIDTH),
}


async def test_more_is_printed_than_memory_holds_while_nothing_can_be_saved(tmp_path):
    async with (
        kills.witnessing() as witness,
        asked_on_port(tmp_path, **PERSISTENT) as (process, api),
    ):
        task = await api.task(PRINTS)
        told = {full_disk: "disk", locked: "locked"}
        for number, (fault, word) in enumerate(told.items()):
            witness.begun.clear()
            value = {"witness": witness.url, "lines": LINES, "width": WIDTH, "every": EVERY}
            with closing(reader_of_events(process)) as reader:
                execution = await api.post("/executions", {"taskId": task["id"], "input": value})
                path = f"/executions/{execution['id']}"
                await eventually(lambda path=path: api.get(path), lambda row: row["logLines"])
                before_mb = memory_mb(process)
                with fault(process, tmp_path):
                    await stalled(witness)
                    assert len(witness.begun) < LINES / EVERY
                    body = {"taskId": task["id"], "input": value}
                    error = await api.fails("POST", "/executions", 503, body)
                    assert word in error["message"]
                    assert (await api.get(path))["status"] == "RUNNING"
                    # 8 MB of text, what is on its way of it, and what the pieces of it cost.
                    assert memory_mb(process) - before_mb < 60
                ended = await api.done(execution)
                assert (ended["output"], ended["logLines"]) == (LINES, LINES)
                last = await api.get(f"{path}/logs", tail=1)
                assert last[0]["text"].strip(".") == str(LINES - 1)
                await heard(reader, f'"id":"{execution["id"]}"'.encode())
            # Of this task alone: the schedule of the examples may come due meanwhile.
            assert len(await api.get("/executions", task_id=task["id"])) == number + 1
    await asyncio.to_thread(kills.check_counters, tmp_path)


async def stalled(witness):
    """Return once the task says nothing more for a second: it waits in `console.log`."""
    with suppress(TimeoutError):
        while True:
            count = len(witness.begun)
            async with asyncio.timeout(1):
                await eventually(lambda: asyncio.sleep(0), lambda _, c=count: len(witness.begun) > c)


async def heard(reader, part):
    """Return once the stream told of it: it was held open all the time."""
    text = b""
    async with asyncio.timeout(15):
        while part not in text:
            more = await asyncio.get_running_loop().sock_recv(reader, 65_536)
            assert more, "the stream ended"
            text += more


async def test_a_data_directory_that_became_read_only_stops_the_next_start_only(tmp_path):
    data_dir = tmp_path / "data"
    async with asked_on_port(data_dir, before_exec=heed_permissions) as (process, api):
        task = await api.task("function main(n) { return n }")
        data_dir.chmod(0o500)
        # What is open stays open.
        for n in range(5):
            made = await api.post("/executions", {"taskId": task["id"], "input": n})
            assert (await api.done(made))["output"] == n
        await asyncio.to_thread(process.stop)
        assert f"The data directory {data_dir} cannot be written" in await refused(process)
        data_dir.chmod(0o700)
        (data_dir / FILE_NAME).chmod(0o400)
        assert f"The data directory {data_dir} cannot be written" in await refused(process)
        (data_dir / FILE_NAME).chmod(0o600)
        await asyncio.to_thread(process.start)
        assert len(await api.get("/executions", task_id=task["id"])) == 5


async def refused(process):
    """Return the one sentence with which it does not start."""
    started = process.launch()
    _, told = await asyncio.to_thread(started.communicate, timeout=15)
    assert (started.returncode, told.count("\n")) == (1, 1), told
    return told


async def test_an_empty_directory_that_cannot_be_written_is_refused_with_one_sentence(tmp_path):
    tmp_path.chmod(0o500)
    told = await refused(Process(tmp_path, before_exec=heed_permissions))
    tmp_path.chmod(0o700)
    assert f"The data directory {tmp_path} cannot be written" in told
