"""`/schedules`."""

from starlette.responses import Response

from tests.doubles.native import answers, bodies, lists
from tests.doubles.native.answers import bad_request, database_error, not_found
from tests.doubles.native.call import Call, accept
from tests.doubles.native.cron import accepted
from tests.doubles.native.destinations import check_destinations
from tests.doubles.native.filters import ScheduleFilter, int32
from tests.doubles.native.instants import rfc3339
from tests.doubles.native.rows import Schedule
from tests.doubles.native.words import INVALID, LONGEST, InvalidError, check_text


def list_all(call: Call) -> Response:
    """Only enabled ones, all of them, on every page."""
    query = call.listed()
    rows, meta = lists.schedules(call.state, ScheduleFilter.of(query.filters), query.paging)
    return answers.page([row.shown(rfc3339) for row in rows], meta, call.now_ns())


def create(call: Call) -> Response:
    sent = call.read(bodies.CREATE_SCHEDULE)
    accept(check_text, sent["name"])
    accept(_check_cron, sent["cronExpression"])
    accept(check_text, sent["description"])
    accept(check_destinations, sent["outputDestinations"])
    task = call.state.tasks.find(int32(sent["taskId"]) or 0)
    if task is None:
        raise not_found("Task", sent["taskId"])
    schedule = call.state.add_schedule(
        call.now_ns(),
        task.id,
        sent["name"],
        sent["cronExpression"],
        description=sent["description"],
        enabled=sent["enabled"] is not False,
        output_destinations=sent["outputDestinations"],
    )
    call.life.start_timer(schedule, call.now_ns())
    return answers.one(schedule.shown(rfc3339), 201)


def get(call: Call) -> Response:
    """Disabled ones are shown as well."""
    return answers.one(_found(call).shown(rfc3339))


def update(call: Call) -> Response:
    """Everything is checked; only `updatedAt` moves."""
    sent = call.read(bodies.UPDATE_SCHEDULE)
    accept(check_text, call.id)
    accept(check_text, sent["name"])
    accept(check_text, sent["description"])
    accept(_check_cron, sent["cronExpression"])
    schedule = _found(call)
    accept(check_destinations, sent["outputDestinations"])
    schedule.updated_ns = call.now_ns()
    return answers.one(schedule.shown(rfc3339))


def delete(call: Call) -> Response:
    """Whatever was there or not: it is deleted."""
    call.state.schedules.remove(call.number())
    return answers.done(f"Schedule {call.id} deleted")


def enable(call: Call) -> Response:
    """One more timer, beside any that it has."""
    schedule = _switched(call, True)
    call.life.start_timer(schedule, call.now_ns())
    return answers.done(f"Schedule {call.id} enabled")


def disable(call: Call) -> Response:
    """The row changes, and its timers go on."""
    _switched(call, False)
    return answers.done(f"Schedule {call.id} disabled")


def trigger(call: Call) -> Response:
    schedule = _found(call)
    if not schedule.enabled:
        raise bad_request("Cannot trigger disabled schedule")
    job = call.state.add_job(
        call.now_ns(), schedule.task_id, output_destinations=schedule.output_destinations
    )
    schedule.updated_ns = call.now_ns()
    told = {"success": True, "message": "Schedule triggered successfully", "job": job.shown(rfc3339)}
    return answers.one(told)


def stats(call: Call) -> Response:
    now_ns = call.now_ns()
    enabled = [row for row in call.state.schedules if row.enabled]
    total = len(call.state.schedules)
    numbers = {
        "totalSchedules": total,
        "enabledSchedules": len(enabled),
        "disabledSchedules": total - len(enabled),
        "schedulesReadyToRun": sum(
            row.next_run_ns is not None and row.next_run_ns <= now_ns for row in enabled
        ),
        "averageExecutionIntervalMinutes": None,
        "lastExecution": None,
        "nextExecution": None,
    }
    return answers.value(answers.stats(numbers, now_ns))


def _check_cron(expression: str) -> None:
    if len(expression.encode()) > LONGEST:
        check_text(expression)
    if not accepted(expression):
        raise InvalidError(INVALID)


def _switched(call: Call, enabled: bool) -> Schedule:
    schedule = call.state.schedules.find(call.number())
    if schedule is None:
        raise database_error()
    schedule.enabled = enabled
    schedule.updated_ns = call.now_ns()
    return schedule


def _found(call: Call) -> Schedule:
    schedule = call.state.schedules.find(call.checked_number())
    if schedule is None:
        raise not_found("Schedule", call.id)
    return schedule
