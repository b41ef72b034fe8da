"""Worker processes."""

from datetime import datetime
from typing import Literal

from ratchet_web.models.base import Id, Wire


class Worker(Wire):
    """One place for a worker, and the process that is there now."""

    name: str = ""
    pid: int | None = None
    status: Literal["idle", "busy", "starting"] = "starting"
    execution_id: Id | None = None
    started_at: datetime | None = None
    executions_done: int | None = None
    memory_bytes: int | None = None


class Workers(Wire):
    """All of them."""

    workers: tuple[Worker, ...] = ()
    total: int | None = None


class WorkerStats(Wire):
    """How many do what."""

    total_workers: int | None = None
    idle_workers: int | None = None
    busy_workers: int | None = None
    starting_workers: int | None = None
    executions_done: int | None = None
    memory_bytes: int | None = None
