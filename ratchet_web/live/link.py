"""Watching the link to the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import Row
from ratchet_web.live.topic import Snapshot, Topic
from ratchet_web.models.monitoring import Change


@dataclass(frozen=True)
class Link(Topic):
    """`link`: no rows; `about` says how changes reach this process. It asks nobody."""

    LEAST_GAP_S: ClassVar = 0.05

    state: Callable[[], Row]

    def dirtied_by(self, change: Change, last: Snapshot) -> bool:
        """By no change of the server."""
        return False

    async def fetch(self, api: Ratchet) -> Snapshot:
        """Return what is known of the link."""
        return Snapshot((), self.state())

    def wait_s(self, announced: bool, age_s: float, unfinished: bool, failures: int) -> float | None:
        """Never by itself: the link says when it changed."""
        return None
