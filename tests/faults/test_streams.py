"""Readers of streams who never read: the server's memory is bounded, and the others notice nothing."""

import asyncio
import socket
import time
from contextlib import ExitStack

import psutil

from tests.support.server import asked_on_port, eventually

STUCK, WELL = 100, 20
CHANGES = 100
BURSTS = 30


def connected(port, *, small=False):
    """Return a socket that has asked for all events."""
    made = socket.socket()
    if small:
        # Little room on this side: what it does not read is the server's problem at once.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    made.connect(("127.0.0.1", port))
    made.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return made


def memory_mb(process):
    tree = [process.pid, *process.family()]
    return sum(psutil.Process(pid).memory_full_info().pss for pid in tree) / 2**20


async def test_readers_who_never_read_cost_no_memory_and_delay_nobody(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        port = int(process.url.split(":")[2].split("/")[0])
        task = await api.task("function main() {}")
        later = {"taskId": task["id"], "input": None, "scheduledFor": "2999-01-01T00:00:00Z"}
        jobs = await asyncio.gather(*(api.post("/jobs", later) for _ in range(CHANGES)))
        with ExitStack() as open_sockets:
            for _ in range(STUCK):
                open_sockets.enter_context(connected(port, small=True))
            well = [open_sockets.enter_context(connected(port)) for _ in range(WELL)]
            heard = [asyncio.create_task(hear(reader, CHANGES)) for reader in well]
            before_mb = memory_mb(process)
            path = "/jobs/bulk"
            for number in range(BURSTS):
                # Each of them is a burst of events, far more than a socket takes.
                body = {"action": "change", "filter": {}, "arguments": {"maxRetries": number}}
                operation = await api.post(path, body, 202)
                await eventually(
                    lambda which=operation["id"]: api.get(f"/bulk/{which}"),
                    lambda row: row["status"] == "COMPLETED",
                )
            async with asyncio.timeout(15):
                await asyncio.gather(*heard)
            assert memory_mb(process) - before_mb < 60
            began = time.monotonic()
            await api.get(f"/jobs/{jobs[0]['id']}")
            assert time.monotonic() - began < 2


async def hear(reader, count):
    """Return once so many events were read."""
    reader.setblocking(False)
    text = b""
    while text.count(b"event: change") < count:
        text += await asyncio.get_running_loop().sock_recv(reader, 65_536)
