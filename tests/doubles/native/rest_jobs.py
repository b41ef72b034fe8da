"""`/jobs`."""

from starlette.responses import Response

from tests.doubles.native import answers, bodies, lists
from tests.doubles.native.answers import database_error, not_found
from tests.doubles.native.call import Call, accept
from tests.doubles.native.filters import JobFilter, int32
from tests.doubles.native.instants import rfc3339
from tests.doubles.native.rows import Job
from tests.doubles.native.words import check_text


def list_all(call: Call) -> Response:
    query = call.listed()
    rows, meta = lists.jobs(call.state, JobFilter.of(query.filters), query.paging)
    return answers.page([row.shown(rfc3339) for row in rows], meta, call.now_ns())


def create(call: Call) -> Response:
    """Its input is thrown away, and its destinations are not checked."""
    sent = call.read(bodies.CREATE_JOB)
    task = call.state.tasks.find(int32(sent["taskId"]) or 0)
    if task is None:
        raise not_found("Task", sent["taskId"])
    job = call.state.add_job(
        call.now_ns(),
        task.id,
        priority=sent["priority"] or "NORMAL",
        max_retries=3 if sent["maxRetries"] is None else sent["maxRetries"],
        scheduled_ns=sent["scheduledFor"],
        output_destinations=sent["outputDestinations"],
    )
    return answers.one(job.shown(rfc3339), 201)


def get(call: Call) -> Response:
    return answers.one(_found(call).shown(rfc3339))


def update(call: Call) -> Response:
    """Everything is checked, and nothing is changed."""
    sent = call.read(bodies.UPDATE_JOB)
    accept(check_text, call.id)
    accept(check_text, sent["errorMessage"])
    return answers.one(_found(call).shown(rfc3339))


def delete(call: Call) -> Response:
    call.state.remove_job(_found(call).id)
    return answers.done(f"Job {call.id} deleted successfully")


def cancel(call: Call) -> Response:
    """It says that this worked also for a finished or unknown job."""
    number = int32(call.id)
    if number is None:
        raise database_error()
    job = call.state.jobs.find(number)
    if job is not None and job.status in ("QUEUED", "RETRYING", "PROCESSING"):
        call.state.move(job, "CANCELLED")
    return answers.done(f"Job {call.id} cancelled")


def retry(call: Call) -> Response:
    """Any job is run again, whatever became of it."""
    job = call.state.jobs.find(call.number())
    if job is None:
        raise database_error()
    job.scheduled_ns = call.now_ns()
    call.state.move(job, "RETRYING")
    told = f"Job {call.id} scheduled for retry"
    return answers.done(told, retry_at=rfc3339(job.scheduled_ns))


def stats(call: Call) -> Response:
    numbers = {
        "totalJobs": len(call.state.jobs),
        "queuedJobs": 0,
        "processingJobs": 0,
        "completedJobs": 0,
        "failedJobs": 0,
        "cancelledJobs": 0,
        "retryingJobs": 0,
        "averageWaitTimeMs": None,
        "jobsLast24h": 0,
    }
    return answers.value(answers.stats(numbers, call.now_ns()))


def _found(call: Call) -> Job:
    job = call.state.jobs.find(call.checked_number())
    if job is None:
        raise not_found("Job", call.id)
    return job
