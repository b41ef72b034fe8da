"""Every filter of every list includes the rows that meet it and leaves out those that do not."""

import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from ratchet_web.server.errors import InvalidError
from ratchet_web.server.parameters.base import ListParameters
from ratchet_web.server.parameters.executions import ExecutionListParameters, ExecutionParameters
from ratchet_web.server.parameters.jobs import JobParameters
from ratchet_web.server.parameters.schedules import ScheduleParameters
from ratchet_web.server.parameters.tasks import TaskParameters
from ratchet_web.server.store import migrations
from ratchet_web.server.store.codes import ExecutionCode, JobCode, PriorityCode
from ratchet_web.server.store.lists import executions, jobs, schedules, tasks
from ratchet_web.server.store.schema import executions as execution_table
from ratchet_web.server.store.schema import failures, job_payloads, payloads
from ratchet_web.server.store.schema import jobs as job_table
from ratchet_web.server.store.schema import schedules as schedule_table
from ratchet_web.server.store.schema import tasks as task_table

NOW = 1_000_000
KINDS = {
    "tasks": (TaskParameters, tasks.LISTING),
    "executions": (ExecutionListParameters, executions.LISTING),
    "jobs": (JobParameters, jobs.LISTING),
    "schedules": (ScheduleParameters, schedules.LISTING),
}


