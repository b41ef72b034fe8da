"""Watching schedules."""

from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import detail_row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_of, total_of
from ratchet_web.models.monitoring import Change
from ratchet_web.models.schedules import ScheduleQuery


@dataclass(frozen=True)
class ScheduleList(Topic):
    """`schedules?…`: a page of the list; `about` has `total`."""

    NOUN: ClassVar = "schedules"
    query: ScheduleQuery

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page."""
        page = await api.schedules.page(self.query)
        return Snapshot(tuple(map(list_row, page.rows)), total_of(page))


@dataclass(frozen=True)
class ScheduleDetail(Topic):
    """`schedules/12`: one schedule with everything."""

    NOUN: ClassVar = "schedules"
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """Only by its own changes."""
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the schedule."""
        return Snapshot((detail_row(await api.schedules.get(self.id)),))
