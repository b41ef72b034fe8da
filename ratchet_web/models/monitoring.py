"""Health, capabilities, and the events that announce a change."""

from datetime import datetime

from pydantic import Field

from ratchet_web.models.base import Id, Wire


class Check(Wire):
    """The health of one component."""

    name: str = ""
    status: str = "unknown"
    message: str | None = None


class Health(Wire):
    """`GET /health`. `status` is `healthy`, `degraded` or `unhealthy` where the server keeps the contract."""

    status: str = "unknown"
    version: str = ""
    timestamp: datetime | None = None
    uptime_seconds: float | None = None
    checks: tuple[Check, ...] = ()


class WorkerHealth(Wire):
    """What one worker does."""

    name: str = ""
    status: str = "unknown"


class DatabaseHealth(Wire):
    """Connections of the database."""

    connections: int | None = None
    in_use: int | None = None


class DetailedHealth(Health):
    """`GET /health/detailed`."""

    workers: tuple[WorkerHealth, ...] = ()
    database: DatabaseHealth = Field(default_factory=DatabaseHealth)


class Alive(Wire):
    """`GET /live`: the process answers."""

    status: str = "unknown"
    version: str = ""
    uptime_seconds: float | None = None
    timestamp: datetime | None = None


class Capabilities(Wire):
    """`GET /capabilities`: what a server offers beyond the contract; without the endpoint, nothing."""

    server: str = ""
    version: str = ""
    events: bool = False
    log_follow: bool = False
    log_search: bool = False
    source_code: bool = False
    task_check: bool = False
    task_try: bool = False
    schedule_options: bool = False
    bulk: bool = False
    bulk_pace: bool = False
    payloads: bool = False
    activity: bool = False
    series: bool = False
    execution_counts: bool = False
    job_counts: bool = False
    job_queue: bool = False
    deliveries: bool = False
    delivery_test: bool = False
    job_delivery: bool = False
    schedule_delivery: bool = False
    schedule_runs: bool = False
    schedule_activity: bool = False
    schedule_changes: bool = False
    payload_search: bool = False
    retry_condition: bool = False
    pauses: bool = False
    failures: bool = False
    workers: int | None = None


class Change(Wire):
    """One event of `GET /events`: a row of this resource changed. `version` grows by one each time.

    `event_id` is the id of the event that carried it, to resume after; it is no part of the body.
    """

    resource: str
    id: Id
    kind: str = "updated"
    version: int = 0
    event_id: str = Field("", exclude=True)


class Reset(Wire):
    """An event of `GET /events`: changes were missed, everything has to be read again."""

    event_id: str = ""
