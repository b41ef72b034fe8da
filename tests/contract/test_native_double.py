"""The double of the native server held against what is known of that server: each quirk is one line."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.doubles.native import Native, native

NO_DB = {"error": {"code": "DATABASE_ERROR", "message": "Database operation failed", "status": 500}}
INVALID = {"error": {"code": "BAD_REQUEST", "message": "Input validation failed", "status": 400}}
ATTACK = {"error": {"code": "BAD_REQUEST", "message": "Potential injection attack detected", "status": 400}}
NOT_JSON = "Expected request with `Content-Type: application/json`"
DATA = "Failed to deserialize the JSON body into the target type: "
SYNTAX = "Failed to parse the request body as JSON: "
MISSING = (
    "Missing request extension: Extension of type `ratchet_web::middleware::auth::AuthContext` was not "
    "found. Perhaps you forgot to add it? See `axum::Extension`."
)
TASK = {"name": "fresh", "version": "1.0.0"}
WITHOUT_URL = '{"outputDestinations": [{"destinationType": "webhook", "webhook": {}}]}'
SCHEDULE = {"taskId": "1", "name": "nightly", "cronExpression": "0 0 9 * * *"}
HOOK = {"url": "https://example.org/hook", "method": "POST", "timeoutSeconds": 30}


def missing(kind: str, id: str) -> dict[str, Any]:
    return {"error": {"code": "NOT_FOUND", "message": f"{kind} with ID '{id}' not found", "status": 404}}


def done(message: str) -> dict[str, Any]:
    return {"success": True, "message": message}


def bad(message: str) -> dict[str, Any]:
    return {"error": {"code": "BAD_REQUEST", "message": message, "status": 400}}


def query_error(message: str) -> dict[str, Any]:
    return {"error": {"code": "BAD_REQUEST", "message": f"Bad request: {message}"}}


def unreadable(reason: str) -> dict[str, Any]:
    return query_error(f"Invalid query parameters: Failed to deserialize query string: {reason}")


def hooked(**changed: Any) -> dict[str, Any]:
    return {
        **SCHEDULE,
        "outputDestinations": [{"destinationType": "webhook", "webhook": {**HOOK, **changed}}],
    }


@dataclass(frozen=True)
class Raw:
    """A body that is sent as it stands."""

    text: str
    kind: str | None = "application/json"


@pytest_asyncio.fixture
async def double():
    """A small state: two tasks, executions in three statuses, one job of each priority, three schedules."""
    async with native(works=False, limited=False) as double:
        double.add_task("report_daily", enabled=False)
        for status in ("COMPLETED", "FAILED", "PENDING"):
            double.add_execution(status=status, input={"n": status})
        for priority in ("LOW", "NORMAL", "HIGH", "CRITICAL"):
            double.add_job(priority=priority)
        double.add_job(status="COMPLETED")
        double.add_schedule("hourly", "0 0 * * * *")
        double.add_schedule("off", "0 0 * * * *", enabled=False)
        yield double


async def ask(double: Native, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    at = path.removeprefix("/") if path.startswith("//") else f"/api/v1{path}"
    sent: dict[str, Any] = {}
    if isinstance(body, Raw):
        sent["content"] = body.text
        headers |= {"content-type": body.kind} if body.kind else {}
    elif body is not None:
        sent["json"] = body
    async with httpx.AsyncClient(transport=double.transport, base_url=double.url) as client:
        return await client.request(method, at, headers=headers, **sent)


def holds(found: Any, wanted: Any) -> bool:
    """Return whether an answer has at least the keys that are wanted, with these values."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and holds(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(holds, found, wanted))
    return bool(found == wanted)


