"""What is true of the native server's metrics: its version and four totals; all else is made up."""

from ratchet_web.models.metrics import (
    ApplicationMetrics,
    ExecutionMetrics,
    JobMetrics,
    ScheduleMetrics,
    SystemInfo,
    SystemMetrics,
    TaskMetrics,
)


def true_part(told: SystemMetrics) -> SystemMetrics:
    """Return what is measured."""
    app = told.application
    return SystemMetrics(
        system_info=SystemInfo(version=told.system_info.version),
        application=ApplicationMetrics(
            tasks=TaskMetrics(total_tasks=app.tasks.total_tasks),
            executions=ExecutionMetrics(total_executions=app.executions.total_executions),
            jobs=JobMetrics(total_jobs=app.jobs.total_jobs),
            schedules=ScheduleMetrics(total_schedules=app.schedules.total_schedules),
        ),
    )