def at(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


TASKS = [
    {"id": 1, "name": "alpha", "version": "1.0.0", "enabled": True, "created_at": 10, "updated_at": 30},
    {"id": 2, "name": "beta", "version": "1.0.0", "enabled": False, "created_at": 20, "updated_at": 20}
    | {"registry_source": True, "in_sync": True, "validated_at": 50},
    {"id": 3, "name": "al%pha", "version": "2.0.0", "enabled": True, "created_at": 30, "updated_at": 30}
    | {"registry_source": True, "in_sync": False, "validated_at": 60},
]
EXECUTIONS = [
    {"id": 1, "task_id": 1, "status": ExecutionCode.PENDING, "queued_at": 100},
    {
        "id": 2,
        "task_id": 1,
        "status": ExecutionCode.RUNNING,
        "queued_at": 90,
        "started_at": 95,
        "progress": 0.25,
        "job_id": 7,
    },
    {
        "id": 3,
        "task_id": 2,
        "status": ExecutionCode.COMPLETED,
        "queued_at": 80,
        "started_at": 85,
        "completed_at": 95,
    }
    | {"duration_ms": 10, "progress": 1.0, "schedule_id": 4},
    {
        "id": 4,
        "task_id": 2,
        "status": ExecutionCode.FAILED,
        "queued_at": 70,
        "started_at": 75,
        "completed_at": 77,
    }
    | {"duration_ms": 2, "error_message": "TypeError: 100% wrong", "failure_id": 7},
    {
        "id": 5,
        "task_id": 3,
        "status": ExecutionCode.CANCELLED,
        "queued_at": 60,
        "completed_at": 61,
        "retry_of": 4,
    }
    | {"error_message": "Stopped"},
]
PAYLOADS = {2: {"input": '{"discount":"50%"}'}, 3: {"output": '{"cents":50}'}}
JOBS = [
    {
        "id": 1,
        "task_id": 1,
        "status": JobCode.QUEUED,
        "priority": PriorityCode.LOW,
        "queued_at": 100,
        "ready": 1,
    },
    {"id": 2, "task_id": 1, "status": JobCode.QUEUED, "priority": PriorityCode.HIGH, "queued_at": 90}
    | {"scheduled_for": NOW + 1, "due_at": NOW + 1},
    {
        "id": 3,
        "task_id": 2,
        "status": JobCode.RETRYING,
        "priority": PriorityCode.NORMAL,
        "queued_at": 80,
        "retry_count": 2,
    }
    | {"scheduled_for": NOW, "due_at": NOW, "error_message": "Timeout", "schedule_id": 9, "max_retries": 5},
    {
        "id": 4,
        "task_id": 3,
        "status": JobCode.FAILED,
        "priority": PriorityCode.CRITICAL,
        "queued_at": 70,
        "retry_count": 3,
    }
    | {"error_message": "Error: no", "completed_at": 75},
]
SCHEDULES = [
    {
        "id": 1,
        "task_id": 1,
        "name": "Hourly",
        "cron_expression": "0 0 * * * *",
        "enabled": True,
        "created_at": 10,
    }
    | {"updated_at": 40, "next_run": NOW + 5},
    {
        "id": 2,
        "task_id": 1,
        "name": "daily",
        "cron_expression": "0 0 9 * * *",
        "enabled": True,
        "created_at": 20,
    }
    | {"updated_at": 30, "next_run": NOW, "last_run": NOW - 9},
    {
        "id": 3,
        "task_id": 2,
        "name": "missed",
        "cron_expression": "0 0 9 * * MON",
        "enabled": True,
        "created_at": 30,
    }
    | {"updated_at": 30, "next_run": NOW - 60_000, "last_run": NOW - 90_000},
    {
        "id": 4,
        "task_id": 2,
        "name": "off",
        "cron_expression": "0 5 * * * *",
        "enabled": False,
        "created_at": 40,
    }
    | {"updated_at": 40, "next_run": NOW - 60_000},
    {
        "id": 5,
        "task_id": 2,
        "name": "never",
        "cron_expression": "0 0 0 30 2 *",
        "enabled": True,
        "created_at": 50,
    }
    | {"updated_at": 50},
]

# List, filter, value as an address says it, the rows that meet it.
FILTERS = [
    ("tasks", "id_in", "1, 3", {1, 3}),
    ("tasks", "uuid", str(uuid.UUID(int=2)), {2}),
    ("tasks", "name", "alpha", {1}),
    ("tasks", "name_like", "ALP", {1}),
    ("tasks", "name_like", "%", {3}),
    ("tasks", "version", "1.0.0", {1, 2}),
    ("tasks", "enabled", "true", {1, 3}),
    ("tasks", "enabled", "false", {2}),
    ("tasks", "registry_source", "true", {2, 3}),
    ("tasks", "registry_source", "false", {1}),
    ("tasks", "in_sync", "true", {2}),
    ("tasks", "in_sync", "false", {3}),
    ("tasks", "has_validation", "true", {2, 3}),
    ("tasks", "has_validation", "false", {1}),
    ("tasks", "created_after", at(20), {2, 3}),
    ("tasks", "created_before", at(20), {1, 2}),
    ("tasks", "updated_after", at(30), {1, 3}),
    ("tasks", "updated_before", at(29), {2}),
    ("tasks", "validated_after", at(51), {3}),
    ("tasks", "validated_before", at(59), {2}),
    ("executions", "id_in", "5,2", {2, 5}),
    ("executions", "status", "failed", {4}),
    ("executions", "status_ne", "FAILED", {1, 2, 3, 5}),
    ("executions", "status_in", "FAILED,pending", {1, 4}),
    ("executions", "can_retry", "true", {4}),
    ("executions", "can_retry", "false", {1, 2, 3, 5}),
    ("executions", "can_cancel", "true", {1, 2}),
    ("executions", "can_cancel", "false", {3, 4, 5}),
    ("executions", "task_id", "2", {3, 4}),
    ("executions", "task_id_in", "1,3", {1, 2, 5}),
    ("executions", "job_id", "7", {2}),
    ("executions", "schedule_id", "4", {3}),
    ("executions", "retry_of", "4", {5}),
    ("executions", "retried", "true", {4}),
    ("executions", "retried", "false", {1, 2, 3, 5}),
    ("executions", "fingerprint", "0123456789abcdef", {4}),
    ("executions", "has_error", "true", {4, 5}),
    ("executions", "has_error", "false", {1, 2, 3}),
    ("executions", "error_message_like", "typeerror", {4}),
    ("executions", "error_message_like", "0%", {4}),
    ("executions", "input_like", "50%", {2}),
    ("executions", "output_like", "CENTS", {3}),
    ("executions", "has_progress", "true", {2, 3}),
    ("executions", "has_progress", "false", {1, 4, 5}),
    ("executions", "progress_gte", "0.5", {3}),
    ("executions", "progress_lte", "0.5", {2}),
    ("executions", "duration_gte", "10", {3}),
    ("executions", "duration_lte", "9", {4}),
    ("executions", "queued_after", at(90), {1, 2}),
    ("executions", "queued_before", at(70), {4, 5}),
    ("executions", "started_after", at(86), {2}),
    ("executions", "started_before", at(85), {3, 4}),
    ("executions", "completed_after", at(78), {3}),
    ("executions", "completed_before", at(77), {4, 5}),
    ("jobs", "id_in", "2", {2}),
    ("jobs", "status", "QUEUED", {1, 2}),
    ("jobs", "status_ne", "QUEUED", {3, 4}),
    ("jobs", "status_in", "RETRYING,FAILED", {3, 4}),
    ("jobs", "priority", "urgent", {4}),
    ("jobs", "priority_gte", "HIGH", {2, 4}),
    ("jobs", "priority_in", "LOW,NORMAL", {1, 3}),
    ("jobs", "task_id", "1", {1, 2}),
    ("jobs", "task_id_in", "2,3", {3, 4}),
    ("jobs", "schedule_id", "9", {3}),
    ("jobs", "has_error", "true", {3, 4}),
    ("jobs", "has_error", "false", {1, 2}),
    ("jobs", "error_message_like", "time", {3}),
    ("jobs", "retry_count_gte", "3", {4}),
    ("jobs", "retry_count_lte", "2", {1, 2, 3}),
    ("jobs", "max_retries_gte", "4", {3}),
    ("jobs", "max_retries_lte", "3", {1, 2, 4}),
    ("jobs", "has_retries_remaining", "true", {1, 2, 3}),
    ("jobs", "has_retries_remaining", "false", {4}),
    ("jobs", "is_scheduled", "true", {2, 3}),
    ("jobs", "is_scheduled", "false", {1, 4}),
    ("jobs", "due_now", "true", {1, 3}),
    ("jobs", "due_now", "false", {2, 4}),
    ("jobs", "queued_after", at(90), {1, 2}),
    ("jobs", "queued_before", at(80), {3, 4}),
    ("jobs", "scheduled_after", at(NOW + 1), {2}),
    ("jobs", "scheduled_before", at(NOW), {3}),
    ("schedules", "id_in", "1,5", {1, 5}),
    ("schedules", "task_id", "1", {1, 2}),
    ("schedules", "name", "daily", {2}),
    ("schedules", "name_like", "HOUR", {1}),
    ("schedules", "cron_expression", "0 0 9 * * *", {2}),
    ("schedules", "cron_expression_like", "0 9 *", {2, 3}),
    ("schedules", "enabled", "true", {1, 2, 3, 5}),
    ("schedules", "enabled", "false", {4}),
    ("schedules", "is_due", "true", {2, 3}),
    ("schedules", "is_due", "false", {1, 4, 5}),
    ("schedules", "overdue", "true", {3}),
    ("schedules", "overdue", "false", {1, 2, 4, 5}),
    ("schedules", "has_next_run", "true", {1, 2, 3, 4}),
    ("schedules", "has_next_run", "false", {5}),
    ("schedules", "has_last_run", "true", {2, 3}),
    ("schedules", "has_last_run", "false", {1, 4, 5}),
    ("schedules", "next_run_after", at(NOW), {1, 2}),
    ("schedules", "next_run_before", at(NOW - 1), {3, 4}),
    ("schedules", "last_run_after", at(NOW - 10), {2}),
    ("schedules", "last_run_before", at(NOW - 10), {3}),
    ("schedules", "created_after", at(40), {4, 5}),
    ("schedules", "created_before", at(30), {1, 2, 3}),
    ("schedules", "updated_after", at(41), {5}),
    ("schedules", "updated_before", at(30), {2, 3}),
]
# What the reference contract names, besides pages and order.
CONTRACT = {
    "tasks": "name name_like enabled version registry_source uuid in_sync has_validation created_after "
    "created_before updated_after updated_before validated_after validated_before",
    "executions": "task_id status status_ne has_error can_retry can_cancel has_progress error_message_like "
    "progress_gte progress_lte duration_gte duration_lte queued_after queued_before started_after "
    "started_before completed_after completed_before",
    "jobs": "task_id status status_ne status_in priority priority_gte priority_in retry_count_gte "
    "retry_count_lte max_retries_gte max_retries_lte has_retries_remaining has_error error_message_like "
    "is_scheduled due_now queued_after queued_before scheduled_after scheduled_before task_id_in id_in",
    "schedules": "task_id enabled name name_like cron_expression cron_expression_like is_due overdue "
    "has_next_run has_last_run next_run_after next_run_before last_run_after last_run_before created_after "
    "created_before updated_after updated_before",
}


@pytest.fixture(scope="module")
def connection():
    engine = sa.create_engine("sqlite://")
    with engine.begin() as opened:
        migrations.create(opened)
        fill(opened)
        yield opened


def fill(connection: sa.Connection) -> None:
    for row in TASKS:
        made = {"uuid": uuid.UUID(int=row["id"]).bytes, "source_code": ""}
        connection.execute(sa.insert(task_table).values(made | row))
    for row in EXECUTIONS:
        made = {"uuid": uuid.uuid4().bytes, "task_version": "1.0.0", "attempt": 1}
        connection.execute(sa.insert(execution_table).values(made | row))
        texts = PAYLOADS.get(row["id"], {})
        connection.execute(sa.insert(payloads).values({"execution_id": row["id"], "input": "null"} | texts))
    failure = {"id": 7, "fingerprint": "0123456789abcdef", "error": "TypeError", "message": "wrong"}
    seen = {"frame": "", "first_seen": 77, "last_seen": 77}
    connection.execute(sa.insert(failures).values(failure | seen))
    for row in JOBS:
        connection.execute(sa.insert(job_table).values({"max_retries": 3, "ready": 0} | row))
        connection.execute(sa.insert(job_payloads).values(job_id=row["id"], input="null"))
    for row in SCHEDULES:
        connection.execute(sa.insert(schedule_table).values(row))


def everything(noun: str) -> set[int]:
    rows = {"tasks": TASKS, "executions": EXECUTIONS, "jobs": JOBS, "schedules": SCHEDULES}[noun]
    return {row["id"] for row in rows}


def filters(kind: type[ListParameters]) -> set[str]:
    return set(kind.model_fields) - set(ListParameters.model_fields)


@pytest.mark.parametrize(("noun", "name", "value", "ids"), FILTERS, ids=lambda v: str(v)[:30])
def test_a_filter_includes_what_meets_it_and_nothing_else(connection, noun, name, value, ids):
    kind, listing = KINDS[noun]
    parameters = kind.model_validate({name: value})
    found = listing.page(connection, parameters.wanted(NOW), parameters.window())
    assert {row.id for row in found.rows} == ids
    assert found.total == len(ids)
    # A filter that lets everything through, or nothing, would have proved nothing.
    assert set() < ids < everything(noun)


@pytest.mark.parametrize("noun", KINDS)
def test_every_filter_of_the_contract_and_of_ours_is_proved(noun):
    proved = {name for other, name, _, _ in FILTERS if other == noun}
    kind, listing = KINDS[noun]
    assert set(CONTRACT[noun].split()) <= proved
    assert filters(kind) == proved == set(listing.filters)


@pytest.mark.parametrize("noun", KINDS)
def test_every_sort_orders_and_turns_round(connection, noun):
    kind, listing = KINDS[noun]
    for column in kind.SORTS:
        up, down = (
            [row.id for row in listing.page(connection, {}, kind(_sort=column, _order=order).window()).rows]
            for order in ("ASC", "DESC")
        )
        assert set(up) == everything(noun)
        assert up == down[::-1]


def test_a_filter_can_be_a_json_object():
    given = {"status_in": ["FAILED", "cancelled"], "task_id": 7, "has_error": True, "duration_gte": 5}
    assert ExecutionParameters.of_filter(given) == ExecutionParameters.model_validate(
        {"status_in": "FAILED,CANCELLED", "task_id": "7", "has_error": "true", "duration_gte": "5"}
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"statu": "FAILED"}, "filter.statu is not known; did you mean status?"),
        ({"_sort": "id"}, "filter._sort is not known"),
        ({"page": 2}, "filter.page is not known"),
        ({"status": None}, "filter.status must not be null"),
        ({"status": "LOST"}, "filter.status LOST is not known"),
        ({"status_in": ["FAILED", "LOST"]}, "filter.status_in LOST is not known"),
        ({"task_id": True}, "filter.task_id should be a valid integer"),
        ({"task_id": {"gt": 1}}, "filter.task_id should be a valid integer"),
        ({"id_in": []}, "filter.id_in names nothing"),
        ({"queued_after": "yesterday"}, "filter.queued_after should be a valid datetime"),
    ],
)
def test_a_json_filter_that_makes_no_sense_is_refused_by_name(given, message):
    with pytest.raises(InvalidError) as refused:
        ExecutionParameters.of_filter(given)
    assert str(refused.value).startswith(message)
