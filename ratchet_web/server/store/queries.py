"""How many statements the database has run, and how long they took."""

import threading
import time
from typing import Any, Final

import sqlalchemy as sa

SLOW_S: Final = 0.1


class Queries:
    """Counts the statements of some engines, from all threads."""

    def __init__(self) -> None:
        self.total = self.slow = self.errors = 0
        self.seconds = 0.0
        self._lock = threading.Lock()

    def watch(self, engine: sa.Engine) -> None:
        """Count what this engine runs."""
        sa.event.listen(engine, "before_cursor_execute", self._begin)
        sa.event.listen(engine, "after_cursor_execute", self._end)

    def fail(self) -> None:
        """Count that the database could not be reached."""
        with self._lock:
            self.errors += 1

    def mean_ms(self) -> float | None:
        """Return how long a statement takes on average."""
        return 1000 * self.seconds / self.total if self.total else None

    def _begin(
        self, _connection: Any, _cursor: Any, _statement: Any, _given: Any, context: Any, _m: Any
    ) -> None:
        context.began_s = time.perf_counter()

    def _end(
        self, _connection: Any, _cursor: Any, _statement: Any, _given: Any, context: Any, _m: Any
    ) -> None:
        took_s = time.perf_counter() - context.began_s
        with self._lock:
            self.total += 1
            self.seconds += took_s
            self.slow += took_s >= SLOW_S
