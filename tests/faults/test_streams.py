"""Readers of streams who never read: they are dropped, memory is bounded, and the others notice nothing."""

import asyncio
import resource
from collections import Counter
from contextlib import ExitStack

from tests.support.faults import memory_mb, reader_of_events, serving
from tests.support.server import asked_on_port, eventually

STUCK, WELL = 100, 400
CHANGES, BURSTS_LEAST = 100, 10
ROOM_BYTES = 2_048
FEW = 10
DROPPED = "ratchet_streams_dropped_total "


async def test_readers_who_never_read_are_dropped_and_the_others_get_everything(tmp_path):
    enough_files()
    async with asked_on_port(tmp_path, RATCHET_STREAM_STALL_S="1") as (process, api):
        task = await api.task("function main() {}")
        later = {"taskId": task["id"], "input": None, "scheduledFor": "2999-01-01T00:00:00Z"}
        for _ in range(CHANGES):
            await api.post("/jobs", later)
        before_mb = memory_mb(process)
        with ExitStack() as open_sockets:
            stuck = [open_sockets.enter_context(reader_of_events(process, ROOM_BYTES)) for _ in range(STUCK)]
            well = [open_sockets.enter_context(reader_of_events(process)) for _ in range(WELL)]
            await asyncio.gather(*(greeted(reader) for reader in well))
            heard = Counter()
            hearing = [asyncio.create_task(listen(reader, heard)) for reader in well]
            bursts = 0
            async with asyncio.timeout(90):
                while bursts < BURSTS_LEAST or await dropped(api) < STUCK:
                    bursts += 1
                    await burst(api, bursts)
            await eventually(
                lambda: asyncio.sleep(0), lambda _: sum(heard.values()) == WELL * CHANGES * bursts
            )
            assert set(heard.values()) == {CHANGES * bursts}
            assert await dropped(api) == STUCK
            assert memory_mb(process) - before_mb < 60
            # Only now they read: what the system kept for them, and then the end of the stream.
            late = Counter()
            async with asyncio.timeout(30):
                await asyncio.gather(*(listen(reader, late) for reader in stuck))
            assert max(late.values(), default=0) < CHANGES * bursts
            for task in hearing:
                task.cancel()
            await asyncio.wait(hearing)
        # Those of `api` may stay open.
        await eventually(lambda: asyncio.sleep(0), lambda _: connections(process) < FEW)


def connections(process):
    """Return how many sockets the server holds."""
    return len(serving(process).net_connections("tcp"))


async def dropped(api):
    """Return how many streams the server has ended because nobody read."""
    text = (await api.client.get("/metrics/prometheus")).text
    return int(float(next(line.split()[1] for line in text.splitlines() if line.startswith(DROPPED))))


async def burst(api, number):
    """Change every job: far more events than a socket takes."""
    body = {"action": "change", "filter": {}, "arguments": {"maxRetries": number % 100}}
    operation = await api.post("/jobs/bulk", body, 202)
    path = f"/bulk/{operation['id']}"
    await eventually(lambda: api.get(path), lambda row: row["status"] == "COMPLETED")


async def greeted(reader):
    """Return once the stream has begun."""
    text = b""
    while b": connected" not in text:
        text += await asyncio.get_running_loop().sock_recv(reader, 65_536)


async def listen(reader, heard):
    """Count the changes of jobs that a reader gets, up to the end of its stream."""
    rest = b""
    while more := await received(reader):
        *lines, rest = (rest + more).split(b"\n")
        heard[reader.fileno()] += sum(b'"resource":"jobs"' in line for line in lines)


async def received(reader):
    """Return what comes next, nothing at the end."""
    try:
        return await asyncio.get_running_loop().sock_recv(reader, 65_536)
    except ConnectionResetError:
        return b""


def enough_files():
    """Let this process, and those that it starts, have a socket for each reader."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * (STUCK + WELL)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
