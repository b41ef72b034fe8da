"""The tasks pages: which list is asked for, which task is open."""

from typing import Any

import reflex as rx

from ratchet_web.api import RatchetError
from ratchet_web.models.base import is_row_id
from ratchet_web.models.executions import ExecutionQuery
from ratchet_web.models.failures import FailureQuery
from ratchet_web.models.pauses import TOPIC as PAUSES
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.series import PERIODS, Period
from ratchet_web.models.tasks import TaskQuery
from ratchet_web.state.services import services
from ratchet_web.state.tasks_calls import calls
from ratchet_web.state.tasks_versions import open_versions, read_version
from ratchet_web.state.viewing import ListState, asked, choices, described, path_part, watch

PERIOD = "24h"
TABS = ("overview", "source", "schemas", "runs", "versions", "statistics", "call")


class TaskList(ListState, rx.State):
    """`/tasks`."""

    enabled: list[dict[str, Any]] = []
    activity_topic: str = ""
    _query: TaskQuery = TaskQuery()

    @rx.event
    async def load(self) -> None:
        """Read the query from the address and watch its rows."""
        self._query, ignored = asked(self, TaskQuery)
        self._show(self._query, ignored)
        self.enabled = choices(self._query, "enabled", {True: "Enabled", False: "Disabled"})
        self.activity_topic = self.topic.replace("tasks", "activity", 1)
        await watch(self, self.topic, self.activity_topic, PAUSES)


class TaskDetail(rx.State):
    """`/tasks/[task_id]`."""

    id: str = ""
    topic: str = ""
    runs_topic: str = ""
    overview_topic: str = ""
    figures_topic: str = ""
    runs_link: str = ""
    failures_link: str = ""
    schedules_link: str = ""
    edit_link: str = ""
    many_link: str = ""
    periods: list[dict[str, Any]] = []
    tab: str = TABS[0]
    calls: list[dict[str, str]] = []
    calls_local: bool = False
    calls_with_token: bool = False
    calls_failure: dict[str, str] = {}

    @rx.event
    async def load(self) -> None:
        """Watch the task that the address names, and what its open tab shows of it."""
        self.id = path_part(self, 1)
        given = self.router.url.query_parameters
        self.tab = tab if (tab := given.get("tab", "")) in TABS else TABS[0]
        self.topic, self.edit_link = f"tasks/{self.id}", f"/tasks/{self.id}/edit"
        self.many_link = f"/tasks/{self.id}/run-many"
        period = PERIODS.get(given.get("period", ""), PERIODS[PERIOD])
        self._show_links()
        self._show_periods(period)
        self.overview_topic = f"overview/{self.id}"
        self.figures_topic = f"figures/{self.id}/{period.name}"
        open_tab = {
            "overview": self.overview_topic,
            "runs": self.runs_topic,
            "statistics": self.figures_topic,
        }
        versions = await open_versions(self) if self.tab == "versions" else ()
        await watch(self, self.topic, PAUSES, *filter(None, [open_tab.get(self.tab), *versions]))
        # What is read only once comes after what is watched: the page stands meanwhile.
        if self.tab == "versions":
            await read_version(self)
        if self.tab == "call" and is_row_id(self.id):
            await self._show_calls()

    async def _show_calls(self) -> None:
        self.calls, self.calls_failure = [], {}
        try:
            told = await calls(services(self).api, self.id)
        except RatchetError as error:
            self.calls_failure = described("The task could not be read", error)
            return
        self.calls, self.calls_local, self.calls_with_token = told

    def _show_links(self) -> None:
        known = is_row_id(self.id)
        query = ExecutionQuery(task=self.id) if known else ExecutionQuery()
        self.runs_link = query.address()
        self.failures_link = (FailureQuery(task=self.id) if known else FailureQuery()).address()
        self.runs_topic = query.model_copy(update={"limit": 10}).address().lstrip("/")
        self.schedules_link = (ScheduleQuery(task=self.id) if known else ScheduleQuery()).address()

    def _show_periods(self, chosen: Period) -> None:
        base = f"/tasks/{self.id}?tab=statistics"
        self.periods = [
            {
                "label": period.words,
                "href": base if name == PERIOD else f"{base}&period={name}",
                "active": "page" if period is chosen else "",
                "key": name,
            }
            for name, period in PERIODS.items()
        ]
