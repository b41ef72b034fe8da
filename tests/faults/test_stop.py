"""A server that is told to stop lets what runs end, for a while."""

import asyncio
import socket
import sqlite3
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import asked_on_port

INTERRUPTED = "Interrupted: the server stopped while it ran"
LINGERS = """async function main() {
  await new Promise((go) => setTimeout(go, 400));
  return "whole";
}"""
# Requests that break off in their head, and in their body.
HEAD = b"GET /live HTTP/1.1\r\nho"
BODY = b"POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{"
FOREVER = "async function main() { await new Promise(() => {}) }"


async def running(api, source: str):
    execution = await api.run(source)
    await api.until(f"/executions/{execution['id']}", "RUNNING")
    return execution


async def test_what_ends_within_the_grace_is_recorded_as_usual_and_nothing_new_begins(tmp_path):
    async with asked_on_port(tmp_path, RATCHET_WORKERS="1", RATCHET_STOP_GRACE_S="20") as (process, api):
        execution = await running(api, LINGERS)
        task = await api.task("function main() {}")
        job = await api.post("/jobs", {"taskId": task["id"], "input": None})
        await asyncio.to_thread(process.stop)
        await asyncio.to_thread(process.start)
        assert (await api.get(f"/executions/{execution['id']}"))["output"] == "whole"
        await api.until(f"/jobs/{job['id']}", "COMPLETED")
        assert len(await api.get("/executions", job_id=job["id"])) == 1


async def test_what_does_not_end_within_the_grace_is_interrupted(tmp_path):
    async with asked_on_port(tmp_path, RATCHET_STOP_GRACE_S="0.5") as (process, api):
        execution = await running(api, FOREVER)
        assert 0.5 <= await asyncio.to_thread(process.stop) < 5
        await asyncio.to_thread(process.start)
        row = await api.get(f"/executions/{execution['id']}")
        assert (row["status"], row["errorMessage"]) == ("FAILED", INTERRUPTED)


async def test_requests_without_an_end_keep_the_server_from_nothing(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        await running(api, FOREVER)
        address = urlsplit(process.url)
        with ExitStack() as opened:
            for begun in (HEAD, BODY):
                where = (address.hostname, address.port)
                opened.enter_context(socket.create_connection(where)).sendall(begun)
            await api.get("/tasks")
            await asyncio.to_thread(process.stop)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
            (message,) = connection.execute("SELECT error_message FROM executions").fetchone()
    assert message == INTERRUPTED
