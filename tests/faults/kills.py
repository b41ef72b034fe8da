"""Kills parts of a server at random moments while it works; what it acknowledged has to hold afterwards.

Every run of a task tells a witness outside of the server that it began: what the witness saw and the server
does not know would be a run without a record.
"""

import asyncio
import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import FINAL, Process

JOBS_OF_A_ROUND = 50
LONGEST_WAIT_S = 0.6
SETTLED_S = 120.0
# Far more retries than a job can meet interruptions: every one of them completes in the end.
RETRIES = 90

SOURCE = """
async function main(input, context) {
  await fetch(`${input.witness}/${context.executionId}`);
  console.log("began", context.attempt);
  if (input.sleep) await new Promise((go) => setTimeout(go, input.sleep));
  if (input.fails && context.attempt <= input.fails) throw new Error("as it was told to");
  return input.n;
}
"""


@dataclass
class Witness:
    """Counts the beginnings of each execution."""

    url: str = ""
    begun: Counter[str] = field(default_factory=Counter)

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.begun[head.split()[1].decode().strip("/")] += 1
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def witnessing() -> AsyncIterator[Witness]:
    """Listen on a port of its own."""
    witness = Witness()
    server = await asyncio.start_server(witness.hear, "127.0.0.1", 0)
    witness.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield witness


@dataclass
class Acknowledged:
    """What the server said that it has: the body of each job and direct execution by its id."""

    jobs: dict[str, Any] = field(default_factory=dict)
    executions: dict[str, Any] = field(default_factory=dict)


class Round:
    """Sends work while something is killed once, then sees that the server answers again."""

    def __init__(self, process: Process, task: str, witness: Witness, chance: random.Random) -> None:
        self._process, self._task, self._witness, self._chance = process, task, witness, chance

    async def go(self, acknowledged: Acknowledged) -> str:
        """Return what was killed."""
        sending = asyncio.create_task(self._send(acknowledged))
        await asyncio.wait({sending}, timeout=self._chance.random() * LONGEST_WAIT_S)
        killed = await asyncio.to_thread(self._kill)
        await asyncio.to_thread(self._process.see_back)
        await sending
        return killed

    async def _send(self, acknowledged: Acknowledged) -> None:
        async with httpx.AsyncClient(base_url=self._process.url, timeout=15) as client:
            for number in range(JOBS_OF_A_ROUND):
                noun, body = self._work(number)
                kept = acknowledged.jobs if noun == "jobs" else acknowledged.executions
                kept[await self._acknowledged(client, noun, body)] = body

    async def _acknowledged(self, client: httpx.AsyncClient, noun: str, body: dict[str, Any]) -> str:
        """Send until it is acknowledged; what was sent before a kill may be there as well."""
        while True:
            try:
                answer = await client.post(f"/{noun}", json=body)
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                assert answer.status_code == 201, answer.text
                row_id: str = answer.json()["data"]["id"]
                return row_id

    def _work(self, number: int) -> tuple[str, dict[str, Any]]:
        chance = self._chance.random
        value = {
            "n": number,
            "witness": self._witness.url,
            "sleep": self._chance.choice((0, 0, 0, 40, 150)),
            "fails": self._chance.choice((0, 0, 0, 1, 2)),
        }
        if chance() < 0.15:
            return "executions", {"taskId": self._task, "input": {**value, "fails": 0}}
        priority = self._chance.choice(("LOW", "NORMAL", "NORMAL", "HIGH", "CRITICAL"))
        return "jobs", {"taskId": self._task, "input": value, "priority": priority, "maxRetries": RETRIES}

    def _kill(self) -> str:
        main = psutil.Process(self._process.pid)
        below = main.children(recursive=True)
        workers = [process for process in below if not process.children() and process.ppid() != main.pid]
        serving = main.children()
        parts = {"server": serving, "workers": workers[:1], "both": [*serving, *workers[:1]], "all": [main]}
        chosen = self._chance.choice(list(parts))
        for process in parts[chosen]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if chosen == "all":
            psutil.wait_procs(below, timeout=30)
        return chosen


async def settled(process: Process, acknowledged: Acknowledged) -> None:
    """Return once everything that was acknowledged is final."""
    async with asyncio.timeout(SETTLED_S), httpx.AsyncClient(base_url=process.url, timeout=15) as client:
        for noun, ids in (("jobs", acknowledged.jobs), ("executions", acknowledged.executions)):
            for row_id in ids:
                await _final(client, noun, row_id)


async def _final(client: httpx.AsyncClient, noun: str, row_id: str) -> None:
    while (await _row(client, noun, row_id))["status"] not in FINAL:  # noqa: ASYNC110 - another process ends it
        await asyncio.sleep(0.02)


async def _row(client: httpx.AsyncClient, noun: str, row_id: str) -> dict[str, Any]:
    answer = await client.get(f"/{noun}/{row_id}")
    assert answer.status_code == 200, f"{noun} {row_id} was acknowledged and is lost: {answer.text}"
    row: dict[str, Any] = answer.json()["data"]
    return row


def check(data_dir: Path, acknowledged: Acknowledged, witness: Witness) -> None:
    """Hold the database of a server that has ended against what was acknowledged and what was seen."""
    connection = sqlite3.connect(data_dir / FILE_NAME)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        _check_counters(connection)
        _check_jobs(connection, acknowledged)
        known = {str(row[0]) for row in connection.execute("SELECT id FROM executions")}
        assert set(witness.begun) <= known, "something ran that has no record"
        assert max(witness.begun.values()) == 1, "an execution ran twice"
    finally:
        connection.close()


def _check_counters(connection: sqlite3.Connection) -> None:
    for noun in ("execution", "job"):
        kept = f"SELECT task_id, status, n FROM {noun}_counts WHERE n > 0 ORDER BY 1, 2"
        true = f"SELECT task_id, status, count(*) FROM {noun}s GROUP BY 1, 2 ORDER BY 1, 2"
        assert connection.execute(kept).fetchall() == connection.execute(true).fetchall()


def _check_jobs(connection: sqlite3.Connection, acknowledged: Acknowledged) -> None:
    completed, failed = 2, 3
    for job_id, body in acknowledged.jobs.items():
        rows = connection.execute(
            "SELECT status, error_message FROM executions WHERE job_id = ? ORDER BY attempt", (job_id,)
        ).fetchall()
        assert [status for status, _ in rows] == [failed] * (len(rows) - 1) + [completed], (job_id, rows)
        assert all(why for _, why in rows[:-1]), f"job {job_id} has an attempt that does not say why: {rows}"
        told = [why for _, why in rows if why and "as it was told to" in why]
        assert len(told) <= body["input"]["fails"], (job_id, rows)
    for execution_id in acknowledged.executions:
        row = connection.execute(
            "SELECT status, error_message FROM executions WHERE id = ?", (execution_id,)
        ).fetchone()
        assert row == (completed, None) or (row[0] == failed and row[1]), (execution_id, row)
