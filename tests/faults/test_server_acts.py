"""What is said and kept when work is cancelled, ends or is delivered just as something goes wrong."""

import asyncio
import logging
import sqlite3

from ratchet_web.server import dispatcher
from ratchet_web.server.store.directory import FILE_NAME
from tests.faults import kills
from tests.support.faults import full_disk_here
from tests.support.server import asked_on_port, eventually, in_process

INTERRUPTED = "Interrupted: the server stopped while it ran"
SOON = "async function main() { await new Promise((go) => setTimeout(go, 200)); return 1 }"
LATER = {"scheduledFor": "2999-01-01T00:00:00Z"}


async def test_a_cancel_that_a_full_disk_does_not_keep_is_no_success(tmp_path):
    async with in_process(tmp_path) as api:
        task = await api.task(SOON)
        job = await api.post("/jobs", {"taskId": task["id"], "input": 1, **LATER})
        execution = await api.post("/executions", {"taskId": task["id"], "input": 1, **LATER})
        with full_disk_here():
            for path in (f"/jobs/{job['id']}", f"/executions/{execution['id']}"):
                before = await api.get(path)
                error = await api.fails("POST", f"{path}/cancel", 503)
                assert "disk" in error["message"]
                await api.fails("PATCH", path, 503, {"status": "CANCELLED"})
                assert await api.get(path) == before
        assert (await api.ask("POST", f"/jobs/{job['id']}/cancel", 200))["data"]["status"] == "CANCELLED"


async def test_a_cancel_that_comes_after_the_end_says_how_it_ended(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(dispatcher, "CANCEL_S", 0.1)
    caplog.set_level(logging.WARNING)
    async with in_process(tmp_path) as api:
        execution = await api.run(SOON)
        path = f"/executions/{execution['id']}"
        await eventually(lambda: api.get(path), lambda row: row["worker"])
        with full_disk_here():
            waits = f"The end of execution {execution['id']} waits"
            await eventually(lambda: asyncio.sleep(0), lambda _: waits in caplog.text)
            error = await api.fails("POST", f"{path}/cancel", 503)
            assert error["message"] == "It has completed already, which could not be recorded yet"
        ended = await api.done(execution)
        assert (ended["status"], ended["output"]) == ("COMPLETED", 1)
        assert "is COMPLETED already" in (await api.fails("POST", f"{path}/cancel", 409))["message"]


async def test_an_end_that_was_not_recorded_before_a_kill_is_an_interruption(tmp_path):
    """It ran to its end, but nobody was told: the record says that it was cut short, and it runs again."""
    variables = {"RATCHET_FETCH_ALLOW": "127.0.0.1", "RATCHET_WORKERS": "1"}
    async with kills.witnessing() as witness, asked_on_port(tmp_path, **variables) as (process, api):
        task = await api.task(TWICE_SEEN)
        body = {"taskId": task["id"], "input": witness.url, "maxRetries": 1}
        job = await api.post("/jobs", body)
        running = await api.until(f"/jobs/{job['id']}", "PROCESSING")
        first = running["executionId"]
        await eventually(lambda: asyncio.sleep(0), lambda _: witness.begun[first])
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None, timeout=15)
        other.execute("BEGIN IMMEDIATE")
        await eventually(lambda: asyncio.sleep(0), lambda _: witness.begun[f"{first}-end"])
        await asyncio.to_thread(process.kill)
        other.execute("ROLLBACK")
        other.close()
        await asyncio.to_thread(process.start)
        await api.until(f"/jobs/{job['id']}", "COMPLETED")
        attempts = await api.get(f"/jobs/{job['id']}/attempts")
        assert [(row["status"], row["errorMessage"]) for row in attempts] == [
            ("FAILED", INTERRUPTED),
            ("COMPLETED", None),
        ]
        cut = await api.get(f"/executions/{first}")
        assert (cut["errorDetails"]["name"], cut["durationMs"]) == ("Interrupted", None)
        assert [witness.begun[row["id"]] for row in attempts] == [1, 1]


async def test_a_delivery_that_a_kill_cut_short_is_made_again_under_its_id(tmp_path):
    calls = []
    answering = asyncio.Event()

    async def hear(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        calls.append(next(line for line in head.split("\r\n") if line.startswith("x-ratchet-delivery-id")))
        await answering.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(hear, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    async with listening, asked_on_port(tmp_path, RATCHET_FETCH_ALLOW="127.0.0.1") as (process, api):
        task = await api.task("function main() { return 1 }")
        destination = {"destinationType": "WEBHOOK", "webhook": {"url": url}}
        body = {"taskId": task["id"], "input": 1, "outputDestinations": [destination]}
        job = await api.post("/jobs", body)
        await eventually(lambda: asyncio.sleep(0), lambda _: calls)
        await asyncio.to_thread(process.kill)
        answering.set()
        await asyncio.to_thread(process.start)
        path = f"/jobs/{job['id']}/deliveries"
        await eventually(lambda: api.get(path), lambda rows: rows[0]["status"] == "DELIVERED")
        assert len(await api.get(f"/jobs/{job['id']}/attempts")) == 1
    assert len(calls) == 2
    assert len(set(calls)) == 1


TWICE_SEEN = """
async function main(witness, context) {
  await fetch(`${witness}/${context.executionId}`);
  await new Promise((go) => setTimeout(go, 300));
  await fetch(`${witness}/${context.executionId}-end`);
}
"""
