"""Times what pages send over their sockets; each event has an id and a line: its name, not what it brings."""

import asyncio
import logging
import time

from reflex.app import App
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from ratchet_web.models.requests import begin
from ratchet_web.models.timings import EVENTS

logger = logging.getLogger(__name__)


class Events(Middleware):
    """The events of this worker. Reflex runs each in a task of its own, and tells nobody when it ends."""

    def __init__(self) -> None:
        self.count = 0

    async def preprocess(self, app: App, state: BaseState, event: Event) -> StateUpdate | None:
        """Let an event pass; whatever its handler asks servers for carries its id."""
        self.count += 1
        began_s, (id, end) = time.monotonic(), begin()

        def ended(task: asyncio.Task[None]) -> None:
            end()
            _told(event.name, id, time.monotonic() - began_s)

        if task := asyncio.current_task():
            task.add_done_callback(ended)
        return None


def _told(name: str, id: str, took_s: float) -> None:
    EVENTS.note(took_s)
    took = round(1000 * took_s, 1)
    known = {"event": name[:120], "duration_ms": took, "request_id": id}
    logger.info("event %.120s in %s ms (request %s)", name, took, id, extra=known)
