"""A made-up past of 90 days: what ran, what failed and why, what still waits."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from ratchet_web.server.store.codes import ExecutionCode, JobCode, LevelCode

DAY_MS = 86_400_000
SPAN_MS = 90 * DAY_MS
BATCH_ROWS = 10_000
NEEDLE = "checksum mismatch in parcel 7f3a"

EXECUTION_COLUMNS = (
    "id",
    "uuid",
    "task_id",
    "task_version",
    "job_id",
    "schedule_id",
    "retry_of",
    "attempt",
    "status",
    "error_message",
    "queued_at",
    "started_at",
    "completed_at",
    "duration_ms",
    "progress",
    "worker",
)
JOB_COLUMNS = (
    "id",
    "task_id",
    "schedule_id",
    "execution_id",
    "status",
    "priority",
    "attempts",
    "retry_count",
    "max_retries",
    "error_message",
    "queued_at",
    "scheduled_for",
    "started_at",
    "completed_at",
    "due_at",
    "ready",
    "due_of_schedule",
)
PAYLOAD_COLUMNS = ["execution_id", "input", "output", "error_details", "http_requests"]
LINE_COLUMNS = ["execution_id", "seq", "time", "level", "source", "text"]

_VERBS = ("import", "sync", "send", "resize", "archive", "verify", "price", "ship")
_DOES = {"verify": "verifies"}
_NOUNS = ("orders", "invoices", "receipts", "images", "parcels")
TASK_NAMES = tuple(f"{verb}-{noun}" for noun in _NOUNS for verb in _VERBS)


def told(name: str) -> str:
    """Return what a task of this name does, in words: `verifies orders`."""
    verb, _, noun = name.partition("-")
    return f"{_DOES.get(verb, verb + 's')} {noun}"


SOURCE = """async function main(input) {
  console.log(`order ${input.order}: ${input.items} items`);
  await sleep(50);
  return { order: input.order, shipped: true };
}
"""
LONGEST_MS = 300_000
_TOO_LONG = ("TimeLimitError", f"The task ran longer than {LONGEST_MS // 1000} s", 0)
# Name, message with a number to fill in, line: the commonest come first.
_ERRORS = (
    ("TypeError", "Cannot read properties of undefined (reading 'items')", 4),
    ("Error", "HTTP 502 from https://billing.example/v1/invoices/{n}", 9),
    _TOO_LONG,
    ("Error", "Rate limit exceeded for tenant {n}, retry in 60 s", 12),
    ("RangeError", "Quantity of order {n} is below zero", 7),
    ("Error", "connect timeout: https://warehouse-{n}.example/stock", 15),
    ("SyntaxError", "Unexpected token < in JSON at position 0", 21),
)
_LINES = (
    "order {n}: reserved 3 items in warehouse north, {m} left",
    "GET https://stock.example/v1/items/{n} answered 200 in {m} ms",
    "parcel {n} weighs {m} g, label printed",
    "customer {n} is told by mail, template receipt-{m}",
    "retrying page {m} of tenant {n} after a short pause",
)
_ENDINGS = (ExecutionCode.COMPLETED, ExecutionCode.FAILED, ExecutionCode.CANCELLED)
_JOB_ENDINGS = dict(zip(_ENDINGS, (JobCode.COMPLETED, JobCode.FAILED, JobCode.CANCELLED), strict=True))


@dataclass(frozen=True)
class Sizes:
    """How many rows of each kind; the log lines are those of the newest execution."""

    executions: int
    jobs: int
    log_lines: int


class Batch(NamedTuple):
    """Rows to be stored together, each in the order of its columns above."""

    executions: list[tuple[Any, ...]]
    payloads: list[tuple[Any, ...]]
    jobs: list[tuple[Any, ...]]
    job_payloads: list[tuple[int, str]]


class Run(NamedTuple):
    """What an execution and its job have in common; times in ms."""

    task_id: int
    schedule_id: int | None
    status: ExecutionCode
    queued_at: int
    started_at: int | None
    completed_at: int
    duration_ms: int | None
    error: tuple[str, str, int] | None
    input: str


class History:
    """Rows of tasks and schedules that exist; times end at `now_ms`."""

    def __init__(
        self, sizes: Sizes, tasks: Sequence[int], schedules: Sequence[int], now_ms: int, seed: int = 7
    ) -> None:
        self._sizes, self._now_ms, self._random = sizes, now_ms, random.Random(seed)
        self._tasks, self._schedules = tasks, schedules
        self._rows = max(sizes.executions, sizes.jobs)
        # Few tasks do most of the work.
        self._weights = [1 / (place + 1) for place in range(len(tasks))]

    def batches(self) -> Iterator[Batch]:
        """Yield all rows but log lines, oldest first."""
        for first in range(1, self._rows + 1, BATCH_ROWS):
            ids = range(first, min(first + BATCH_ROWS, self._rows + 1))
            tasks = self._random.choices(self._tasks, self._weights, k=len(ids))
            batch = Batch([], [], [], [])
            for row_id, task_id in zip(ids, tasks, strict=True):
                self._add(batch, row_id, task_id)
            yield batch

    def lines(self) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the log lines of the newest execution; one line in all of them has `NEEDLE`."""
        count, execution_id, draw = self._sizes.log_lines, self._sizes.executions, self._random
        levels = (LevelCode.INFO, LevelCode.DEBUG, LevelCode.WARN, LevelCode.ERROR)
        for first in range(1, count + 1, BATCH_ROWS):
            seqs = range(first, min(first + BATCH_ROWS, count + 1))
            chosen = draw.choices(levels, (70, 20, 8, 2), k=len(seqs))
            texts = draw.choices(_LINES, k=len(seqs))
            yield [
                (execution_id, seq, self._now_ms - count + seq, level, "task", self._line(text, seq))
                for seq, level, text in zip(seqs, chosen, texts, strict=True)
            ]

    def _line(self, text: str, seq: int) -> str:
        if seq == self._sizes.log_lines // 2:
            return NEEDLE
        return text.format(n=seq * 7919 % 1_000_003, m=seq % 997)

    def _add(self, batch: Batch, row_id: int, task_id: int) -> None:
        run = self._run(row_id, task_id)
        waits = row_id <= self._sizes.jobs and self._random.random() < 0.04
        if row_id <= self._sizes.jobs:
            batch.jobs.append(self._waiting(row_id, run) if waits else self._ended(row_id, run))
            batch.job_payloads.append((row_id, run.input))
        if row_id <= self._sizes.executions:
            job_id = row_id if row_id <= self._sizes.jobs and not waits else None
            batch.executions.append(self._execution(row_id, run, job_id))
            batch.payloads.append(_payload(row_id, run))

    def _run(self, row_id: int, task_id: int) -> Run:
        draw = self._random
        place = row_id / self._rows
        # More by day than by night.
        rhythm = math.sin(place * 90 * math.tau) / (90 * math.tau) * 0.7
        queued = self._now_ms - SPAN_MS + int(SPAN_MS * (place + rhythm)) - draw.randrange(60_000)
        luck = draw.random()
        status = _ENDINGS[0 if luck < 0.9 else 1 if luck < 0.98 else 2]
        wait = int(draw.expovariate(1 / 400))
        duration = min(int(draw.lognormvariate(6.5, 1.5)), LONGEST_MS)
        failed, ran = status is ExecutionCode.FAILED, status is not ExecutionCode.CANCELLED or luck < 0.99
        error = _ERRORS[min(int(draw.expovariate(0.6)), len(_ERRORS) - 1)] if failed else None
        if error is _TOO_LONG and queued + wait + LONGEST_MS <= self._now_ms:
            duration = LONGEST_MS
        elif error is _TOO_LONG:
            error = _ERRORS[0]
        return Run(
            task_id,
            draw.choice(self._schedules) if self._schedules and luck < 0.1 else None,
            status,
            queued,
            queued + wait if ran else None,
            queued + wait + (duration if ran else 0),
            duration if ran else None,
            error,
            f'{{"order":{row_id},"items":{row_id % 9 + 1},"customer":"c-{row_id * 31 % 9973}"}}',
        )

    def _execution(self, row_id: int, run: Run, job_id: int | None) -> tuple[Any, ...]:
        draw = self._random
        again = job_id is None and row_id > 10 and draw.random() < 0.2
        return (
            row_id,
            draw.randbytes(16),
            run.task_id,
            "1.0.0",
            job_id,
            run.schedule_id if job_id else None,
            row_id - draw.randrange(1, 10) if again else None,
            2 if again else 1,
            run.status,
            _message(run.error, row_id) if run.error else _CANCELLED.get(run.status),
            run.queued_at,
            run.started_at,
            run.completed_at,
            run.duration_ms,
            _progress(row_id, run.status),
            f"worker-{row_id % 2 + 1}" if run.started_at else None,
        )

    def _ended(self, row_id: int, run: Run) -> tuple[Any, ...]:
        retries = row_id % 4 if run.error else 0
        return (
            row_id,
            run.task_id,
            run.schedule_id,
            row_id if row_id <= self._sizes.executions else None,
            _JOB_ENDINGS[run.status],
            self._priority(),
            retries + 1,
            retries,
            retries if run.error else 3,
            _message(run.error, row_id) if run.error else _CANCELLED.get(run.status),
            run.queued_at,
            None if row_id % 10 else run.queued_at,
            run.started_at,
            run.completed_at,
            None,
            0,
            _due(run),
        )

    def _waiting(self, row_id: int, run: Run) -> tuple[Any, ...]:
        """Return a job whose time lies in the days to come: a server that starts has nothing to run."""
        retrying = row_id % 8 == 0
        due = self._now_ms + DAY_MS + self._random.randrange(30 * DAY_MS)
        return (
            row_id,
            run.task_id,
            run.schedule_id,
            None,
            JobCode.RETRYING if retrying else JobCode.QUEUED,
            self._priority(),
            int(retrying),
            int(retrying),
            3,
            _message(_ERRORS[1], row_id) if retrying else None,
            run.queued_at,
            due,
            run.started_at if retrying else None,
            None,
            due,
            0,
            _due(run),
        )

    def _priority(self) -> int:
        luck = self._random.random()
        return 1 if luck < 0.8 else 0 if luck < 0.9 else 2 if luck < 0.98 else 3


