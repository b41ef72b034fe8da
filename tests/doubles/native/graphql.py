"""`/graphql`: the same lists and rows as REST has, several in one request, and outside the limiter."""

import json
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from tests.doubles.native import answers, lists
from tests.doubles.native.call import Call
from tests.doubles.native.filters import ExecutionFilter, JobFilter, ScheduleFilter, TaskFilter, int32
from tests.doubles.native.graphql_language import Enum, Field, Operation, SyntaxFaultError, parse
from tests.doubles.native.graphql_rules import Fault, UndefinedError, check, filled
from tests.doubles.native.graphql_schema import INPUT_TYPES, OBJECT_TYPES, bare
from tests.doubles.native.instants import offset_rfc3339, relaxed
from tests.doubles.native.json_text import any_value
from tests.doubles.native.paging import LARGEST, Paging
from tests.doubles.native.shapes import struct, text_value

Values = dict[str, Any]
REQUEST = struct("Request", {}, {"query": text_value, "operationName": text_value, "variables": any_value})


def handle(call: Call) -> Response:
    """Answer 200 whatever is wrong, once the body is JSON."""
    sent = call.read(REQUEST)
    try:
        return answers.value({"data": _executed(call, sent)})
    except RefusedError as faults:
        return answers.value({"data": None, "errors": [fault.shown() for fault in faults.faults]})
    except NotImplementedError as missing:
        return answers.text(501, str(missing))


class RefusedError(Exception):
    """One error, wherever it is, leaves nothing of the answer."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def _executed(call: Call, sent: Values) -> Values:
    variables = sent["variables"] if isinstance(sent["variables"], dict) else {}
    try:
        operations = parse(sent["query"] or "")
    except SyntaxFaultError as fault:
        raise RefusedError(Fault(str(fault), (fault.place,) if fault.place else ())) from fault
    faults = [fault for each in operations for fault in check(each, variables)]
    if faults:
        raise RefusedError(*faults)
    operation = _chosen(operations, sent["operationName"])
    if operation.kind == "subscription":
        raise RefusedError(Fault("Subscriptions are not supported on this transport."))
    return _resolved(call, operation, variables)


def _chosen(operations: list[Operation], name: str | None) -> Operation:
    if name is not None:
        named = [each for each in operations if each.name == name]
        if not named:
            raise RefusedError(Fault(f'Unknown operation named "{name}"'))
        return named[0]
    if len(operations) > 1:
        raise RefusedError(Fault("Operation name required in request."))
    return operations[0]


def _resolved(call: Call, operation: Operation, variables: Values) -> Values:
    defaults = {each.name: each.default for each in operation.definitions if each.has_default}
    declared = {each.name for each in operation.definitions}
    known = {**defaults, **{name: value for name, value in variables.items() if name in declared}}
    root = "Mutation" if operation.kind == "mutation" else "Query"
    answer: Values = {}
    for field in operation.selections:
        if field.name == "__typename":
            answer[field.key] = root
            continue
        kind = OBJECT_TYPES[root][field.name].kind
        try:
            found = RESOLVERS[field.name](call, _given(field, root, known))
        except lists.BannedSearchError:
            told = "Validation error: SQL injection attempt detected"
            raise RefusedError(Fault(told, (field.place,), (field.key,))) from None
        except ValueError as error:
            raise RefusedError(Fault(str(error), (field.place,), (field.key,))) from error
        answer[field.key] = _shown(found, kind, field)
    return answer


def _given(field: Field, root: str, variables: Values) -> Values:
    """Return the arguments of a field, read as their types say."""
    kinds = OBJECT_TYPES[root][field.name].arguments
    given: Values = {}
    for argument in field.arguments:
        try:
            value = filled(argument.value, variables)
            given[argument.name] = _read(value, kinds[argument.name])
        except UndefinedError as missing:
            told = f"Variable {missing} is not defined."
            raise RefusedError(Fault(told, (argument.value_place,), (field.key,))) from missing
        except ValueError as error:
            raise RefusedError(Fault(str(error), (argument.value_place,), (field.key,))) from error
    return given


def _read(value: Any, kind: str) -> Any:
    kind = kind.removesuffix("!")
    if value is None:
        return None
    if kind.startswith("["):
        return [_read(each, kind[1:-1]) for each in (value if isinstance(value, list) else [value])]
    if kind in INPUT_TYPES:
        return _read_input(value, kind)
    if kind == "GraphQLApiId" and not isinstance(value, str):
        raise ValueError(f'Expected input type "{kind}", found {_literal(value)}.')
    if kind == "DateTime":
        return _read_moment(value)
    if kind == "Int" and not -(2**31) <= value < 2**31:
        raise ValueError(f'Failed to parse "Int": Only integers from {-(2**31)} to {2**31 - 1} are accepted.')
    return value.name if isinstance(value, Enum) else value


def _read_input(value: Any, kind: str) -> Values:
    if not isinstance(value, dict):
        raise ValueError(f'Expected input type "{kind}", found {_literal(value)}.')
    try:
        return {name: _read(each, INPUT_TYPES[kind][name]) for name, each in value.items()}
    except ValueError as error:
        raise ValueError(f'{error} (occurred while parsing "{kind}")') from error


def _read_moment(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError(f'Expected input type "DateTime", found {_literal(value)}.')
    ns = relaxed(value)
    if ns is None:
        early = relaxed(f"{value}Z") is not None
        told = "premature end of input" if early else "input contains invalid characters"
        raise ValueError(f'Failed to parse "DateTime": {told}')
    return ns


def _literal(value: Any) -> str:
    return value.name if isinstance(value, Enum) else json.dumps(value)


def _shown(value: Any, kind: str, field: Field) -> Any:
    """Return the selected fields of a value, in lists as well."""
    name = bare(kind)
    if value is None or name not in OBJECT_TYPES:
        return value
    if isinstance(value, list):
        return [_shown(each, name, field) for each in value]
    shown: Values = {}
    for each in field.selections:
        if each.name == "__typename":
            shown[each.key] = name
        else:
            shown[each.key] = _shown(value[each.name], OBJECT_TYPES[name][each.name].kind, each)
    return shown


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
