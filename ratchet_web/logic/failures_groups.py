"""Grouping failed executions by what failed in the same way, where no server does it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from ratchet_web.logic.fingerprints import Fingerprint, fingerprint
from ratchet_web.models.executions import Execution
from ratchet_web.models.failures import (
    Failure,
    FailurePage,
    FailureQuery,
    FailureSample,
    FailureTask,
    FailureTrend,
)
from ratchet_web.models.narrowing import between

BUCKETS: Final = 24
_MS: Final = timedelta(milliseconds=1)


def grouped(rows: Iterable[Execution], query: FailureQuery, now: datetime) -> list[Failure]:
    """Return the failures of executions that failed in the time that is asked for."""
    found: dict[str, tuple[Fingerprint, list[Execution]]] = {}
    wanted = [row for row in rows if between(query.since, failed_at(row), query.until)]
    for row in wanted:
        mark = fingerprint(row.error_message, row.error_details)
        found.setdefault(mark.key, (mark, []))[1].append(row)
    times = [at for row in wanted if (at := failed_at(row))]
    start = query.since or min(times, default=now)
    end = max(start + timedelta(seconds=1), min(query.until or now, now))
    return [_failure(mark, of, start, end) for mark, of in found.values()]


def picked(query: FailureQuery, failures: Sequence[Failure]) -> FailurePage:
    """Return the page of a query; in which state a failure is nobody knows here."""
    text = (query.q or "").lower()
    rows = [each for each in failures if text in f"{each.error}\n{each.message}\n{each.frame}".lower()]
    column, down = query.sort.lstrip("-"), query.sort.startswith("-")
    told = [row for row in rows if getattr(row, column) is not None]
    told.sort(key=lambda row: (getattr(row, column), row.id), reverse=down)
    ordered = told + [row for row in rows if getattr(row, column) is None]
    first = (query.page - 1) * query.limit
    ignored = () if query.state is None else ("state",)
    return FailurePage(rows=tuple(ordered[first : first + query.limit]), total=len(rows), ignored=ignored)


def failed_at(row: Execution) -> datetime | None:
    """Return when an execution failed, as far as it is told."""
    return row.completed_at or row.started_at or row.queued_at


def _failure(mark: Fingerprint, rows: Sequence[Execution], start: datetime, end: datetime) -> Failure:
    times = [at for row in rows if (at := failed_at(row))]
    newest = max(rows, key=lambda row: (failed_at(row) or start, row.id))
    step = (end - start) / BUCKETS
    counts = [0] * BUCKETS
    for at in times:
        counts[min(max(int((at - start) / step), 0), BUCKETS - 1)] += 1
    return Failure(
        id=mark.key,
        error=mark.error,
        message=mark.message,
        frame=mark.frame,
        count=len(rows),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
        trend=FailureTrend(start=start, step_ms=max(step // _MS, 1), counts=tuple(counts)),
        tasks=_tasks(rows),
        sample=FailureSample(
            execution_id=newest.id,
            task_id=newest.task_id,
            task_version=newest.task_version,
            error_message=newest.error_message,
            completed_at=failed_at(newest),
        ),
        executions=tuple(row.id for row in rows if row.retried_by is None),
    )


def _tasks(rows: Sequence[Execution]) -> tuple[FailureTask, ...]:
    counts = Counter(row.task_id for row in rows)
    names = {row.task_id: row.task_name for row in rows}
    versions: dict[str, Counter[str]] = {id: Counter() for id in counts}
    for row in rows:
        if row.task_version:
            versions[row.task_id][row.task_version] += 1
    return tuple(
        FailureTask(task_id=id, task_name=names[id], count=n, versions=tuple(versions[id]))
        for id, n in counts.most_common()
    )
