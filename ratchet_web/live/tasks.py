"""Watching tasks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.lately import Beside, Lately
from ratchet_web.live.listed import Listed
from ratchet_web.live.rows import Row, detail_row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about, is_of
from ratchet_web.models.dialect import Ability
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pages import Page
from ratchet_web.models.tasks import Task, TaskQuery


@dataclass(frozen=True)
class TaskList(Listed):
    """`tasks?…`: a page of the list; `about` has `total`."""

    NOUN: ClassVar = "tasks"
    query: TaskQuery

    async def read(self, api: Ratchet) -> tuple[Page[Task], Row]:
        """Return the page."""
        return await api.tasks.page(self.query), {}


@dataclass(frozen=True)
class TaskActivity(Beside):
    """`activity?…`: what the tasks of the page `tasks?…` did lately, by their ids.

    Apart from the list: executions change all the time, and definitions are not read anew for that.
    """

    NOUN: ClassVar = "tasks"
    ABILITY: ClassVar = Ability.ACTIVITY
    query: TaskQuery

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By whatever it counts."""
        return any(is_about(change, noun) for noun in ("executions", "schedules", "tasks"))

    async def page(self, api: Ratchet) -> tuple[Row, ...]:
        """Return what they did."""
        return tuple(map(list_row, (await api.tasks.activity(self.query)).rows))


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


def lately(api: Ratchet) -> Lately:
    """Return what tasks did, for all topics of that kind."""

    async def read(ids: Sequence[str]) -> Iterable[Row]:
        return map(list_row, await api.tasks.activity_of(ids))

    return Lately(read)
