"""The tables. Times are integer milliseconds since 1970 in UTC, words are integers (`codes`), JSON is text.

What lists show stands apart from payloads, so that a scan reads few pages. `ready` marks the jobs that may be
claimed now, and `due_at` is set only while a job waits for its time: a claim never meets a job of later.
Counters are kept by triggers, so that counts by status and task are exact and cost nothing to read.

Whoever changes a table raises `VERSION` in `directory.py`, unless that version was not released yet: a new
column needs a `server_default` or is nullable, and `migrations.py` adds it to an older database.
"""

from ratchet_web.server.store.schema.base import metadata
from ratchet_web.server.store.schema.bulk import bulk_items, bulk_operations
from ratchet_web.server.store.schema.deliveries import OPEN, deliveries
from ratchet_web.server.store.schema.executions import (
    DELAYED,
    ENDED,
    FAULTY,
    OF_FAILURE,
    WAITING,
    execution_counts,
    executions,
    payloads,
)
from ratchet_web.server.store.schema.failures import failure_names, failures
from ratchet_web.server.store.schema.jobs import (
    DUE,
    JOB_ENDED,
    READY,
    job_counts,
    job_lanes,
    job_moves,
    job_payloads,
    jobs,
)
from ratchet_web.server.store.schema.logs import logs
from ratchet_web.server.store.schema.pauses import QUEUE, pauses
from ratchet_web.server.store.schema.schedules import ARMED, schedule_changes, schedules
from ratchet_web.server.store.schema.series import execution_times, series, series_marks, series_seconds
from ratchet_web.server.store.schema.tasks import UNSEEN, task_syncs, task_versions, tasks
from ratchet_web.server.store.schema.users import tokens, users

__all__ = [
    "ARMED",
    "DELAYED",
    "DUE",
    "ENDED",
    "FAULTY",
    "JOB_ENDED",
    "OF_FAILURE",
    "OPEN",
    "QUEUE",
    "READY",
    "UNSEEN",
    "WAITING",
    "bulk_items",
    "bulk_operations",
    "deliveries",
    "execution_counts",
    "execution_times",
    "executions",
    "failure_names",
    "failures",
    "job_counts",
    "job_lanes",
    "job_moves",
    "job_payloads",
    "jobs",
    "logs",
    "metadata",
    "pauses",
    "payloads",
    "schedule_changes",
    "schedules",
    "series",
    "series_marks",
    "series_seconds",
    "task_syncs",
    "task_versions",
    "tasks",
    "tokens",
    "users",
]
