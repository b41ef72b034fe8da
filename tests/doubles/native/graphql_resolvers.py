"""What each field at the root of a query answers."""

from collections.abc import Callable
from typing import Any

from tests.doubles.native import lists
from tests.doubles.native.call import Call
from tests.doubles.native.filters import ExecutionFilter, JobFilter, ScheduleFilter, TaskFilter, int32
from tests.doubles.native.graphql_schema import OBJECT_TYPES
from tests.doubles.native.instants import offset_rfc3339
from tests.doubles.native.paging import LARGEST, Paging

Values = dict[str, Any]


def _paging(given: Values) -> Paging:
    """Return the page; 50 is the default, and a negative number is taken for a huge one."""
    limit, offset = given.get("limit"), given.get("offset")
    return Paging(
        limit=(50 if limit is None else limit) & LARGEST, offset=(0 if offset is None else offset) & LARGEST
    )


def _list(rows: list[Values], meta: Values) -> Values:
    return {"items": rows, "meta": meta}


def _tasks(call: Call, given: Values) -> Values:
    filters = given.get("filters") or {}
    wanted = TaskFilter(
        name=filters.get("nameContains"),
        enabled=filters.get("enabled"),
        ever_validated=filters.get("validatedAfter") is not None,
    )
    rows, meta = lists.tasks(call.state, wanted, _paging(given))
    return _list([row.shown(offset_rfc3339) for row in rows], meta)


def _executions(call: Call, given: Values) -> Values:
    filters = given.get("filters") or {}
    wanted = ExecutionFilter(
        task_id=int32(filters.get("taskId") or ""),
        status=filters.get("status"),
        queued_after_ns=filters.get("queuedAfter"),
        completed_after_ns=filters.get("completedAfter"),
    )
    rows, meta = lists.executions(call.state, wanted, _paging(given))
    return _list([row.shown(offset_rfc3339) for row in rows], meta)


def _jobs(call: Call, given: Values) -> Values:
    filters = given.get("filters") or {}
    wanted = JobFilter(
        task_id=int32(filters.get("taskId") or ""),
        status=filters.get("status"),
        priority=filters.get("priority"),
        queued_after_ns=filters.get("queuedAfter"),
        scheduled_after_ns=filters.get("scheduledAfter"),
    )
    rows, meta = lists.jobs(call.state, wanted, _paging(given))
    return _list([row.shown_in_graphql(offset_rfc3339) for row in rows], meta)


def _schedules(call: Call, given: Values) -> Values:
    wanted = ScheduleFilter(name=(given.get("filters") or {}).get("nameExact"))
    rows, meta = lists.schedules(call.state, wanted, _paging(given))
    return _list([row.shown(offset_rfc3339) for row in rows], meta)


def _workers(call: Call, given: Values) -> Values:
    """No workers here, unlike REST's two."""
    paging = _paging(given)
    return _list([], {**paging.meta(0), "limit": paging.width, "hasPrevious": False})


def _task(call: Call, given: Values) -> Values | None:
    row = call.state.tasks.find(int32(given["id"]) or 0)
    return row and row.shown(offset_rfc3339)


def _execution(call: Call, given: Values) -> Values | None:
    row = call.state.executions.find(int32(given["id"]) or 0)
    return row and row.shown(offset_rfc3339)


def _job(call: Call, given: Values) -> Values | None:
    row = call.state.jobs.find(int32(given["id"]) or 0)
    return row and row.shown_in_graphql(offset_rfc3339)


def _schedule(call: Call, given: Values) -> Values | None:
    row = call.state.schedules.find(int32(given["id"]) or 0)
    return row and row.shown(offset_rfc3339)


def _zeros(kind: str) -> Callable[[Call, Values], Values]:
    """Return what answers statistics: all of them are 0."""

    def resolve(call: Call, given: Values) -> Values:
        fields = OBJECT_TYPES[kind]
        return {name: 0 if field.kind.endswith("!") else None for name, field in fields.items()}

    return resolve


def _health(call: Call, given: Values) -> Values:
    return {"database": True, "message": "System is operational"}


def _execute_task(call: Call, given: Values) -> Values:
    """Make a job; its input is thrown away."""
    wanted = given["input"]
    task = call.state.tasks.find(int32(wanted["taskId"]) or 0)
    if task is None:
        raise ValueError(NO_TASK)
    job = call.state.add_job(
        call.now_ns(),
        task.id,
        priority=wanted.get("priority") or "NORMAL",
        max_retries=3 if wanted.get("maxRetries") is None else wanted["maxRetries"],
        output_destinations=_destinations(wanted.get("outputDestinations")),
    )
    return job.shown_in_graphql(offset_rfc3339)


NO_TASK = (
    "Internal database error: Database error: Query Error: error returned from database: (code: 787) "
    "FOREIGN KEY constraint failed"
)


def _destinations(given: list[Values] | None) -> list[Values] | None:
    if given is None:
        return None
    return [
        {
            "destinationType": each["destinationType"].lower(),
            "template": None,
            "filesystem": None,
            "webhook": each.get("webhook") and _webhook(each["webhook"]),
            "stdio": None,
        }
        for each in given
    ]


def _webhook(given: Values) -> Values:
    """Whatever method was asked for, it is POST."""
    policy = given.get("retryPolicy")
    return {
        "url": given["url"],
        "method": "POST",
        "timeoutSeconds": 30,
        "contentType": given["contentType"],
        "retryPolicy": policy
        and {
            "maxAttempts": policy["maxAttempts"],
            "initialDelaySeconds": policy["initialDelayMs"] // 1000,
            "maxDelaySeconds": policy["maxDelayMs"] // 1000,
            "backoffMultiplier": policy["backoffMultiplier"],
        },
        "authentication": None,
    }


RESOLVERS: dict[str, Callable[[Call, Values], Values | None]] = {
    "tasks": _tasks,
    "task": _task,
    "taskStats": _zeros("TaskStats"),
    "executions": _executions,
    "execution": _execution,
    "jobs": _jobs,
    "job": _job,
    "schedules": _schedules,
    "schedule": _schedule,
    "workers": _workers,
    "workerStats": _zeros("WorkerStats"),
    "health": _health,
    "executeTask": _execute_task,
}
