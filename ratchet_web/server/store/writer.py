"""The one thread that writes. What waits while it works shares the next transaction."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ratchet_web.server.store.passing import passing

T = TypeVar("T")
Work = Callable[[sa.Connection], Any]

BATCH_LIMIT = 64

log = logging.getLogger(__name__)


class Writer:
    """Runs pieces of work, in order, each all or nothing; its future is settled after the commit."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[tuple[Work, Future[Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sa.Connection], T]) -> Future[T]:
        """Queue one piece of work. Its future raises `Unavailable` when the database is locked or full."""
        future: Future[T] = Future()
        self._waiting.put((work, future))
        return future

    def close(self) -> None:
        """Finish what is queued, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        going = True
        while going:
            batch, going = self._next_batch()
            live = [(work, future) for work, future in batch if future.set_running_or_notify_cancel()]
            if live:
                self._commit(live)

    def _next_batch(self) -> tuple[list[tuple[Work, Future[Any]]], bool]:
        batch = []
        item = self._waiting.get()
        while item is not None:
            batch.append(item)
            if len(batch) == BATCH_LIMIT or self._waiting.empty():
                return batch, True
            item = self._waiting.get()
        return batch, False

    def _commit(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        try:
            with self._engine.begin() as connection:
                settled = [(future, _attempt(connection, work)) for work, future in batch]
        except Exception as error:
            # The one thread must outlive whatever went wrong, or every later write would wait for ever.
            meant = passing(error) if isinstance(error, DBAPIError) else None
            if meant is None:
                log.exception("A transaction could not be committed")
            for _, future in batch:
                future.set_exception(meant or error)
            return
        for future, (result, refusal) in settled:
            if refusal is None:
                future.set_result(result)
            else:
                future.set_exception(refusal)


def _attempt(connection: sa.Connection, work: Work) -> tuple[Any, Exception | None]:
    """Run one piece of the batch; what it raises undoes that piece alone, unless the database fails."""
    nested = connection.begin_nested()
    try:
        result = work(connection)
        nested.commit()
    except DBAPIError as error:
        if passing(error):
            raise
        nested.rollback()
        return None, error
    except Exception as error:  # noqa: BLE001 - handed to the caller through its future
        nested.rollback()
        return None, error
    return result, None