# Quirk, method, path, body, status, what the answer holds: JSON, plain text, or "" for an empty one.
ANSWERS = [
    ("a UUID is no id", "GET", "/tasks/00000000-0000-0000-0000-000000000001", None, 404, None),
    ("a plus before an id is", "GET", "/tasks/+1", None, 200, {"data": {"id": "1", "name": "heartbeat"}}),
    ("words count as 0", "GET", "/tasks/abc", None, 404, missing("Task", "abc")),
    ("ids pass the word filter", "GET", "/jobs/1;2", None, 400, ATTACK),
    ("the whole task", "GET", "/tasks/2", None, 200,
     {"data": {"availableVersions": ["1.0.0"], "sourceCode": ""}}),
    ("taken names are accepted", "POST", "/tasks", {**TASK, "name": "heartbeat"}, 201, {"data": {"id": "3"}}),
    ("unknown keys are ignored", "POST", "/tasks", {**TASK, "sourceCode": "x"}, 201,
     {"data": {"sourceCode": ""}}),
    ("a schema may be a number", "POST", "/tasks", {**TASK, "inputSchema": 5}, 201,
     {"data": {"inputSchema": 5}}),
    ("a reference is an attack", "POST", "/tasks", {**TASK, "inputSchema": {"$ref": "#/a"}}, 400, ATTACK),
    ("metadata is not checked", "POST", "/tasks", {**TASK, "metadata": {"a": "rm -rf;"}}, 201, None),
    ("names have no spaces", "POST", "/tasks", {**TASK, "name": "a b"}, 400, INVALID),
    ("versions are strict", "POST", "/tasks", {**TASK, "version": "1.0"}, 400, INVALID),
    ("cats & dogs", "POST", "/tasks", {**TASK, "description": "cats & dogs"}, 400, ATTACK),
    ("an update of the report", "POST", "/tasks", {**TASK, "description": "Update the report"}, 400, ATTACK),
    ("words within words pass", "POST", "/tasks", {**TASK, "description": "updated <b>'\"\n"}, 201, None),
    ("long texts say so", "POST", "/tasks", {**TASK, "description": "x" * 10_001}, 400,
     bad("String too long: 10001 characters exceeds maximum 10000 characters")),
    ("null keeps", "PATCH", "/tasks/1", {"description": None, "enabled": False}, 200,
     {"data": {"enabled": False,
     "description": "Built-in heartbeat task that returns system status for monitoring"}}),
    ("PUT is not there", "PUT", "/tasks/1", {}, 405, ""),
    ("deleting a task is empty", "DELETE", "/tasks/1", None, 204, ""),
    ("deleting none", "DELETE", "/tasks/99", None, 404, missing("Task", "99")),
    ("enabling", "POST", "/tasks/2/enable", None, 200, done("Task 2 enabled")),
    ("enabling none", "POST", "/tasks/99/enable", None, 500, NO_DB),
    ("disabling a word", "POST", "/tasks/abc/disable", None, 500, NO_DB),
    ("sync does nothing", "POST", "/tasks/sync", None, 200, {"data": {"added": [], "errors": []}}),
    ("only totals are true", "GET", "/tasks/stats", None, 200,
     {"stats": {"totalTasks": 2, "databaseTasks": 2, "enabledTasks": 0}, "period": None}),
    ("tasks have no executions", "GET", "/tasks/1/executions", None, 404, ""),
    ("nor /validate", "POST", "/tasks/1/validate", {}, 404, ""),
    ("a new execution", "POST", "/executions", {"taskId": "1", "input": None, "priority": "any"}, 201,
     {"data": {"status": "PENDING", "input": None, "canCancel": True, "progress": None}}),
    ("without a task", "POST", "/executions", {"taskId": "x", "input": 1}, 404, missing("Task", "x")),
    ("its input is filtered", "POST", "/executions", {"taskId": "1", "input": "a;b"}, 400, ATTACK),
    ("a patch that does nothing", "PATCH", "/executions/3", {"status": "COMPLETED", "output": 1}, 200,
     {"data": {"status": "PENDING", "output": None}}),
    ("deleting an execution", "DELETE", "/executions/1", None, 200, done("Execution 1 deleted successfully")),
    ("cancelling is failing", "POST", "/executions/1/cancel", None, 200, done("Execution 1 cancelled")),
    ("cancelling none", "POST", "/executions/99/cancel", None, 500, NO_DB),
    ("a retry needs a body", "POST", "/executions/2/retry", None, 415, NOT_JSON),
    ("an empty one is none", "POST", "/executions/2/retry", Raw(""), 400,
     f"{SYNTAX}EOF while parsing a value at line 1 column 0"),
    ("only failed ones", "POST", "/executions/1/retry", {}, 400,
     bad("Only failed executions can be retried")),
    ("the retry's input passes", "POST", "/executions/2/retry", {"input": "a;b"}, 200,
     {"data": {"input": "a;b"}}),
    ("a retry of none", "POST", "/executions/99/retry", {}, 404, missing("Execution", "99")),
    ("logs of nothing", "GET", "/executions/none/logs", None, 200,
     {"execution_id": "none", "has_more": False}),
    ("execution totals", "GET", "/executions/stats", None, 200,
     {"stats": {"totalExecutions": 3, "failedExecutions": 0}}),
    ("a job forgets its input", "POST", "/jobs", {"taskId": "1", "input": "a;b", "maxRetries": -1}, 201,
     {"data": {"status": "QUEUED", "maxRetries": -1, "priority": "NORMAL", "outputDestinations": None}}),
    ("destinations of jobs are free", "POST", "/jobs",
     {"taskId": "1", "input": 0, "outputDestinations": [{"destinationType": "pigeon"}]}, 201, None),
    ("a patch of a job", "PATCH", "/jobs/1", {"priority": "CRITICAL"}, 200, {"data": {"priority": "LOW"}}),
    ("deleting a job", "DELETE", "/jobs/1", None, 200, done("Job 1 deleted successfully")),
    ("cancelling a finished job", "POST", "/jobs/5/cancel", None, 200, done("Job 5 cancelled")),
    ("cancelling no job", "POST", "/jobs/99/cancel", None, 200, done("Job 99 cancelled")),
    ("cancelling a word", "POST", "/jobs/abc/cancel", None, 500, NO_DB),
    ("retrying a finished job", "POST", "/jobs/5/retry", None, 200, done("Job 5 scheduled for retry")),
    ("retrying no job", "POST", "/jobs/99/retry", None, 500, NO_DB),
    ("job totals", "GET", "/jobs/stats", None, 200, {"stats": {"totalJobs": 5, "completedJobs": 0}}),
    ("a new schedule", "POST", "/schedules", {**SCHEDULE, "input": {}}, 201,
     {"data": {"nextRun": None, "lastRun": None}}),
    ("empty names are accepted", "POST", "/schedules", {**SCHEDULE, "name": ""}, 201, None),
    ("a schedule without a task", "POST", "/schedules", {**SCHEDULE, "taskId": "9"}, 404,
     missing("Task", "9")),
    ("disabled ones by id", "GET", "/schedules/3", None, 200, {"data": {"enabled": False}}),
    ("a patch that keeps all", "PATCH", "/schedules/2", {"name": "other"}, 200, {"data": {"name": "hourly"}}),
    ("stdio cannot be sent back", "PATCH", "/schedules/1",
     {"outputDestinations": [{"destinationType": "stdio"}]}, 400,
     bad("destination[0]: Unsupported destination type: stdio")),
    ("no destinations", "POST", "/schedules", {**SCHEDULE, "outputDestinations": []}, 400,
     bad("Output destinations array cannot be empty")),
    ("a webhook", "POST", "/schedules", hooked(), 201, {"data": {"outputDestinations": [{"webhook": HOOK}]}}),
    ("no DELETE for webhooks", "POST", "/schedules", hooked(method="DELETE"), 400,
     bad("destination[0]: Unsupported HTTP method for webhook")),
    ("no ftp", "POST", "/schedules", hooked(url="ftp://a"), 400,
     bad("destination[0]: Webhook URL must be a valid HTTP/HTTPS URL")),
    ("deleting no schedule", "DELETE", "/schedules/abc", None, 200, done("Schedule abc deleted")),
    ("disabling none", "POST", "/schedules/99/disable", None, 500, NO_DB),
    ("a trigger", "POST", "/schedules/2/trigger", None, 200,
     {"data": {"success": True, "job": {"status": "QUEUED"}}}),
    ("no trigger when disabled", "POST", "/schedules/3/trigger", None, 400,
     bad("Cannot trigger disabled schedule")),
    ("a trigger of none", "POST", "/schedules/9/trigger", None, 404, missing("Schedule", "9")),
    ("schedule totals are true", "GET", "/schedules/stats", None, 200,
     {"stats": {"totalSchedules": 3, "enabledSchedules": 2, "disabledSchedules": 1,
     "schedulesReadyToRun": 0}}),
    ("invented workers", "GET", "/workers", None, 200, {"data": {"total": 2, "page": 1, "limit": 25}}),
    ("wrapped twice", "GET", "/workers/stats", None, 200,
     {"data": {"stats": {"totalTasks": 5}, "period": None}}),
    ("health is at the root", "GET", "//health", None, 200,
     {"status": "healthy", "version": "0.4.11", "checks": None}),
    ("and not below", "GET", "/health", None, 404, ""),
    ("in detail", "GET", "//health/detailed", None, 200, {"checks": {"database": {"status": "healthy"}}}),
    ("ready", "GET", "//ready", None, 200, {"status": "ready", "checks": {"registry": {"ready": True}}}),
    ("alive", "GET", "//live", None, 200, {"status": "alive"}),
    ("metrics", "GET", "//metrics", None, 200, {"stats": {"application": {"tasks": {"totalTasks": 2}}}}),
    ("no login", "POST", "/auth/login", {"username": "a", "password": "b"}, 500,
     {"error": {"code": "AUTH_ERROR", "message": "Authentication or authorization failed", "status": 500}}),
    ("no registration", "POST", "/auth/register", {"username": "abc", "email": "a@b", "password": "123456"},
     500,
     {"error": {"code": "INTERNAL_ERROR", "status": 500}}),
    ("bad data is noticed", "POST", "/auth/register", {"username": "a", "email": "", "password": ""}, 400,
     bad("Username must be at least 3 characters")),
    ("nobody", "GET", "/auth/me", None, 500, MISSING),
    ("no repositories", "GET", "/repositories", None, 404, ""),
    ("a missing key", "POST", "/tasks", {"name": "a"}, 422,
     f"{DATA}missing field `version` at line 1 column 12"),
    ("a number for an id", "POST", "/jobs", Raw('{"taskId": 1}'), 422,
     f"{DATA}taskId: invalid type: integer `1`, expected a string at line 1 column 12"),
    ("an unknown variant", "POST", "/jobs", Raw('{\n "priority": "URGENT"}'), 422,
     f"{DATA}priority: unknown variant `URGENT`, expected one of `LOW`, `NORMAL`, `HIGH`, `CRITICAL` "
     "at line 2 column 21"),
    ("variants are upper case", "PATCH", "/executions/1", {"status": "failed"}, 422, None),
    ("deep inside", "POST", "/jobs", Raw(WITHOUT_URL), 422,
     f"{DATA}outputDestinations[0].webhook: missing field `url` at line 1 column 68"),
    ("times need a zone", "POST", "/jobs", Raw('{"scheduledFor":"2025-01-01T00:00:00"}'), 422,
     f"{DATA}scheduledFor: premature end of input at line 1 column 37"),
    ("no JSON", "POST", "/tasks", Raw('{"name": }'), 400,
     f"{SYNTAX}name: expected value at line 1 column 10"),
    ("half of it", "POST", "/tasks", Raw('{"name": "a"'), 400,
     f"{SYNTAX}EOF while parsing an object at line 1 column 12"),
    ("form data", "POST", "/tasks", Raw("a=b", "application/x-www-form-urlencoded"), 415, NOT_JSON),
    ("too large", "POST", "/tasks", Raw('"' + "x" * 2_097_152), 413,
     "Failed to buffer the request body: length limit exceeded"),
    ("limit 0", "GET", "/jobs?limit=0", None, 400,
     query_error("Invalid pagination: limit must be greater than 0")),
    ("limit 101", "GET", "/jobs?limit=101", None, 400,
     query_error("Invalid pagination: maximum limit is 100")),
    ("page 0", "GET", "/jobs?page=0", None, 400,
     query_error("Invalid pagination: page must be greater than 0")),
    ("no number", "GET", "/jobs?limit=x", None, 400, unreadable("limit: invalid digit found in string")),
    ("no text", "GET", "/jobs?limit=", None, 400,
     unreadable("limit: cannot parse integer from empty string")),
    ("a repeated key", "GET", "/jobs?page=1&page=1", None, 400, unreadable("duplicate field `page`")),
    ("an empty range", "GET", "/jobs?_start=5&_end=5", None, 400,
     query_error("Invalid pagination: _start must be less than _end")),
    ("a wide range", "GET", "/jobs?_start=0&_end=101", None, 400,
     query_error("Invalid pagination: maximum limit is 100")),
    ("searching for system", "GET", "/tasks?name=system", None, 500, NO_DB),
]  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS, ids=[case[0] for case in ANSWERS])
async def test_it_answers_as_the_server_does(double, case):
    _, method, path, body, status, wanted = case
    answer = await ask(double, method, path, body)
    assert answer.status_code == status, answer.text
    if isinstance(wanted, dict):
        assert answer.headers["content-type"] == "application/json"
        assert holds(answer.json(), wanted), answer.text
        if "error" in wanted:
            assert answer.json().keys() == wanted.keys()
            assert ("status" in answer.json()["error"]) == ("status" in wanted["error"])
    elif wanted:
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text == wanted
    elif wanted == "":
        assert answer.content == b""
        assert "content-type" not in answer.headers


