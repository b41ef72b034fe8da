"""Watching what a task was."""

from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import list_row
from ratchet_web.live.topic import Snapshot, Topic, is_of
from ratchet_web.models.base import is_row_id
from ratchet_web.models.monitoring import Change

NAME = "versions"


@dataclass(frozen=True)
class TaskVersions(Topic):
    """`tasks/12/versions`, `tasks/12/versions/51`: the newest revisions of a task, or those below one."""

    NOUN: ClassVar = "tasks"
    id: str
    before: int | None = None

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """Only by changes of its task."""
        return is_of(change, self.NOUN, self.id)

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the revisions, newest first."""
        heads = await api.tasks.versions(self.id, before=self.before)
        return Snapshot(tuple({"id": str(head.revision), **list_row(head)} for head in heads))


def parsed(name: str) -> TaskVersions | None:
    """Return the topic of this name, None if it makes no sense."""
    noun, _, rest = name.partition("/")
    id, _, path = rest.partition("/")
    word, _, before = path.partition("/")
    if noun != "tasks" or word != NAME or not is_row_id(id) or path == f"{NAME}/":
        return None
    if not before:
        return TaskVersions(name, id)
    return TaskVersions(name, id, int(before)) if is_row_id(before) else None
