"""The schedules pages: which list is asked for, which schedule is open."""

from typing import Any

import reflex as rx

from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.state.viewing import ListState, asked, choices, path_part, watch


class ScheduleList(ListState, rx.State):
    """`/schedules`."""

    enabled: list[dict[str, Any]] = []
    _query: ScheduleQuery = ScheduleQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, ScheduleQuery)
        self._show(self._query, ignored)
        self.enabled = choices(self._query, "enabled", {True: "Enabled", False: "Disabled"})
        await watch(self, self.topic)


class ScheduleDetail(rx.State):
    """`/schedules/[schedule_id]`."""

    id: str = ""
    topic: str = ""

    @rx.event
    async def load(self) -> None:
        """Watch the schedule that the address names."""
        self.id = path_part(self, 1)
        self.topic = f"schedules/{self.id}"
        await watch(self, self.topic)
