"""Watching what one person started: executions, jobs and bulk runs, until they are over."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.bulk.run import FINAL
from ratchet_web.bulk.runs import Runs
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.jobs import Job, JobQuery, JobStatus
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pages import Page
from ratchet_web.models.runs import Outcome

PREFIX: Final = "started/"
MOST: Final = 20
# `started/executions.12,jobs.4,bulk.1f2e3d4c`
NAME: Final = re.compile(
    r"started/((?:(?:executions|jobs)\.[0-9]{1,19}|bulk\.[0-9a-z]{1,20})(?:,(?!$)|$)){1,20}"
)
# Among so many of the newest rows they are looked for, where there are several.
NEWEST: Final = 100
OVER: Final = (
    *(ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED),
    *(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED),
)
ERROR_CHARS: Final = 200


def is_started(name: str) -> bool:
    """Return whether a topic is of what somebody started: also a tab that nobody looks at hears of it."""
    return name.startswith(PREFIX)


def started_topic(name: str, runs: Runs) -> "Started | None":
    """Return the topic of this name, None if it makes no sense."""
    if not NAME.fullmatch(name):
        return None
    rows = tuple(dict.fromkeys(name.removeprefix(PREFIX).replace(".", "/").split(",")))
    return Started(name, runs, rows)


@dataclass(frozen=True)
class Started(Topic):
    """`started/…`: what became of each of some rows (`executions/12`, `jobs/4`, `bulk/1f2e3d4c`).

    They are `{id, status, over, name, note}`; the status of one that is not there is GONE.
    """

    LEAST_GAP_S: ClassVar = 0.5

    runs: Runs
    rows: tuple[str, ...]

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By changes of these rows."""
        if is_about(change, "bulk"):
            return any(self.runs.are_one(change.id, id) for id in self._of("bulk"))
        return any(is_about(change, noun) and change.id in self._of(noun) for noun in ("executions", "jobs"))

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the rows: a single one is read, of several the newest page of their list."""
        executions, jobs, bulk = await asyncio.gather(
            _read("executions", self._of("executions"), lambda: _executions(api), api.executions.head),
            _read("jobs", self._of("jobs"), lambda: _jobs(api), api.jobs.get),
            asyncio.gather(*(_run(self.runs, id) for id in self._of("bulk"))),
        )
        rows = (*executions, *jobs, *bulk)
        return Snapshot(rows, unfinished=any(not row["over"] for row in rows))

    def _of(self, noun: str) -> list[str]:
        return [id for kind, _, id in (row.partition("/") for row in self.rows) if kind == noun]


async def _read(
    noun: str,
    ids: Sequence[str],
    newest: Callable[[], Awaitable[Page[Any]]],
    one: Callable[[str], Awaitable[Execution | Job]],
) -> list[Row]:
    found = {row.id: _told(noun, row) for row in (await newest()).rows} if len(ids) > 1 else {}

    async def read(id: str) -> Row:
        try:
            return found[id] if id in found else _told(noun, await one(id))
        except NotFound:
            return _gone(f"{noun}/{id}")

    return await asyncio.gather(*map(read, ids))


async def _executions(api: Ratchet) -> Page[Execution]:
    return await api.executions.page(ExecutionQuery(limit=NEWEST))


async def _jobs(api: Ratchet) -> Page[Job]:
    return await api.jobs.page(JobQuery(limit=NEWEST))


def _told(noun: str, row: Execution | Job) -> Row:
    over = row.status in OVER
    return {
        "id": f"{noun}/{row.id}",
        "status": row.status.value,
        "over": over,
        "name": row.task_name or "",
        "note": (row.error_message or "")[:ERROR_CHARS] if over else "",
    }


def _gone(row: str) -> Row:
    return {"id": row, "status": "GONE", "over": True, "name": "", "note": ""}


async def _run(runs: Runs, id: str) -> Row:
    try:
        run = await runs.find(id)
    except NotFound:
        return _gone(f"bulk/{id}")
    bad = sum(run.counts[each] for each in (Outcome.FAILED, Outcome.REFUSED))
    return {
        "id": f"bulk/{id}",
        "status": run.phase.value.upper(),
        "over": run.phase in FINAL,
        "name": f"{run.choice.verb} {run.choice.noun}",
        "note": f"{run.counts[Outcome.DONE]:,} of {len(run.items):,} done"
        + (f", {bad:,} not" if bad else ""),
    }
