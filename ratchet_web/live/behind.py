"""Browsers that are slower than what there is to tell: they skip to the newest state."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from ratchet_web.live.ports import Message, Rooms

LOOK_S = 0.25
logger = logging.getLogger(__name__)


class Telling:
    """Tells the room of a topic; who cannot follow is let in anew, by `greet`, as soon as they can."""

    def __init__(
        self, topic: str, rooms: Rooms, viewers: Collection[str], greet: Callable[[str], Awaitable[None]]
    ) -> None:
        self._topic, self._rooms, self._viewers, self._greet = topic, rooms, viewers, greet
        self._behind: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Wait for nobody any more."""
        if self._task:
            self._task.cancel()

    async def publish(self, message: Message) -> None:
        """Tell everyone who follows."""
        for sid in await self._rooms.publish(self._topic, message):
            await self._rooms.leave(sid, self._topic)
            self._behind.add(sid)
        if self._behind and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._catch_up(), name=f"slow viewers of {self._topic}")

    async def _catch_up(self) -> None:
        while self._behind:
            await asyncio.sleep(LOOK_S)
            for sid in list(self._behind):
                # Whoever looks at something else now is not let in again.
                if sid not in self._viewers or not self._rooms.alive(sid):
                    self._behind.discard(sid)
                elif self._rooms.follows(sid):
                    self._behind.discard(sid)
                    await self._let_in(sid)

    async def _let_in(self, sid: str) -> None:
        try:
            await self._greet(sid)
        except Exception:
            # The edge of a task: without this all others who are slow would hear nothing any more.
            logger.exception("Letting a slow viewer in again met a mistake")
