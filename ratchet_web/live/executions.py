"""Watching executions."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import list_row
from ratchet_web.live.topic import Snapshot, Topic, counted, total_of
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStats, ExecutionStatus

UNFINISHED = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING)


@dataclass(frozen=True)
class ExecutionList(Topic):
    """`executions?…`: a page of the list; `about` has `total` and `counts` by status of all executions."""

    NOUN: ClassVar = "executions"
    query: ExecutionQuery

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page and the counts."""
        page, counts = await asyncio.gather(
            api.executions.page(self.query), counted(api.executions.stats, by_status)
        )
        about = {**total_of(page), "counts": counts}
        return Snapshot(tuple(map(list_row, page.rows)), about, are_unfinished(page.rows))


def are_unfinished(executions: Iterable[Execution]) -> bool:
    """Return whether one of them will still change."""
    return any(execution.status in UNFINISHED for execution in executions)


def by_status(stats: ExecutionStats) -> dict[str, int | None]:
    """Return the counts under their statuses, and `total`."""
    return {
        "total": stats.total_executions,
        "PENDING": stats.pending_executions,
        "RUNNING": stats.running_executions,
        "COMPLETED": stats.completed_executions,
        "FAILED": stats.failed_executions,
        "CANCELLED": stats.cancelled_executions,
    }
