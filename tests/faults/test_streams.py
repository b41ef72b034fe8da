"""Readers of streams who never read: they are dropped, memory is bounded, and the others notice nothing."""

import asyncio
import resource
from contextlib import ExitStack

from tests.support.faults import memory_mb, reader_of_events, serving
from tests.support.server import asked_on_port, eventually

STUCK, WELL = 100, 400
CHANGES, BURSTS = 100, 25
ROOM_BYTES = 2_048


async def test_readers_who_never_read_are_dropped_and_the_others_get_everything(tmp_path):
    enough_files()
    async with asked_on_port(tmp_path, RATCHET_STREAM_STALL_S="1") as (process, api):
        task = await api.task("function main() {}")
        later = {"taskId": task["id"], "input": None, "scheduledFor": "2999-01-01T00:00:00Z"}
        for _ in range(CHANGES):
            await api.post("/jobs", later)
        before_fds = serving(process).num_fds()
        before_mb = memory_mb(process)
        with ExitStack() as open_sockets:
            stuck = [open_sockets.enter_context(reader_of_events(process, ROOM_BYTES)) for _ in range(STUCK)]
            well = [open_sockets.enter_context(reader_of_events(process)) for _ in range(WELL)]
            await asyncio.gather(*(greeted(reader) for reader in well))
            hearing = [asyncio.create_task(count(reader, CHANGES * BURSTS)) for reader in well]
            for number in range(BURSTS):
                await burst(api, number)
            async with asyncio.timeout(60):
                assert set(await asyncio.gather(*hearing)) == {CHANGES * BURSTS}
            assert memory_mb(process) - before_mb < 60
            # Only now they read: what the system kept for them, and then the end of the stream.
            async with asyncio.timeout(30):
                got = await asyncio.gather(*(count(reader, None) for reader in stuck))
            assert max(got) < CHANGES * BURSTS
        await eventually(lambda: asyncio.sleep(0), lambda _: serving(process).num_fds() <= before_fds)


async def burst(api, number):
    """Change every job: far more events than a socket takes."""
    body = {"action": "change", "filter": {}, "arguments": {"maxRetries": number}}
    operation = await api.post("/jobs/bulk", body, 202)
    path = f"/bulk/{operation['id']}"
    await eventually(lambda: api.get(path), lambda row: row["status"] == "COMPLETED")


async def greeted(reader):
    """Return once the stream has begun."""
    text = b""
    while b": connected" not in text:
        text += await asyncio.get_running_loop().sock_recv(reader, 65_536)


async def count(reader, enough):
    """Return how many changes of jobs were read: so many, or all up to the end of the stream."""
    found, rest = 0, b""
    while enough is None or found < enough:
        try:
            more = await asyncio.get_running_loop().sock_recv(reader, 65_536)
        except ConnectionResetError:
            more = b""
        if not more:
            return found
        *lines, rest = (rest + more).split(b"\n")
        found += sum(b'"resource":"jobs"' in line for line in lines)
    return found


def enough_files():
    """Let this process, and those that it starts, have a socket for each reader."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * (STUCK + WELL)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
