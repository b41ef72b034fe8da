"""Which operations a new row leads to, as OpenAPI links: generators of clients and of tests follow them."""

from typing import Any

Json = dict[str, Any]

_NOUNS = {"tasks": "task_id", "executions": "execution_id", "jobs": "job_id", "schedules": "schedule_id"}
_NEW_ID = "$response.body#/data/id"
# What a new task can be given to, with the least that such a body needs.
_OF_TASK: dict[str, Json] = {
    "executions": {"taskId": _NEW_ID, "input": {}},
    "jobs": {"taskId": _NEW_ID, "input": {}},
    "schedules": {"taskId": _NEW_ID, "name": "linked", "cronExpression": "0 0 9 * * *"},
}


def add_links(paths: Json, prefix: str) -> None:
    """Add to the answer of each operation that creates a row the operations that take its id."""
    for noun, parameter in _NOUNS.items():
        made = (
            paths[f"{prefix}/{noun}"]["post"]["responses"]
            .setdefault("201", {"description": "Created"})
            .setdefault("links", {})
        )
        for path, item in paths.items():
            if path.startswith(f"{prefix}/{noun}/{{{parameter}}}"):
                for operation in item.values():
                    made[operation["operationId"]] = _with_id(operation, parameter)
        if noun == "tasks":
            for other, body in _OF_TASK.items():
                operation_id = paths[f"{prefix}/{other}"]["post"]["operationId"]
                made[operation_id] = {"operationId": operation_id, "requestBody": body}


def _with_id(operation: Json, parameter: str) -> Json:
    return {"operationId": operation["operationId"], "parameters": {parameter: _NEW_ID}}
