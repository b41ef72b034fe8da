"""A server that is told to stop lets what runs end, for a while."""

import asyncio
import socket
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import asked_on_port

INTERRUPTED = "Interrupted: the server stopped while it ran"
LINGERS = """async function main() {
  await new Promise((go) => setTimeout(go, 400));
  return "whole";
}"""
FOREVER = "async function main() { await new Promise(() => {}) }"


async def running(api, source: str):
    execution = await api.run(source)
    await api.until(f"/executions/{execution['id']}", "RUNNING")
    return execution


async def test_what_ends_within_the_grace_is_recorded_as_usual(tmp_path):
    async with asked_on_port(tmp_path, RATCHET_STOP_GRACE_S="20") as (process, api):
        execution = await running(api, LINGERS)
        await asyncio.to_thread(process.stop)
        await asyncio.to_thread(process.start)
        assert (await api.get(f"/executions/{execution['id']}"))["output"] == "whole"


async def test_what_does_not_end_within_the_grace_is_interrupted(tmp_path):
    async with asked_on_port(tmp_path, RATCHET_STOP_GRACE_S="0.5") as (process, api):
        execution = await running(api, FOREVER)
        assert 0.5 <= await asyncio.to_thread(process.stop) < 5
        await asyncio.to_thread(process.start)
        row = await api.get(f"/executions/{execution['id']}")
        assert (row["status"], row["errorMessage"]) == ("FAILED", INTERRUPTED)


async def test_nothing_new_begins_while_the_server_stops(tmp_path):
    async with asked_on_port(tmp_path, RATCHET_WORKERS="1", RATCHET_STOP_GRACE_S="20") as (process, api):
        await running(api, LINGERS)
        task = await api.task("function main() {}")
        job = await api.post("/jobs", {"taskId": task["id"], "input": None})
        await asyncio.to_thread(process.stop)
        await asyncio.to_thread(process.start)
        await api.until(f"/jobs/{job['id']}", "COMPLETED")
        assert len(await api.get("/executions", job_id=job["id"])) == 1


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /live HTTP/1.1\r\nho",
        b"POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{",
    ],
    ids=["head", "body"],
)
async def test_a_request_without_an_end_keeps_the_server_from_nothing(tmp_path, begun):
    async with asked_on_port(tmp_path) as (process, api):
        await running(api, FOREVER)
        address = urlsplit(process.url)
        with socket.create_connection((address.hostname, address.port)) as opened:
            opened.sendall(begun)
            await api.get("/tasks")
            await asyncio.to_thread(process.stop)
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
            (message,) = connection.execute("SELECT error_message FROM executions").fetchone()
    assert message == INTERRUPTED
