"""Watching tasks."""

from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import detail_row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about, is_of, total_of
from ratchet_web.models.dialect import Ability
from ratchet_web.models.monitoring import Change
from ratchet_web.models.tasks import TaskQuery


@dataclass(frozen=True)
class TaskList(Topic):
    """`tasks?…`: a page of the list; `about` has `total`."""

    NOUN: ClassVar = "tasks"
    query: TaskQuery

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the page."""
        page = await api.tasks.page(self.query)
        return Snapshot(tuple(map(list_row, page.rows)), total_of(page))


@dataclass(frozen=True)
class TaskActivity(Topic):
    """`activity?…`: what the tasks of the page `tasks?…` did lately, by their ids.

    Apart from the list: executions change all the time, and definitions are not read anew for that.
    """

    NOUN: ClassVar = "tasks"
    LEAST_GAP_S: ClassVar = 3.0
    query: TaskQuery

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it counts."""
        return any(is_about(change, noun) for noun in ("executions", "schedules", "tasks"))

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return what they did; nothing, and without a question, where the server does not tell it."""
        if not (await api.dialect()).can(Ability.ACTIVITY):
            return Snapshot()
        page = await api.tasks.activity(self.query)
        return Snapshot(tuple(map(list_row, page.rows)))


@dataclass(frozen=True)
class TaskDetail(Topic):
    """`tasks/12`: one task with everything."""

    NOUN: ClassVar = "tasks"
    id: str

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """Only by its own changes."""
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the task."""
        return Snapshot((detail_row(await api.tasks.get(self.id)),))