def _due(run: Run) -> int | None:
    """Return the due time for which a schedule queued it: the second in which it did."""
    return None if run.schedule_id is None else run.queued_at // 1000 * 1000


_CANCELLED = {ExecutionCode.CANCELLED: "Cancelled"}


def _progress(row_id: int, status: ExecutionCode) -> float | None:
    """Return the progress of the few that tell it."""
    if row_id % 5:
        return None
    return 1.0 if status is ExecutionCode.COMPLETED else row_id % 97 / 97


def _text(error: tuple[str, str, int], row_id: int) -> str:
    return error[1].replace("{n}", str(row_id * 17 % 10_007))


def _message(error: tuple[str, str, int], row_id: int) -> str:
    return f"{error[0]}: {_text(error, row_id)}"


def _details(error: tuple[str, str, int], row_id: int) -> str:
    name, _, line = error
    message = _text(error, row_id)
    stack = f"{name}: {message}\n    at main (task.js:{line}:11)" if line else ""
    column = 11 if line else None
    told = {"name": name, "message": message, "stack": stack, "line": line or None, "column": column}
    return orjson.dumps(told).decode()


def _payload(row_id: int, run: Run) -> tuple[Any, ...]:
    details = output = requests = None
    if run.error:
        details = _details(run.error, row_id)
    elif run.status is ExecutionCode.COMPLETED:
        parcel = f'{{"sku":"s-{row_id * 13 % 5003}","quantity":{row_id % 7 + 1},"shelf":"n-{row_id % 31}"}}'
        output = f'{{"order":{row_id},"shipped":true,"parcels":[{",".join([parcel] * (row_id % 4 + 1))}]}}'
    if row_id % 10 == 0 and run.started_at:
        url = f"https://stock.example/v1/items/{row_id}"
        requests = f'[{{"method":"GET","url":"{url}","status":200,"ms":12,"bytes":512,"error":null}}]'
    return (row_id, run.input, output, details, requests)
