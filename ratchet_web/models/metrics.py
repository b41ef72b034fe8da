"""`GET /metrics`: null is what nobody knows."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ratchet_web.models.base import Wire

# Bytes of the text for Prometheus that are handed on.
METRICS_TEXT_LIMIT = 1_000_000


class SystemInfo(Wire):
    """The program and what it runs on."""

    version: str = ""
    build_timestamp: str = ""
    git_commit: str | None = None
    rust_version: str = ""
    target_triple: str = ""
    uptime_seconds: int | None = None
    python_version: str | None = None
    sqlite_version: str | None = None


class PerformanceMetrics(Wire):
    """The requests of the last minute."""

    requests_per_second: float | None = None
    average_response_time_ms: float | None = None
    p95_response_time_ms: float | None = Field(None, alias="p95ResponseTimeMs")
    p99_response_time_ms: float | None = Field(None, alias="p99ResponseTimeMs")
    error_rate_percent: float | None = None
    success_rate_percent: float | None = None


class ResourceMetrics(Wire):
    """What the process uses of its machine."""

    memory_usage_mb: int | None = None
    memory_usage_percent: float | None = None
    cpu_usage_percent: float | None = None
    heap_size_mb: int | None = None
    heap_used_mb: int | None = None
    gc_count: int | None = None
    thread_count: int | None = None
    file_descriptors: int | None = None


class DatabaseMetrics(Wire):
    """Connections and queries since the start."""

    connection_pool_size: int | None = None
    active_connections: int | None = None
    idle_connections: int | None = None
    total_queries: int | None = None
    slow_queries: int | None = None
    average_query_time_ms: float | None = None
    connection_errors: int | None = None


class TaskMetrics(Wire):
    """Tasks that there are."""

    total_tasks: int | None = None
    enabled_tasks: int | None = None
    validated_tasks: int | None = None
    tasks_with_errors: int | None = None
    registry_sync_count: int | None = None
    last_sync_timestamp: datetime | None = None


class ExecutionMetrics(Wire):
    """Executions that are kept."""

    total_executions: int | None = None
    running_executions: int | None = None
    completed_executions: int | None = None
    failed_executions: int | None = None
    cancelled_executions: int | None = None
    average_execution_time_ms: float | None = None
    success_rate_percent: float | None = None


class JobMetrics(Wire):
    """Jobs that are kept; `retry_count` counts since the database began."""

    total_jobs: int | None = None
    pending_jobs: int | None = None
    processing_jobs: int | None = None
    completed_jobs: int | None = None
    failed_jobs: int | None = None
    average_queue_time_ms: float | None = None
    retry_count: int | None = None


class ScheduleMetrics(Wire):
    """Schedules that there are, and how often they fired or should have."""

    total_schedules: int | None = None
    enabled_schedules: int | None = None
    overdue_schedules: int | None = None
    next_execution_in_seconds: int | None = None
    successful_triggers: int | None = None
    failed_triggers: int | None = None


class ApplicationMetrics(Wire):
    """Each part of the application."""

    database: DatabaseMetrics = Field(default_factory=DatabaseMetrics)
    tasks: TaskMetrics = Field(default_factory=TaskMetrics)
    executions: ExecutionMetrics = Field(default_factory=ExecutionMetrics)
    jobs: JobMetrics = Field(default_factory=JobMetrics)
    schedules: ScheduleMetrics = Field(default_factory=ScheduleMetrics)


class SystemMetrics(Wire):
    """Everything at once."""

    system_info: SystemInfo = Field(default_factory=SystemInfo)
    performance: PerformanceMetrics = Field(default_factory=PerformanceMetrics)
    resources: ResourceMetrics = Field(default_factory=ResourceMetrics)
    application: ApplicationMetrics = Field(default_factory=ApplicationMetrics)


class Metrics(BaseModel):
    """What was understood of `GET /metrics`: `figures` in the contract's shape, else `other` as it came.

    `partial`: the server makes some figures up; these were left out.
    """

    model_config = ConfigDict(frozen=True)

    figures: SystemMetrics | None = None
    other: JsonValue = None
    partial: bool = False


class MetricsText(BaseModel):
    """`GET /metrics/prometheus`, read at `read_at` from `address`; `size` in bytes of all of it.

    Not `complete`: the text was cut at the end of a line, at `METRICS_TEXT_LIMIT` bytes.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    size: int
    complete: bool
    address: str
    read_at: datetime
