"""What a new database holds before anything else happens to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ratchet_web.server.store import schedules, tasks


@dataclass(frozen=True)
class Beginning:
    """Columns of tasks, and of schedules with the name of their task."""

    now_ms: int
    tasks: Sequence[Mapping[str, Any]] = ()
    schedules: Sequence[tuple[str, Mapping[str, Any]]] = ()


def insert(connection: sa.Connection, beginning: Beginning) -> None:
    """Store a beginning; the names of its tasks are unique."""
    ids = {row["name"]: tasks.insert(connection, row, beginning.now_ms).id for row in beginning.tasks}
    for task_name, row in beginning.schedules:
        schedules.insert(connection, {**row, "task_id": ids[task_name]}, beginning.now_ms)
