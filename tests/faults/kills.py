"""Kills parts of a server at random moments while it works; what it acknowledged has to hold afterwards.

Every run of a task tells a witness outside of the server that it began: what the witness saw and the server
does not know would be a run without a record. Meanwhile schedules fire each second, bulk operations act on
many rows, outputs are delivered, and log lines of what ended are removed.
"""

import asyncio
import contextlib
import random
import re
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import FINAL, Process
from tests.support.system import assert_gone

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


_DELIVERY = re.compile("x-ratchet-delivery-id: *([^\r]+)")
EVERY_SECOND = "* * * * * *"
TICKING, TRIGGERED = 3, 20


@dataclass
class Witness:
    """Counts the beginnings of each execution."""

    url: str = ""
    begun: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            if delivery := _DELIVERY.search(head):
                self.delivered[delivery[1]] += 1
            else:
                self.begun[head.split()[1].strip("/")] += 1
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
    bulk: dict[str, Any] = field(default_factory=dict)


# What acts on many rows: none of it may change what becomes of a job that was acknowledged.
BULKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("schedules/bulk", {"action": "trigger", "filter": {"name": "triggered"}, "ratePerSecond": 100}),
    ("jobs/bulk", {"action": "change", "filter": {}, "arguments": {"priority": "HIGH"}}),
)


async def prepare(client: httpx.AsyncClient, task: str, witness: Witness) -> None:
    """Add schedules that fire each second, and some that only bulk operations trigger."""
    value = {"n": 0, "witness": witness.url}
    body = {"taskId": task, "input": value, "maxRetries": RETRIES, "allowOverlap": True}
    for number in range(TICKING + TRIGGERED):
        often = number < TICKING
        more = {
            "name": "ticks" if often else "triggered",
            "cronExpression": EVERY_SECOND if often else "0 0 1 1 *",
            "enabled": often,
        }
        (await client.post("/schedules", json={**body, **more})).raise_for_status()


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
                if number % 20 == 5:
                    noun, body = self._chance.choice(BULKS)
                    acknowledged.bulk[await self._acknowledged(client, noun, body)] = body

    async def _acknowledged(self, client: httpx.AsyncClient, noun: str, body: dict[str, Any]) -> str:
        """Send until it is acknowledged; what was sent before a kill may be there as well."""
        while True:
            try:
                answer = await client.post(f"/{noun}", json=body)
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                assert answer.status_code in (201, 202), answer.text
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
        body = {"taskId": self._task, "input": value, "priority": priority, "maxRetries": RETRIES}
        if chance() < 0.3:
            webhook = {"url": f"{self._witness.url}/delivery"}
            body["outputDestinations"] = [{"destinationType": "WEBHOOK", "webhook": webhook}]
        return "jobs", body

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
            assert_gone(below, 30)
        return chosen


async def settled(process: Process, acknowledged: Acknowledged) -> None:
    """Let no schedule fire any more; return once all is final and delivered."""
    async with asyncio.timeout(SETTLED_S), httpx.AsyncClient(base_url=process.url, timeout=15) as client:
        disable = {"action": "disable", "filter": {"enabled": True}}
        answer = await client.post("/schedules/bulk", json=disable)
        bulk = [*acknowledged.bulk, answer.json()["data"]["id"]]
        for noun, ids in (
            ("bulk", bulk),
            ("jobs", acknowledged.jobs),
            ("executions", acknowledged.executions),
        ):
            for row_id in ids:
                await _final(client, noun, row_id)
        for status in OPEN:
            while await _some(client, "jobs", status=status):  # noqa: ASYNC110 - another process ends them
                await asyncio.sleep(0.02)
        for job_id, body in acknowledged.jobs.items():
            while "outputDestinations" in body and not await _delivered(client, job_id):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


OPEN = ("QUEUED", "PROCESSING", "RETRYING")


async def _some(client: httpx.AsyncClient, noun: str, **wanted: str) -> bool:
    answer = await client.get(f"/{noun}", params={**wanted, "limit": "1"})
    return bool(answer.raise_for_status().json()["data"])


async def _delivered(client: httpx.AsyncClient, job_id: str) -> bool:
    rows = (await client.get(f"/jobs/{job_id}/deliveries")).raise_for_status().json()["data"]
    return [row["status"] for row in rows] == ["DELIVERED"]


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
    check_counters(data_dir)
    connection = sqlite3.connect(data_dir / FILE_NAME)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        _check_jobs(connection, acknowledged)
        _check_schedules(connection)
        _check_bulk(connection, acknowledged)
        _check_deliveries(connection, acknowledged, witness)
        known = {str(row[0]) for row in connection.execute("SELECT id FROM executions")}
        assert set(witness.begun) <= known, "something ran that has no record"
        assert max(witness.begun.values()) == 1, "an execution ran twice"
    finally:
        connection.close()


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


def _check_schedules(connection: sqlite3.Connection) -> None:
    ticked = "FROM jobs JOIN schedules AS s ON s.id = jobs.schedule_id WHERE s.name = 'ticks'"
    times = connection.execute(f"SELECT schedule_id, jobs.scheduled_for {ticked}").fetchall()
    assert times
    assert len(set(times)) == len(times), "a due time fired twice"
    counted = "SELECT sum(fired_count) FROM schedules WHERE name = 'ticks'"
    assert connection.execute(counted).fetchone() == (len(times),)
    ended = f"SELECT count(*) {ticked} AND jobs.status <> 2"
    assert connection.execute(ended).fetchone() == (0,), "what a schedule queued did not complete"


