"""`/tasks`."""

from starlette.responses import Response

from tests.doubles.native import answers, bodies, lists
from tests.doubles.native.answers import database_error, not_found
from tests.doubles.native.call import Call, accept
from tests.doubles.native.filters import TaskFilter
from tests.doubles.native.instants import rfc3339
from tests.doubles.native.rows import Task
from tests.doubles.native.words import check_json, check_task_name, check_text, check_version


def list_all(call: Call) -> Response:
    query = call.listed()
    try:
        rows, meta = lists.tasks(call.state, TaskFilter.of(query.filters), query.paging)
    except lists.BannedSearchError:
        raise database_error() from None
    return answers.page([row.shown(rfc3339) for row in rows], meta, call.now_ns())


def create(call: Call) -> Response:
    """Names that are taken are accepted as well."""
    sent = call.read(bodies.CREATE_TASK)
    accept(check_task_name, sent["name"])
    accept(check_text, sent["description"])
    accept(check_version, sent["version"])
    accept(check_json, sent["inputSchema"])
    accept(check_json, sent["outputSchema"])
    task = call.state.add_task(
        call.now_ns(),
        sent["name"],
        sent["version"],
        description=sent["description"],
        enabled=sent["enabled"] is not False,
        input_schema=sent["inputSchema"],
        output_schema=sent["outputSchema"],
        metadata=sent["metadata"],
    )
    return answers.one(task.shown(rfc3339), 201)


def get(call: Call) -> Response:
    return answers.one(_found(call).shown(rfc3339))


def update(call: Call) -> Response:
    """The only PATCH that does something; it can clear nothing."""
    sent = call.read(bodies.UPDATE_TASK)
    accept(check_text, call.id)
    accept(check_task_name, sent["name"])
    accept(check_text, sent["description"])
    accept(check_version, sent["version"])
    accept(check_json, sent["inputSchema"])
    accept(check_json, sent["outputSchema"])
    task = _found(call)
    for field, key in CHANGEABLE.items():
        if sent[key] is not None:
            setattr(task, field, sent[key])
    task.updated_ns = call.now_ns()
    return answers.one(task.shown(rfc3339))


CHANGEABLE = {
    "name": "name",
    "description": "description",
    "version": "version",
    "enabled": "enabled",
    "input_schema": "inputSchema",
    "output_schema": "outputSchema",
    "metadata": "metadata",
}


def delete(call: Call) -> Response:
    call.state.remove_task(_found(call).id)
    return answers.empty(204)


def enable(call: Call) -> Response:
    return _switch(call, True)


def disable(call: Call) -> Response:
    """Its jobs and schedules go on all the same."""
    return _switch(call, False)


def _switch(call: Call, enabled: bool) -> Response:
    task = call.state.tasks.find(call.number())
    if task is None:
        raise database_error()
    task.enabled = enabled
    task.updated_ns = call.now_ns()
    return answers.done(f"Task {call.id} {'enabled' if enabled else 'disabled'}")


def sync(call: Call) -> Response:
    return answers.one({"added": [], "updated": [], "removed": [], "errors": []})


def stats(call: Call) -> Response:
    total = len(call.state.tasks)
    numbers = {
        "totalTasks": total,
        "enabledTasks": 0,
        "disabledTasks": 0,
        "registryTasks": 0,
        "databaseTasks": total,
        "validationErrors": 0,
        "lastSync": None,
    }
    return answers.value(answers.stats(numbers, call.now_ns()))


def _found(call: Call) -> Task:
    task = call.state.tasks.find(call.checked_number())
    if task is None:
        raise not_found("Task", call.id)
    return task
