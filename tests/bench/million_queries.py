"""What the bench of a million rows asks for: each filter with values that hit little, much and nothing."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ratchet_web.server.examples.history import SPAN_MS
from ratchet_web.server.parameters.executions import ExecutionParameters
from ratchet_web.server.parameters.jobs import JobParameters

Query = dict[str, Any]
KINDS = {"executions": ExecutionParameters, "jobs": JobParameters}
# From the first row; the last page is asked for too.
OFFSETS = (0, 2_500)
PAGE = 25


class Queries:
    """Queries of a seeded server with so many rows; the same seed asks the same."""

    def __init__(self, rows: int, now_ms: int, seed: int = 11) -> None:
        self._rows, self._now_ms, self._random = rows, now_ms, random.Random(seed)
        moment, texts = self._moment, ("undefined", "billing", "tenant 77", "no such text")
        common = {
            "id_in": lambda: ",".join(str(self._row()) for _ in range(20)),
            "task_id": lambda: self._task(),
            "task_id_in": lambda: f"{self._task()},{self._task()}",
            "schedule_id": lambda: self._random.randrange(1, 6),
            "has_error": self._yes,
            "error_message_like": lambda: self._random.choice(texts),
            "queued_after": moment,
            "queued_before": moment,
        }
        ended = ("COMPLETED", "FAILED", "CANCELLED")
        executions = {
            "status": lambda: self._random.choice(("PENDING", *ended)),
            "status_ne": lambda: self._random.choice(ended),
            "status_in": lambda: self._random.choice(("PENDING,RUNNING", "FAILED,CANCELLED")),
            "can_retry": self._yes,
            "can_cancel": self._yes,
            "job_id": self._row,
            "retry_of": self._row,
            "retried": self._yes,
            "fingerprint": lambda: f"{self._random.getrandbits(64):016x}",
            "has_progress": self._yes,
            "progress_gte": lambda: round(self._random.random(), 2),
            "progress_lte": lambda: round(self._random.random(), 2),
            "duration_gte": lambda: int(self._random.lognormvariate(6.5, 2)),
            "duration_lte": lambda: int(self._random.lognormvariate(6.5, 2)),
            "started_after": moment,
            "started_before": moment,
            "completed_after": moment,
            "completed_before": moment,
        }
        jobs = {
            "status": lambda: self._random.choice(("QUEUED", "RETRYING", "PROCESSING", *ended)),
            "status_ne": lambda: self._random.choice(ended),
            "status_in": lambda: self._random.choice(("QUEUED,RETRYING", "FAILED,CANCELLED")),
            "priority": lambda: self._random.choice(("LOW", "NORMAL", "HIGH", "CRITICAL")),
            "priority_gte": lambda: self._random.choice(("NORMAL", "HIGH", "CRITICAL")),
            "priority_in": lambda: self._random.choice(("LOW,CRITICAL", "LOW,NORMAL")),
            "retry_count_gte": lambda: self._random.randrange(5),
            "retry_count_lte": lambda: self._random.randrange(5),
            "max_retries_gte": lambda: self._random.randrange(5),
            "max_retries_lte": lambda: self._random.randrange(5),
            "has_retries_remaining": self._yes,
            "is_scheduled": self._yes,
            "due_now": self._yes,
            "scheduled_after": moment,
            "scheduled_before": moment,
        }
        self._filters = {"executions": {**common, **executions}, "jobs": {**common, **jobs}}

    def filters(self, noun: str) -> Mapping[str, Any]:
        """Return each filter of a list with what draws a value for it."""
        return self._filters[noun]

    def singles(self, noun: str) -> Iterator[Query]:
        """Yield no filter and each one alone, by every sort, near the beginning; no offset means the end."""
        draws = {"": lambda: "", **self._filters[noun]}
        for name, draw in draws.items():
            for sort in KINDS[noun].SORTS:
                given = {name: draw()} if name else {}
                order = {"_sort": sort, "_order": self._random.choice(("ASC", "DESC"))}
                yield from ({**given, **order, "_start": offset} for offset in OFFSETS)
                yield {**given, **order}

    def mixes(self, noun: str, count: int) -> Iterator[Query]:
        """Yield random mixes of three filters, mostly newest first and near the beginning."""
        draws, draw = self._filters[noun], self._random
        sorts = ["queued_at"] * 6 + list(KINDS[noun].SORTS)
        for _ in range(count):
            given = {name: draws[name]() for name in draw.sample(list(draws), 3)}
            order = "DESC" if draw.random() < 0.8 else "ASC"
            yield {
                **given,
                "_sort": draw.choice(sorts),
                "_order": order,
                "_start": draw.choice((0, 0, 0, 25, 500, 5_000)),
            }

    def _row(self) -> int:
        return self._random.randrange(1, self._rows + 1)

    def _task(self) -> int:
        return self._random.randrange(1, 41)

    def _yes(self) -> str:
        return self._random.choice(("true", "false"))

    def _moment(self) -> str:
        ms = self._now_ms - self._random.randrange(SPAN_MS)
        return datetime.fromtimestamp(ms / 1000, UTC).isoformat()
