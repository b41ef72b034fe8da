"""Watching what is paused: few rows, which every page that shows jobs shares."""

from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import Row, list_row
from ratchet_web.live.topic import Snapshot, Topic, is_about
from ratchet_web.models.monitoring import Change
from ratchet_web.models.pauses import QUEUE_ROW, Pause, PauseScope


@dataclass(frozen=True)
class PauseList(Topic):
    """`pauses`: a row for each paused task, by its id, and one for the queue with the id `queue`."""

    NOUN: ClassVar = "pauses"

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By its own changes; where a task is paused also by those of tasks: they are renamed and deleted."""
        return super().dirtied_by(change, last) or (bool(last.rows) and is_about(change, "tasks"))

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return what is paused."""
        return Snapshot(tuple(map(_row, await api.pauses.all())))


def _row(pause: Pause) -> Row:
    of_queue = pause.scope is PauseScope.QUEUE
    return {**list_row(pause), "id": QUEUE_ROW if of_queue else pause.task_id or ""}
