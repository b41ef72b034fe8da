"""`/system`, Metrics: what the server measures, grouped, in plain words."""

from typing import Any, NamedTuple

import reflex as rx
from reflex.vars import Var

from ratchet_web.components.abilities import Ability, lacking_note, note
from ratchet_web.components.parts import card, failure_notice, json_card
from ratchet_web.components.system import Unit, figure
from ratchet_web.components.times import ago

Row = rx.Var[dict[str, Any]]


class Shown(NamedTuple):
    """A figure: where it is in the metrics, its name, its unit; `spare` ones show only where there is one."""

    path: str
    name: str
    unit: Unit = "count"
    spare: bool = False


class Group(NamedTuple):
    """Figures that belong together; `of` says what they count."""

    title: str
    of: str
    figures: tuple[Shown, ...]


SYSTEM, REQUESTS, RESOURCES, APP = "system_info", "performance", "resources", "application"
GROUPS = (
    Group(
        "Server",
        "",
        (
            Shown(f"{SYSTEM}.version", "Version", "text"),
            Shown(f"{SYSTEM}.uptime_seconds", "Up for", "seconds"),
            Shown(f"{SYSTEM}.target_triple", "Runs on", "text"),
            Shown(f"{SYSTEM}.python_version", "Python", "text", spare=True),
            Shown(f"{SYSTEM}.sqlite_version", "SQLite", "text", spare=True),
            Shown(f"{SYSTEM}.rust_version", "Rust", "text", spare=True),
            Shown(f"{SYSTEM}.build_timestamp", "Built", "text", spare=True),
            Shown(f"{SYSTEM}.git_commit", "Commit", "text", spare=True),
        ),
    ),
    Group(
        "Requests",
        "last minute",
        (
            Shown(f"{REQUESTS}.requests_per_second", "Requests", "per_second"),
            Shown(f"{REQUESTS}.average_response_time_ms", "Answered in, on average", "ms"),
            Shown(f"{REQUESTS}.p95_response_time_ms", "95 of 100 answered within", "ms"),
            Shown(f"{REQUESTS}.p99_response_time_ms", "99 of 100 answered within", "ms"),
            Shown(f"{REQUESTS}.success_rate_percent", "Succeeded", "percent"),
            Shown(f"{REQUESTS}.error_rate_percent", "Failed", "percent"),
        ),
    ),
    Group(
        "Resources",
        "server process",
        (
            Shown(f"{RESOURCES}.memory_usage_mb", "Memory", "megabytes"),
            Shown(f"{RESOURCES}.memory_usage_percent", "Share of the machine's memory", "percent"),
            Shown(f"{RESOURCES}.cpu_usage_percent", "Processor", "percent"),
            Shown(f"{RESOURCES}.heap_used_mb", "Heap in use", "megabytes"),
            Shown(f"{RESOURCES}.heap_size_mb", "Heap", "megabytes"),
            Shown(f"{RESOURCES}.gc_count", "Garbage collections"),
            Shown(f"{RESOURCES}.thread_count", "Threads"),
            Shown(f"{RESOURCES}.file_descriptors", "Open files and sockets"),
        ),
    ),
    Group(
        "Database",
        "since the start",
        (
            Shown(f"{APP}.database.connection_pool_size", "Connections"),
            Shown(f"{APP}.database.active_connections", "Connections in use"),
            Shown(f"{APP}.database.idle_connections", "Connections free"),
            Shown(f"{APP}.database.total_queries", "Queries"),
            Shown(f"{APP}.database.slow_queries", "Slow queries"),
            Shown(f"{APP}.database.average_query_time_ms", "Query, on average", "ms"),
            Shown(f"{APP}.database.connection_errors", "Connection errors"),
        ),
    ),
    Group(
        "Tasks",
        "that there are",
        (
            Shown(f"{APP}.tasks.total_tasks", "Tasks"),
            Shown(f"{APP}.tasks.enabled_tasks", "Enabled"),
            Shown(f"{APP}.tasks.validated_tasks", "Validated"),
            Shown(f"{APP}.tasks.tasks_with_errors", "With errors"),
            Shown(f"{APP}.tasks.registry_sync_count", "Times brought in from files"),
            Shown(f"{APP}.tasks.last_sync_timestamp", "Last brought in", "text"),
        ),
    ),
    Group(
        "Executions",
        "that are kept",
        (
            Shown(f"{APP}.executions.total_executions", "Executions"),
            Shown(f"{APP}.executions.running_executions", "Running"),
            Shown(f"{APP}.executions.completed_executions", "Completed"),
            Shown(f"{APP}.executions.failed_executions", "Failed"),
            Shown(f"{APP}.executions.cancelled_executions", "Cancelled"),
            Shown(f"{APP}.executions.average_execution_time_ms", "Ran for, on average", "ms"),
            Shown(f"{APP}.executions.success_rate_percent", "Succeeded", "percent"),
        ),
    ),
    Group(
        "Queue",
        "jobs that are kept",
        (
            Shown(f"{APP}.jobs.total_jobs", "Jobs"),
            Shown(f"{APP}.jobs.pending_jobs", "Waiting"),
            Shown(f"{APP}.jobs.processing_jobs", "Running"),
            Shown(f"{APP}.jobs.completed_jobs", "Completed"),
            Shown(f"{APP}.jobs.failed_jobs", "Failed"),
            Shown(f"{APP}.jobs.average_queue_time_ms", "Waited, on average", "ms"),
            Shown(f"{APP}.jobs.retry_count", "Retries so far"),
        ),
    ),
    Group(
        "Schedules",
        "that there are",
        (
            Shown(f"{APP}.schedules.total_schedules", "Schedules"),
            Shown(f"{APP}.schedules.enabled_schedules", "Enabled"),
            Shown(f"{APP}.schedules.overdue_schedules", "Overdue"),
            Shown(f"{APP}.schedules.next_execution_in_seconds", "Next one fires in", "seconds"),
            Shown(f"{APP}.schedules.successful_triggers", "Fired"),
            Shown(f"{APP}.schedules.failed_triggers", "Failed to fire"),
        ),
    ),
)


