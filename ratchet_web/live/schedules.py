"""Watching schedules."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.listed import Listed
from ratchet_web.live.rows import Row, detail_row
from ratchet_web.live.topic import Snapshot, Topic, is_of
from ratchet_web.logic import retry_policy
from ratchet_web.logic.cron_preview import run_rows
from ratchet_web.logic.jobs_destinations import destination_rows
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pages import Page
from ratchet_web.models.schedules import Schedule, ScheduleQuery


@dataclass(frozen=True)
class ScheduleList(Listed):
    """`schedules?…`: a page of the list; `about` has `total`."""

    NOUN: ClassVar = "schedules"
    query: ScheduleQuery

    async def read(self, api: Ratchet) -> tuple[Page[Schedule], Row]:
        """Return the page."""
        return await api.schedules.page(self.query), {}


@dataclass(frozen=True)
class ScheduleDetail(Topic):
    """`schedules/12`: one schedule with everything."""

    NOUN: ClassVar = "schedules"
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """Only by its own changes."""
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the schedule, with its next runs as `logic.cron_preview.run_rows` has them.

        `about`: `policy` in words, empty for the server's own; `destinations` without their secrets.
        """
        schedule = await api.schedules.get(self.id)
        row = {k: v for k, v in detail_row(schedule).items() if not k.startswith("output_destinations")}
        policy = retry_policy.read_policy(schedule.retry_policy)
        about = {
            "policy": "" if policy is None else retry_policy.in_words(policy),
            "destinations": destination_rows(schedule.output_destinations, ()),
        }
        return Snapshot((row | {"runs": await asyncio.to_thread(_runs, schedule)},), about)


def _runs(schedule: Schedule) -> list[dict[str, Any]]:
    """Return the next runs, which are computed here: servers tell but some instants, or none."""
    if not schedule.enabled:
        return []
    return run_rows(schedule.cron_expression, schedule.time_zone, datetime.now(UTC))
