"""The queue's page with 100,000 jobs queued: the server's answer, what the page costs while jobs move."""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

from ratchet_web.server.store.directory import FILE_NAME
from tests.bench.measure import Measured, percentiles
from tests.bench.running import System, browser, running_system

QUEUED, ROUNDS, MOVES_S, SPACE = 100_000, 100, 15.0, 20
TASKS = 50
FILL = """INSERT INTO jobs
  (task_id, status, priority, max_retries, queued_at, scheduled_for, due_at, ready, ready_at)
  VALUES (?, 0, ?, 0, ?, ?, ?, ?, ?)"""
PAYLOAD = "INSERT INTO job_payloads SELECT id, '{}', NULL, NULL FROM jobs"
WATCH = """() => {
  window.frames_ms = [];
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value)))
    .observe({ type: 'layout-shift' });
  let last = performance.now();
  const frame = (now) => { frames_ms.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""


async def run(options: argparse.Namespace) -> list[Measured]:
    """Fill a queue, then look at it while jobs go through."""
    with tempfile.TemporaryDirectory() as directory:
        async with running_system(Path(directory)) as system, browser() as chromium:
            task = await system.create_task("moved", "function main() {}")
            empty = await _answers(
                system, "the queue while it is empty", "/jobs/queue", options.rounds or ROUNDS
            )
            last = await asyncio.to_thread(_fill, Path(directory), task)
            paths = {
                "the queue": "/jobs/queue",
                "the queue, and who is ahead of its last job": f"/jobs/queue?job_id={last}",
                "the queue of one task": f"/jobs/queue?task_id={task}",
            }
            rounds = options.rounds or ROUNDS
            answers = [await _answers(system, what, path, rounds) for what, path in paths.items()]
            # Rows that nobody announced are found with the next job.
            await system.post("/jobs", {"taskId": task, "input": {}})
            bare = await _processor(system)
            page = await chromium.new_page(viewport={"width": 1440, "height": 900})
            await page.goto(f"{system.web}/jobs/queue")
            await page.locator("[data-lane=NORMAL] .depth-number").wait_for()
            await page.evaluate(WATCH)
            watched = await _processor(system)
            frames: list[float] = await page.evaluate("frames_ms")
            shift = round(await page.evaluate("shift"), 4)
    cost = {"console_percent": watched["percent"], "without_viewer_percent": bare["percent"]}
    paces = {"jobs_per_s": watched["jobs_per_s"], "jobs_per_s_without_viewer": bare["jobs_per_s"]}
    for each in answers:
        each.figures["p50_times_empty"] = round(each.figures["p50_ms"] / empty.figures["p50_ms"], 1)
        each.limits = {"p50_times_empty": 5}
    return [
        empty,
        *answers,
        Measured("processor of the console while jobs move", {**cost, **paces}, {"console_percent": 25}),
        Measured("frames while they do", {**percentiles(frames[1:]), "shift": shift}, {"shift": 0.02}),
    ]


def _fill(directory: Path, task: str) -> int:
    """Queue jobs, a third of them for later; return the last one of the least urgent that are ready."""
    now_ms = int(time.time() * 1000)

    def row(n: int) -> tuple[Any, ...]:
        at, due = now_ms - 3_600_000 + n, now_ms + 60_000 + 700 * n
        delayed = n % 3 == 0
        priority = n % 4
        return int(task) + n % TASKS, priority, at, *((due, due, 0, due) if delayed else (None, None, 1, at))

    with closing(sqlite3.connect(directory / FILE_NAME, timeout=60)) as database, database:
        first = database.execute("SELECT coalesce(max(id), 0) FROM jobs").fetchone()[0]
        for n in range(TASKS - 1):
            name = f"filled-{n}"
            database.execute(
                "INSERT INTO tasks SELECT id + ? + 1, randomblob(16), ?, "
                + ", ".join(_columns(database)[3:])
                + " FROM tasks WHERE id = ?",
                (n, name, task),
            )
        database.executemany(FILL, map(row, range(QUEUED)))
        database.execute(f"{PAYLOAD} WHERE id > ?", (first,))
    return first + QUEUED - (QUEUED % 4)


def _columns(database: sqlite3.Connection) -> list[str]:
    return [row[1] for row in database.execute("PRAGMA table_info(tasks)")]


async def _answers(system: System, what: str, path: str, rounds: int) -> Measured:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        await system.get(path)
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(SPACE / 1000)
    return Measured(what, percentiles(took))


async def _processor(system: System) -> dict[str, float]:
    """Return the share of a core that the console takes meanwhile, and how fast jobs end."""
    tree = [system.console, *system.console.children(recursive=True)]
    before, done = sum(map(_seconds, tree)), await _over(system)
    began = time.monotonic()
    await asyncio.sleep(MOVES_S)
    took = time.monotonic() - began
    spent = sum(map(_seconds, tree)) - before
    return {
        "percent": round(100 * spent / took, 1),
        "jobs_per_s": round((await _over(system) - done) / took, 1),
    }


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _over(system: System) -> int:
    counts = await system.get("/jobs/counts")
    return int(counts["completed"] or 0) + int(counts["failed"] or 0)