def metrics_tab(about: Row) -> rx.Component:
    """Return the tab."""
    metrics = about["metrics"].to(dict[str, Any])
    trouble = about["trouble"].to(dict[str, Any])["metrics"].to(dict[str, str])
    groups = rx.el.div(*[_group(group, metrics) for group in GROUPS], class_name="groups spaced")
    age = rx.el.p(rx.el.span("Measured ", ago(at=metrics["at"])), class_name="foot")
    return rx.fragment(
        rx.cond(trouble, failure_notice(trouble, trouble["since"])),
        lacking_note(Ability.STATISTICS),
        rx.cond(metrics, rx.fragment(rx.cond(metrics["figures"], groups, _strange(metrics)), age)),
    )


def _strange(metrics: Row) -> rx.Component:
    """Return metrics of a shape that nobody here knows, as they came."""
    return rx.fragment(
        note("This server's metrics have a shape of their own; this is what it answers."),
        rx.el.div(
            json_card(
                "Metrics",
                metrics["other_text"].to(str),
                empty="The server answers nothing.",
                size=metrics["other_size"].to(int),
            ),
            class_name="spaced",
        ),
    )


def _group(group: Group, metrics: Row) -> rx.Component:
    """Return a group; where the rest is made up, only what is known of it, and nothing of what is not."""
    partial = metrics["partial"].bool()
    values = [_at(metrics, shown.path) for shown in group.figures]
    rows = [_figure(shown, value, partial) for shown, value in zip(group.figures, values, strict=True)]
    of = rx.cond(partial, "", group.of)
    body = rx.el.dl(*rows, class_name="figures")
    return rx.cond(partial & ~_any(values), rx.fragment(), card(group.title, body, beside=_beside(of)))


def _beside(of: Any) -> rx.Component:
    return rx.el.span(of, class_name="dim")


def _figure(shown: Shown, value: Row, partial: Var[bool]) -> rx.Component:
    row = rx.el.div(rx.el.dt(shown.name), rx.el.dd(_value(shown, value)))
    return rx.cond(_any([value]), row) if shown.spare else rx.cond(~partial | _any([value]), row)


def _value(shown: Shown, value: Row) -> rx.Component:
    if shown.path.endswith("last_sync_timestamp"):
        return ago(at=value)
    return figure(value, shown.unit)


def _at(metrics: Row, path: str) -> Row:
    keys = "".join(f"?.{key}" for key in path.split("."))
    return Var(f"({metrics!s}?.figures{keys} ?? null)", _var_data=metrics._get_all_var_data())


def _any(values: list[Row]) -> Var[bool]:
    """Return whether something is known of one of these."""
    told = " || ".join(f"({value!s} != null && {value!s} !== '')" for value in values)
    return Var(f"({told})", _var_type=bool, _var_data=values[0]._get_all_var_data()).to(bool)
