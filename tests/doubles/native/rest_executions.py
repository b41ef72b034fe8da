"""`/executions`."""

from starlette.responses import Response

from tests.doubles.native import answers, bodies, lists
from tests.doubles.native.answers import bad_request, database_error, not_found
from tests.doubles.native.call import Call, accept
from tests.doubles.native.filters import ExecutionFilter, int32
from tests.doubles.native.instants import rfc3339
from tests.doubles.native.rows import Execution
from tests.doubles.native.words import check_json, check_text


def list_all(call: Call) -> Response:
    query = call.listed()
    rows, meta = lists.executions(call.state, ExecutionFilter.of(query.filters), query.paging)
    return answers.page([row.shown(rfc3339) for row in rows], meta, call.now_ns())


def create(call: Call) -> Response:
    """It is never run, and `priority` and `scheduledFor` are read and forgotten."""
    sent = call.read(bodies.CREATE_EXECUTION)
    accept(check_json, sent["input"])
    task = call.state.tasks.find(int32(sent["taskId"]) or 0)
    if task is None:
        raise not_found("Task", sent["taskId"])
    execution = call.state.add_execution(call.now_ns(), task.id, input=sent["input"])
    return answers.one(execution.shown(rfc3339), 201)


def get(call: Call) -> Response:
    return answers.one(_found(call).shown(rfc3339))


def update(call: Call) -> Response:
    """Everything is checked, and nothing is changed."""
    sent = call.read(bodies.UPDATE_EXECUTION)
    accept(check_text, call.id)
    accept(check_json, sent["output"])
    accept(check_text, sent["errorMessage"])
    return answers.one(_found(call).shown(rfc3339))


def delete(call: Call) -> Response:
    call.state.executions.remove(_found(call).id)
    return answers.done(f"Execution {call.id} deleted successfully")


def cancel(call: Call) -> Response:
    """Whatever its state, it has FAILED then."""
    execution = call.state.executions.find(call.number())
    if execution is None:
        raise database_error()
    execution.status = "FAILED"
    execution.error_message = "Cancelled by user"
    execution.error_details = None
    execution.completed_ns = call.now_ns()
    return answers.done(f"Execution {call.id} cancelled")


def retry(call: Call) -> Response:
    """The new one stays PENDING for ever; its input is not checked."""
    sent = call.read(bodies.RETRY_EXECUTION)
    accept(check_text, call.id)
    failed = _found(call)
    if failed.status != "FAILED":
        raise bad_request("Only failed executions can be retried")
    chosen = failed.input if sent["input"] is None else sent["input"]
    fresh = call.state.add_execution(call.now_ns(), failed.task_id, input=chosen)
    return answers.one(fresh.shown(rfc3339))


def logs(call: Call) -> Response:
    """The same two lines for every id, whether there is such an execution or not."""
    return answers.value({"execution_id": call.id, "logs": LOGS, "has_more": False})


LOGS = [
    {
        "timestamp": "2023-12-07T14:30:15.123Z",
        "level": "info",
        "message": "Starting task execution",
        "source": "task_executor",
    },
    {
        "timestamp": "2023-12-07T14:30:15.145Z",
        "level": "info",
        "message": "Processing input data",
        "source": "task_executor",
    },
]


def stats(call: Call) -> Response:
    numbers = {
        "totalExecutions": len(call.state.executions),
        "pendingExecutions": 0,
        "runningExecutions": 0,
        "completedExecutions": 0,
        "failedExecutions": 0,
        "cancelledExecutions": 0,
        "averageDurationMs": None,
        "successRate": 0.0,
        "executionsLast24h": 0,
    }
    return answers.value(answers.stats(numbers, call.now_ns()))


def _found(call: Call) -> Execution:
    execution = call.state.executions.find(call.checked_number())
    if execution is None:
        raise not_found("Execution", call.id)
    return execution
