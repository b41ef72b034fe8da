"""Which operations an answer leads to, as OpenAPI links: generators of clients and of tests follow them."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

_NEW_ID: Final = "$response.body#/data/id"
_PARAMETER: Final = re.compile(r"\{([a-z_]+)\}")


class _Lead(NamedTuple):
    """An answer (operation and status) knows values of path parameters: what it leads to begins with `to`."""

    method: str
    path: str
    status: str
    to: str
    values: Mapping[str, str]


_TASK, _EXECUTION, _JOB = "/tasks/{task_id}", "/executions/{execution_id}", "/jobs/{job_id}"
_VERSIONS, _DELIVERIES = f"{_TASK}/versions", f"{_JOB}/deliveries"
_ROWS: Final = {
    "/tasks": "task_id",
    "/executions": "execution_id",
    "/jobs": "job_id",
    "/schedules": "schedule_id",
    "/users": "user_id",
    "/tokens": "token_id",
}
_LEADS: Final = (
    *(_Lead("post", path, "201", f"{path}/{{{name}}}", {name: _NEW_ID}) for path, name in _ROWS.items()),
    *(
        _Lead("post", f"/{noun}/bulk", "202", "/bulk/{operation_id}", {"operation_id": _NEW_ID})
        for noun in ("tasks", "executions", "jobs", "schedules")
    ),
    _Lead(
        *("post", "/tasks", "201", f"{_VERSIONS}/{{revision}}"),
        {"task_id": _NEW_ID, "revision": "$response.body#/data/revision"},
    ),
    _Lead(
        *("get", _VERSIONS, "200", f"{_VERSIONS}/{{revision}}"),
        {"task_id": "$request.path.task_id", "revision": "$response.body#/data/0/revision"},
    ),
    _Lead("post", f"{_EXECUTION}/retry", "201", _EXECUTION, {"execution_id": _NEW_ID}),
    _Lead("get", f"{_JOB}/attempts", "200", _EXECUTION, {"execution_id": "$response.body#/data/0/id"}),
    _Lead("post", "/schedules/{schedule_id}/trigger", "201", _JOB, {"job_id": _NEW_ID}),
    _Lead(
        *("get", _DELIVERIES, "200", f"{_DELIVERIES}/{{position}}"),
        {"job_id": "$request.path.job_id", "position": "$response.body#/data/0/position"},
    ),
)
# What a new task can be given to, with the least that such a body needs.
_OF_TASK: Final[Mapping[str, Json]] = {
    "executions": {"taskId": _NEW_ID, "input": {}},
    "jobs": {"taskId": _NEW_ID, "input": {}},
    "schedules": {"taskId": _NEW_ID, "name": "linked", "cronExpression": "0 0 9 * * *"},
}


def add_links(paths: Json, prefix: str) -> None:
    """Add to answers the operations for which they know all that stands in their path."""
    for lead in _LEADS:
        links = paths[prefix + lead.path][lead.method]["responses"][lead.status].setdefault("links", {})
        for path, item in paths.items():
            wanted = set(_PARAMETER.findall(path))
            if _below(path, prefix + lead.to) and wanted <= set(lead.values):
                for operation in item.values():
                    named = operation["operationId"]
                    links[named] = {"operationId": named, "parameters": dict(lead.values)}
    made = paths[f"{prefix}/tasks"]["post"]["responses"]["201"]["links"]
    for noun, body in _OF_TASK.items():
        named = paths[f"{prefix}/{noun}"]["post"]["operationId"]
        made[named] = {"operationId": named, "requestBody": body}


def _below(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}/")