# Path and query, the ids on the page, and what its flags say.
PAGES = [
    ("/tasks", "1 2", {"page": 1, "limit": 25, "total": 2, "totalPages": 1, "hasNext": False}),
    ("/tasks?limit=1", "1", {"hasNext": True, "hasPrevious": False, "offset": 0}),
    ("/tasks?limit=1&page=2", "2", {"page": 2, "hasNext": True, "hasPrevious": False, "offset": 0}),
    ("/tasks?limit=1&page=9", "", {"total": 2, "hasNext": True}),
    ("/tasks?_start=1&_end=2", "2", {"page": 1, "limit": 1, "offset": 1, "hasNext": False,
     "hasPrevious": True}),
    ("/tasks?_start=1", "1 2", {"offset": 0}),
    ("/tasks?offset=1&_sort=name&_order=DESC", "1 2", {"offset": 0}),
    ("/tasks?name=HEART", "1", {"total": 1}),
    ("/tasks?name=report_", "", {"total": 0}),
    ("/tasks?name=", "1 2", {}),
    ("/tasks?enabled=false", "2", {}),
    ("/tasks?enabled=0&name_like=x&uuid=1&version=9", "1 2", {}),
    ("/tasks?validated_after=2030-01-01T00:00:00Z", "1", {}),
    ("/executions", "3 2 1", {"total": 3}),
    ("/executions?limit=2&page=2", "1", {"page": 2, "hasNext": False, "hasPrevious": True, "totalPages": 2}),
    ("/executions?status=failed", "2", {"total": 1}),
    ("/executions?status=FAILED,PENDING", "3 2 1", {}),
    ("/executions?status=nonsense", "3 2 1", {}),
    ("/executions?task_id=2", "", {}),
    ("/executions?task_id=x&status_in=FAILED&queued_before=2020-01-01T00:00:00Z", "3 2 1", {}),
    ("/executions?taskId=2", "3 2 1", {}),
    ("/executions?queued_after=2030-01-01T00:00:00Z", "", {}),
    ("/executions?queued_after=2030-01-01", "3 2 1", {}),
    ("/executions?queued_after=2030-01-01T00:00:00+00:00", "3 2 1", {}),
    ("/executions?completed_after=2020-01-01T00:00:00Z", "", {}),
    ("/jobs", "4 2 5 1 3", {"total": 5}),
    ("/jobs?priority=high", "3", {}),
    ("/jobs?status=QUEUED&priority=normal", "2", {}),
    ("/jobs?scheduled_after=2020-01-01T00:00:00Z", "", {}),
    ("/jobs?schedule_id=9&due_now=true", "4 2 5 1 3", {}),
    ("/schedules", "1 2", {"total": 0, "totalPages": 0, "hasNext": False, "limit": 25}),
    ("/schedules?limit=1&page=7", "1 2", {"page": 7, "limit": 1, "total": 0}),
    ("/schedules?enabled=false&task_id=9", "1 2", {}),
    ("/schedules?name=hourly", "2", {}),
    ("/schedules?page=4294967295&limit=100", "1 2", {}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "ids", "flags"), PAGES, ids=[page[0] for page in PAGES])
