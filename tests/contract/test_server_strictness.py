"""A request means what it says: what only looks like a value, or like the id of a row, is refused."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

JOB = {"taskId": "1", "input": {}}
SCHEDULE = {"taskId": "1", "name": "s", "cronExpression": "0 0 9 * * *"}
BULK = {"action": "cancel", "filter": {}}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/tasks", {"name": "t", "enabled": 0}, "enabled"),
        ("/tasks", {"name": "t", "enabled": "yes"}, "enabled"),
        ("/tasks", {"name": "t", "version": "1.0.٢"}, "version"),
        ("/jobs", {**JOB, "scheduledFor": 1}, "scheduledFor"),
        ("/jobs", {**JOB, "scheduledFor": "1999999999"}, "scheduledFor"),
        ("/jobs", {**JOB, "maxRetries": "3"}, "maxRetries"),
        ("/jobs", {**JOB, "maxRetries": True}, "maxRetries"),
        ("/jobs", {**JOB, "retryPolicy": {"delaySeconds": "5"}}, "retryPolicy.delaySeconds"),
        ("/schedules", {**SCHEDULE, "allowOverlap": 1}, "allowOverlap"),
        ("/jobs/bulk", {**BULK, "dryRun": 0}, "dryRun"),
        ("/jobs/bulk", {**BULK, "ratePerSecond": "1"}, "ratePerSecond"),
    ],
)
async def test_a_value_of_another_kind_is_refused_by_name(api, path, body, field):
    error = await api.fails("POST", path, 400, body)
    assert [detail["field"] for detail in error["details"]] == [field]


@pytest.mark.parametrize(
    "query",
    [
        "/executions?started_before=0.5",
        "/jobs?scheduled_before=5",
        "/tasks?validated_before=1e9",
        "/series?to=0",
    ],
)
async def test_a_number_is_no_time(api, query):
    error = await api.fails("GET", query, 400)
    assert "should be a valid datetime" in error["details"][0]["message"]


@pytest.mark.parametrize("number", ["%2B0.0", "1.0", "1_0", "%2B1", "%D9%A2", "0x1", "%201"])
@pytest.mark.parametrize(
    ("path", "name"), [("/jobs/stats", "task_id"), ("/jobs", "limit"), ("/jobs", "task_id")]
)
async def test_what_python_would_take_for_a_whole_number_is_none_in_an_address(api, path, name, number):
    error = await api.fails("GET", f"{path}?{name}={number}", 400)
    assert error["details"] == [{"field": name, "message": "should be a valid integer, in digits"}]


NUL_REFUSED = "must not hold NUL (U+0000)"
SOUGHT = [
    *(("/executions", name) for name in ("error_message_like", "input_like", "output_like")),
    ("/executions/counts", "input_like"),
    ("/executions/counts", "error_message_like"),
    ("/executions/density", "output_like"),
    ("/jobs", "error_message_like"),
    *(("/tasks", name) for name in ("name", "name_like", "version")),
    ("/tasks/activity", "name_like"),
    ("/schedules/activity", "name_like"),
    *(("/schedules", name) for name in ("name", "name_like", "cron_expression", "cron_expression_like")),
]


@pytest.mark.parametrize(("path", "name"), SOUGHT)
async def test_a_text_that_ends_early_for_the_database_is_not_looked_for(api, path, name):
    error = await api.fails("GET", path, 400, params={name: "\0zzz"})
    assert {"field": name, "message": NUL_REFUSED} in error["details"]


@pytest.mark.parametrize(
    ("noun", "action", "name"),
    [
        ("executions", "retry", "error_message_like"),
        ("executions", "cancel", "error_message_like"),
        ("jobs", "retry", "error_message_like"),
        ("tasks", "disable", "name_like"),
        ("schedules", "disable", "cron_expression_like"),
    ],
)
async def test_nothing_is_done_to_rows_that_such_a_text_would_find(api, noun, action, name):
    body = {"action": action, "filter": {name: "\0nope"}, "dryRun": True}
    error = await api.fails("POST", f"/{noun}/bulk", 400, body)
    assert error["details"] == [{"field": f"filter.{name}", "message": NUL_REFUSED}]


async def test_a_whole_number_may_be_written_with_a_point(api):
    task = await api.task("function main() {}")
    job = await api.post("/jobs", {"taskId": task["id"], "input": {}, "maxRetries": 2.0})
    assert job["maxRetries"] == 2


async def test_the_place_to_resume_a_log_from_is_looked_at_even_where_nothing_is_streamed(api):
    execution = await api.run("function main() {}")
    headers = {"last-event-id": "V<S"}
    error = await api.fails("GET", f"/executions/{execution['id']}/logs", 400, headers=headers)
    assert error["details"][0]["field"] == "Last-Event-ID"


@pytest.mark.parametrize("given", ['"1', '1"', "0", '"01"', "x"])
async def test_half_a_revision_is_none(api, given):
    task = await api.task("function main() {}")
    path, headers = f"/tasks/{task['id']}", {"if-match": given}
    error = await api.fails("PATCH", path, 400, {"description": "changed"}, headers=headers)
    assert error["details"][0]["field"] == "If-Match"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/executions/bulk", "POST"),
        ("DELETE", "/tasks/stats", "GET"),
        ("PUT", "/tasks/sync", "POST"),
        ("GET", "/jobs/bulk", "POST"),
        ("OPTIONS", "/schedules/preview", "GET"),
    ],
)
async def test_a_path_of_its_own_is_no_row_of_that_name(api, method, path, allowed):
    answer = await api.client.request(method, path, json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