def _check_bulk(connection: sqlite3.Connection, acknowledged: Acknowledged) -> None:
    for operation_id in acknowledged.bulk:
        operation = (
            "SELECT total, succeeded + refused + failed FROM bulk_operations WHERE id = ? AND status = 2"
        )
        (row,) = connection.execute(operation, (operation_id,)).fetchall()
        items = "SELECT count(*), count(*) FILTER (WHERE outcome <> 0) FROM bulk_items WHERE operation_id = ?"
        assert row == connection.execute(items, (operation_id,)).fetchone()
    # Also those of operations that were begun, but whose answer a kill swallowed.
    asked = """SELECT i.row_id, count(*) FROM bulk_items AS i
      JOIN bulk_operations AS o ON o.id = i.operation_id
      WHERE o.action = 'trigger' AND i.outcome = 1 GROUP BY 1 ORDER BY 1"""
    queued = """SELECT s.id, count(*) FROM jobs JOIN schedules AS s ON s.id = jobs.schedule_id
      WHERE s.name = 'triggered' GROUP BY 1 ORDER BY 1"""
    assert connection.execute(asked).fetchall() == connection.execute(queued).fetchall()


def _check_deliveries(connection: sqlite3.Connection, acknowledged: Acknowledged, witness: Witness) -> None:
    for job_id, body in acknowledged.jobs.items():
        mine = "SELECT count(*) FROM deliveries WHERE job_id = ? AND delivered_at NOT NULL"
        assert connection.execute(mine, (job_id,)).fetchone() == (int("outputDestinations" in body),)
    (made,) = connection.execute("SELECT count(*) FROM deliveries").fetchone()
    assert len(witness.delivered) == made, "a delivery was noted that nobody got, or one has two ids"


def check_counters(data_dir: Path) -> None:
    """Hold every counter and sum against the rows, of which none may have been deleted."""
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as connection:

        def rows(statement: str) -> list[tuple[Any, ...]]:
            return connection.execute(statement).fetchall()

        for noun in ("execution", "job"):
            kept = f"SELECT task_id, status, n FROM {noun}_counts WHERE n <> 0 ORDER BY 1, 2"
            true = f"SELECT task_id, status, count(*) FROM {noun}s GROUP BY 1, 2 ORDER BY 1, 2"
            assert rows(kept) == rows(true), noun
        durations = "SELECT task_id, status, {} FROM {} GROUP BY 1, 2 HAVING {} <> 0 ORDER BY 1, 2"
        kept = durations.format("sum(duration_sum)", "execution_counts", "sum(duration_sum)")
        true = durations.format("sum(duration_ms)", "executions", "sum(duration_ms)")
        assert rows(kept) == rows(true)
        assert rows(_KEPT_TIMES) == rows(_TRUE_TIMES)
        for kind, (name, true) in enumerate(_TRUE_EVENTS.items()):
            kept = _KEPT_EVENTS.format(name=name, kind=kind)
            assert [row for row in rows(kept) if row[1]] == rows(f"{true} GROUP BY 1 ORDER BY 1"), name


# The run times that the rows tell, apart for direct executions (6) and for attempts of jobs (7); waits: 8, 9.
_KEPT_TIMES = "SELECT kind, sum(n), sum(ms) FROM execution_times WHERE n <> 0 GROUP BY 1 ORDER BY 1"
_TRUE_TIMES = """
SELECT 6 + (job_id NOT NULL) AS kind, count(*), sum(duration_ms) FROM executions
  WHERE status IN (2, 3) AND completed_at NOT NULL AND duration_ms NOT NULL GROUP BY 1
UNION ALL
SELECT 8 + (job_id NOT NULL) AS kind, count(*), sum(wait_ms) FROM executions
  WHERE started_at NOT NULL AND wait_ms NOT NULL GROUP BY 1
ORDER BY 1
"""
# What was folded into the sum of all time, and what was not yet, by task.
_KEPT_EVENTS = """
SELECT task_id, sum(n) FROM (
  SELECT task_id, {name} AS n FROM series WHERE resolution = 0 AND task_id <> 0
  UNION ALL SELECT task_id, n - folded_n FROM series_seconds WHERE kind = {kind}
) GROUP BY 1 ORDER BY 1
"""
_TRUE_EVENTS = {
    "queued": "SELECT task_id, count(*) FROM (SELECT task_id FROM executions WHERE job_id IS NULL"
    " UNION ALL SELECT task_id FROM jobs)",
    "started": "SELECT task_id, count(*) FROM executions WHERE started_at NOT NULL",
    "completed": "SELECT task_id, count(*) FROM executions WHERE status = 2",
    "failed": "SELECT task_id, count(*) FROM executions WHERE status = 3",
    "cancelled": "SELECT task_id, count(*) FROM (SELECT task_id FROM executions WHERE status = 4"
    " UNION ALL SELECT task_id FROM jobs AS j WHERE status = 4"
    " AND NOT EXISTS (SELECT 1 FROM executions WHERE job_id = j.id AND status = 4))",
    "retried": "SELECT task_id, count(*) FROM executions WHERE started_at NOT NULL AND attempt > 1",
}
