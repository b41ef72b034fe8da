"""Watching executions."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

from ratchet_web.api import Ratchet
from ratchet_web.live.listed import Listed
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic, as_range_moves, counted
from ratchet_web.logic.lists import Move, concerns
from ratchet_web.models.executions import (
    Execution,
    ExecutionCounts,
    ExecutionDensity,
    ExecutionQuery,
    ExecutionStatus,
)
from ratchet_web.models.narrowing import RANGES
from ratchet_web.models.pages import Page

UNFINISHED = (ExecutionStatus.PENDING, ExecutionStatus.RUNNING)


# Of a list without a range so much is shown.
USUAL: Final = RANGES["24h"]
MOST_BUCKETS: Final = 96
_HOUR_S, _DAY_S = 3600, 86_400
_A_SECOND: Final = timedelta(seconds=1)
STEPS_S: Final = (
    *(1, 5, 10, 30, 60, 300, 900, 1800),
    *(_HOUR_S, 2 * _HOUR_S, 3 * _HOUR_S, 6 * _HOUR_S, 12 * _HOUR_S),
    *(_DAY_S, 7 * _DAY_S, 30 * _DAY_S, 365 * _DAY_S),
)


@dataclass(frozen=True)
class ExecutionList(Listed):
    """`executions?…`: a page of the list; `about` has `total` and `counts` by status within its filters."""

    NOUN: ClassVar = "executions"
    STATUSES: ClassVar = len(ExecutionCounts.model_fields)
    UNFINISHED: ClassVar = UNFINISHED
    query: ExecutionQuery

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Rows leave a range that ends now without any change."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        if failures or not announced:
            return wait_s
        return as_range_moves(as_range_moves(wait_s, self.query.range), self.query.ended)

    async def read(self, api: Ratchet) -> tuple[Page[Execution], Row]:
        """Return the page, and the counts by status as far as the server tells."""
        return await asyncio.gather(
            api.executions.page(self.query),
            counted(lambda: api.executions.counts(self.query), by_status),
        )


@dataclass(frozen=True)
class ExecutionsInTime(Topic):
    """`executions/density?…`: no rows; `about` says how many of the list were queued when.

    `failed` and `others` have a number for each bucket of `step_s` seconds from `start` on, None where that
    is not known; the list is looked at from `since` to `until`, in ms since 1970.
    """

    NOUN: ClassVar = "executions"
    LEAST_GAP_S: ClassVar = 2.0
    query: ExecutionQuery

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """As often as there is a new bucket; a window that ended gets none."""
        wait_s = super().wait_s(announced, age_s, unfinished, failures)
        if wait_s is None or failures or not announced or self.query.until is not None:
            return wait_s
        since, until = window(self.query, datetime.now(UTC))
        return min(wait_s, max(5.0, step_s(since, until)))

    def concerned(self, move: Move) -> bool:
        """By rows of its task, job or schedule."""
        return concerns(self.query, move)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the counts."""
        since, until = window(self.query, datetime.now(UTC))
        if since >= until:
            return Snapshot()
        # What was queued since the last whole second is in the list as well.
        end = until if self.query.until else until + _A_SECOND
        found = await api.executions.density(self.query, since, end, step_s(since, until))
        times: Row = {"since": _ms(since), "until": _ms(end), "step_ms": found.step_s * 1000}
        return Snapshot((), {**times, "start": found.start and _ms(found.start), **_columns(found)})


def window(query: ExecutionQuery, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when a list is looked at in time."""
    asked, whole_s = query.as_of(now), now.replace(microsecond=0)
    until = asked.until or whole_s
    return asked.since or until - USUAL, until


def step_s(since: datetime, until: datetime) -> int:
    """Return the length of the buckets of a window: as short as leaves `MOST_BUCKETS` at most."""
    least = (until - since) / timedelta(seconds=1) / MOST_BUCKETS
    return next((step for step in STEPS_S if step >= least), STEPS_S[-1])


def _columns(found: ExecutionDensity) -> Row:
    columns = [getattr(found, name) for name in ExecutionCounts.model_fields if name != "failed"]
    if found.failed is None or None in columns:
        return {"failed": None, "others": None}
    return {"failed": list(found.failed), "others": [sum(each) for each in zip(*columns, strict=True)]}


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def are_unfinished(executions: Iterable[Execution]) -> bool:
    """Return whether one of them will still change."""
    return any(execution.status in UNFINISHED for execution in executions)


def by_status(counts: ExecutionCounts) -> dict[str, int | None]:
    """Return the counts under their statuses."""
    return {name.upper(): n for name, n in counts}
