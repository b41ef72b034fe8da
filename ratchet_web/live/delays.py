"""Watching what waits and can be undone. It is of this process: looking at it asks the server nothing."""

from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.bulk.delays import TOPIC, Delayed, Delays
from ratchet_web.live import policy
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic


@dataclass(frozen=True)
class DelayList(Topic):
    """`delays`: each row that something waits for, or was just done to; `epoch` names the process."""

    NOUN: ClassVar = TOPIC
    LEAST_GAP_S: ClassVar = 0.1

    delays: Delays

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Never without a change, but after a failure."""
        return policy.retry_s(failures) if failures else None

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return the rows."""
        return Snapshot(
            tuple(map(_shown, self.delays.all())), {"epoch": self.delays.epoch, "undo_s": self.delays.undo_s}
        )


def _shown(delayed: Delayed) -> Row:
    intent = delayed.intent
    return {
        "id": intent.row,
        "noun": intent.noun,
        "of": intent.id,
        "verb": intent.verb,
        "value": intent.value,
        "name": intent.name,
        "stage": delayed.stage.value,
        "note": delayed.note,
        "due_at": delayed.due_at,
    }