async def test_a_page_holds_these_rows(double, path, ids, flags):
    answer = (await ask(double, "GET", path)).json()
    assert " ".join(row["id"] for row in answer["data"]) == ids
    assert holds(answer["meta"]["pagination"], flags), answer["meta"]


CRON = {
    "0 0 9 * * *": 201, "*/5 * * * * *": 201, "0 0 9 ? * *": 201, "0 0 9 * * MON-FRI": 201,
    "0 0 9 * JAN *": 201, "@daily": 201, "@hourly": 201, "0 0 9 31 2 *": 201, "0 0 9 * * * *": 201,
    "0 0 9 * * 7": 201, "0 9 * * *": 400, "garbage": 400, "": 400, "60 0 9 * * *": 400, "0 0 9 L * *": 400,
    "0 0 9 * * 1#2": 400, "0 0 9 * * 0": 400, "0 0 9 * * MON-SUN": 400,
}  # fmt: skip


@pytest.mark.parametrize(("expression", "status"), CRON.items())
async def test_cron_has_six_fields(double, expression, status):
    answer = await ask(double, "POST", "/schedules", {**SCHEDULE, "cronExpression": expression})
    assert answer.status_code == status
    assert status == 201 or answer.json() == INVALID


@pytest.mark.parametrize(
    "path", ["/executions?page=4294967295&limit=100", "/jobs?_start=4294967295&_end=4294967296"]
)
async def test_too_large_a_page_breaks_the_connection(double, path):
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(double, "GET", path)


