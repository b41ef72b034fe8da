"""What waits to be sent to one browser: the queue that Engine.IO reads, at half of its cost for a message."""

import asyncio
from typing import Any


class Outbox(asyncio.Queue[Any]):
    """A queue with one reader.

    The reader waits with `asyncio.wait_for`, which until Python 3.12 starts a task for each message; a future
    in place of a coroutine spares that.
    """

    _reader: asyncio.Future[Any] | None = None

    def get(self) -> asyncio.Future[Any]:  # type: ignore[override]
        """Return what has the next message, or will have it."""
        self._reader = asyncio.get_running_loop().create_future()
        if not self.empty():
            self._reader.set_result(self.get_nowait())
        return self._reader

    @property
    def is_empty(self) -> bool:
        """Whether its reader waits for a message, and so has sent all that there was."""
        return self._reader is not None and not self._reader.done()

    def put_nowait(self, item: Any) -> None:
        """Add a message; the reader, if it waits, has it at once."""
        super().put_nowait(item)
        if self._reader and not self._reader.done():
            self._reader.set_result(self.get_nowait())
