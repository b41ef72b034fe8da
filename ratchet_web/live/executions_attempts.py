"""Watching the attempts that belong together: those of a job, and what was retried by hand."""

import logging
from dataclasses import asdict, dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.live.executions import are_unfinished
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.logic.lineage import difference
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import Execution, ExecutionQuery
from ratchet_web.models.monitoring import Change

logger = logging.getLogger(__name__)
# So many requests are spent on what came before, and on what came after.
MOST_STEPS = 10
MOST_OF_JOB = 100


@dataclass(frozen=True)
class ExecutionAttempts(Topic):
    """`executions/12/attempts`: the lineage of one execution, the oldest first.

    Each row has `difference` to the one before it, None for the first; `about.more_before` and
    `about.more_after`: there are more than were read.
    """

    NOUN: ClassVar = "executions"
    # Each new execution may be one of them, and a look asks for many.
    LEAST_GAP_S: ClassVar = 2.0
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By what belongs to it, and by a new execution, which may be a retry."""
        if not is_about(change, self.NOUN):
            return False
        return change.kind == "created" or any(row["id"] == change.id for row in last.rows)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the attempts, as far as they can be read."""
        line = Lineage(api)
        await line.take(self.id)
        (more_before, more_after) = await line.grow(self.id)
        rows = line.rows()
        about = {"more_before": more_before, "more_after": more_after}
        return Snapshot(tuple(rows), about, are_unfinished(line.found.values()))


class Lineage:
    """Executions that belong together, read step by step."""

    def __init__(self, api: Ratchet) -> None:
        self._api = api
        self._jobs: set[str] = set()
        self.found: dict[str, Execution] = {}

    async def take(self, id: str) -> Execution:
        """Read one with the others of its job."""
        if id not in self.found:
            self.found[id] = await self._api.executions.head(id)
        execution = self.found[id]
        if execution.job_id is not None and execution.job_id not in self._jobs:
            self._jobs.add(execution.job_id)
            query = ExecutionQuery(job=execution.job_id, sort="queued_at", limit=MOST_OF_JOB)
            page = await self._api.executions.page(query)
            # A server that does not know the filter answers with every execution.
            of_job = {row.id: row for row in page.rows if row.job_id == execution.job_id}
            self.found = of_job | self.found
        return execution

    async def grow(self, id: str) -> tuple[bool, bool]:
        """Follow the retries both ways; return whether there are more than were followed."""
        return await self._follow(id, "retry_of"), await self._follow(id, "retried_by")

    async def _follow(self, id: str, way: str) -> bool:
        left, seen = MOST_STEPS, {id}
        while is_row_id(there := getattr(self.found[id], way) or "") and there not in seen:
            if there not in self.found:
                if not left:
                    return True
                left -= 1
                try:
                    await self.take(there)
                except RatchetError as error:
                    logger.info("Attempt %s is not read: %s (request %s)", there, error, error.request_id)
                    return True
            seen.add(there)
            id = there
        return False

    def rows(self) -> list[Row]:
        """Return the rows, the oldest first, each with its difference to what it follows."""
        ordered = sorted(self.found.values(), key=lambda each: (len(each.id), each.id))
        rows: list[Row] = []
        for place, execution in enumerate(ordered):
            before = self.found.get(execution.retry_of or "") or (ordered[place - 1] if place else None)
            rows.append(list_row(execution) | {"difference": _difference(before, execution)})
        return rows


def _difference(before: Execution | None, after: Execution) -> Row | None:
    if before is None:
        return None
    one_job = before.job_id is not None and before.job_id == after.job_id
    unknown = not one_job and ("input" in before.left_out or "input" in after.left_out)
    told = asdict(difference(before, after, one_job=one_job))
    changed = None if unknown else told["input_changed"]
    return {**told, "input_changed": changed, "before": before.id}