async def test_a_wrong_method_names_the_right_ones(double):
    assert (await ask(double, "PUT", "/jobs/1")).headers["allow"] == "GET,HEAD,PATCH,DELETE"


async def test_deleting_a_task_takes_all_that_belongs_to_it(double):
    await ask(double, "DELETE", "/tasks/1")
    assert [len(table) for table in (double.state.executions, double.state.jobs, double.state.schedules)] == [
        0,
        0,
        0,
    ]


async def test_a_cancelled_execution_has_failed(double):
    await ask(double, "POST", "/executions/1/cancel")
    row = (await ask(double, "GET", "/executions/1")).json()["data"]
    assert (row["status"], row["errorMessage"], row["canRetry"]) == ("FAILED", "Cancelled by user", True)


async def test_times_have_nine_digits_and_are_understood_as_they_were_given(double):
    newest = (await ask(double, "GET", "/executions")).json()["data"][0]
    assert len(newest["queuedAt"]) == len("2025-07-07T09:00:00.123456789Z")
    for digits in (0, 3):
        since = newest["queuedAt"][:-1][: len(newest["queuedAt"]) - 1 - digits] + "Z"
        rows = (await ask(double, "GET", f"/executions?queued_after={since}")).json()["data"]
        assert newest["id"] in [row["id"] for row in rows]


async def test_headers_of_security_and_no_others(double):
    answer = await ask(
        double, "GET", "/tasks", None, **{"x-request-id": "mine", "origin": "http://localhost:3000"}
    )
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert not {"x-request-id", "x-total-count", "etag", "link"} & set(answer.headers)


async def test_other_origins_are_answered_without_leave(double):
    answer = await ask(double, "GET", "/tasks", None, origin="http://localhost:8000")
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_secrets_come_back_in_clear(double):
    secret = {"authType": "bearer", "bearer": {"token": "secret"}}
    await ask(double, "POST", "/schedules", hooked(authentication=secret))
    rows = (await ask(double, "GET", "/schedules?name=nightly")).json()["data"]
    assert "secret" in json.dumps(rows)
