"""Errors of the embedded server: one shape, a request id on every answer."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_answer_carries_a_request_id(api):
    sent = await api.client.get("/tasks", headers={"x-request-id": "mine-1"})
    assert sent.headers["x-request-id"] == "mine-1"
    made = await api.client.get("/tasks", headers={"x-request-id": "no good\tid"})
    assert made.headers["x-request-id"] not in ("", "no good\tid")
    refused = await api.client.get("/tasks/0", headers={"x-request-id": "mine-2"})
    assert refused.json()["error"]["requestId"] == refused.headers["x-request-id"] == "mine-2"


@pytest.mark.parametrize("noun", ["task", "execution", "job", "schedule"])
@pytest.mark.parametrize("number", ["99999", "abc", "-1", "9" * 30])
async def test_an_unknown_id_is_not_found(api, noun, number):
    error = await api.fails("GET", f"/{noun}s/{number}", 404)
    assert (error["code"], error["message"]) == ("NOT_FOUND", f"There is no {noun} {number}")


@pytest.mark.parametrize(
    "path",
    [
        "/executions/99/cancel",
        "/executions/99/retry",
        "/jobs/99/cancel",
        "/jobs/99/retry",
        "/schedules/99/trigger",
        "/schedules/99/enable",
        "/tasks/99/disable",
    ],
)
async def test_an_act_on_an_unknown_id_is_not_found(api, path):
    assert (await api.fails("POST", path, 404))["code"] == "NOT_FOUND"


async def test_logs_of_an_unknown_execution_are_not_found(api):
    await api.fails("GET", "/executions/99/logs", 404)
    await api.fails("GET", "/executions/99/logs", 404, params={"follow": "true"})


async def test_an_unknown_task_in_a_body_is_not_found(api):
    for noun in ("executions", "jobs"):
        error = await api.fails("POST", f"/{noun}", 404, {"taskId": "99", "input": 1})
        assert error["details"] == [{"field": "taskId", "message": "There is no task 99"}]


@pytest.mark.parametrize(
    ("path", "field", "told"),
    [
        ("/executions?stauts=FAILED", "stauts", "did you mean status?"),
        ("/executions?taskId=1", "taskId", "did you mean task_id?"),
        ("/tasks?nmae=a", "nmae", "did you mean name?"),
        ("/health?x=1", "x", "there are none here"),
        ("/tasks/1?x=1", "x", "there are none here"),
        ("/executions?status=FALED", "status", "did you mean FAILED?"),
        ("/jobs?status_in=QUEUED,PENDING", "status_in", "PENDING is not known"),
        ("/jobs?priority=EXTREME", "priority", "EXTREME is not known"),
        ("/executions?_sort=queued", "_sort", "did you mean queued_at?"),
        ("/executions?_order=up", "_order", "ASC"),
        ("/executions?page=0", "page", "greater than or equal to 1"),
        ("/executions?limit=101", "limit", "less than or equal to 100"),
        ("/executions?limit=", "limit", "integer"),
        ("/executions?page=1&page=2", "page", "more than once"),
        ("/executions?_start=1", "query", "_start and _end go together"),
        ("/executions?_start=5&_end=5", "query", "above _start"),
        ("/executions?task_id=x", "task_id", "integer"),
        ("/executions?queued_after=yesterday", "queued_after", "datetime"),
        ("/executions?has_error=maybe", "has_error", "boolean"),
        ("/tasks?uuid=x", "uuid", "is not a UUID"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_name(api, path, field, told):
    error = await api.fails("GET", path, 400)
    assert error["code"] == "VALIDATION_ERROR"
    assert [detail["field"] for detail in error["details"]] == [field]
    assert told in error["details"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"taskId": "1", "input": NaN}',
        b'{"taskId": "1", "input": "\\ud800"}',
        b"\xff",
        b"[" * 3000,
    ],
)
async def test_what_is_no_json_is_refused(api, body):
    headers = {"content-type": "application/json"}
    answer = await api.client.post("/executions", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("BAD_REQUEST", "VALIDATION_ERROR")


async def test_a_body_of_another_type_is_refused(api):
    answer = await api.client.post("/executions", content=b"{}", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_that_is_too_large_is_refused_with_or_without_a_length(api):
    async def pieces():
        for _ in range(13):
            yield b" " * 1_000_000

    for content in (b" " * 13_000_000, pieces()):
        answer = await api.client.post(
            "/executions", content=content, headers={"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("depth", [99, 101, 200, 400])
async def test_a_value_that_is_nested_too_deeply_is_refused(api, depth):
    task = await api.task("function main(input) { return input }")
    value = [] if depth % 2 else {}
    for _ in range(depth - 1):
        value = [value]
    body = {"taskId": task["id"], "input": value}
    if depth < 100:
        assert (await api.done(await api.post("/executions", body)))["output"] == value
    else:
        error = await api.fails("POST", "/executions", 400, body)
        assert error["details"][0]["field"] == "input"
        assert "too deeply" in error["message"] or "more deeply" in error["message"]


async def test_unknown_words_in_a_body_are_refused(api):
    body = {"taskId": "1", "input": {}, "priority": "EXTREME", "maxRetries": -1, "more": 1}
    error = await api.fails("POST", "/jobs", 400, body)
    assert {detail["field"] for detail in error["details"]} == {"priority", "maxRetries", "more"}


async def test_an_unknown_field_of_a_body_comes_with_the_one_that_was_meant(api):
    error = await api.fails("POST", "/tasks", 400, {"name": "a", "source": ""})
    assert error["message"] == "source is not known; did you mean sourceCode?"
    error = await api.fails("POST", "/executions", 400, {"task": "1", "input": {}})
    assert {"field": "task", "message": "is not known; did you mean taskId?"} in error["details"]


async def test_a_message_reads_as_a_sentence_about_its_field(api):
    error = await api.fails("POST", "/executions", 400, {"taskId": 1, "input": {}})
    assert error["message"] == "taskId should be a valid string"


async def test_an_unknown_path_or_method_has_the_same_shape(api):
    message = (await api.fails("GET", "/nothing", 404))["message"]
    assert message == "There is nothing at /api/v1/nothing: the API is at /api/v1, its description at /docs"
    assert (await api.fails("PUT", "/jobs", 405))["code"] == "METHOD_NOT_ALLOWED"


async def test_a_page_of_another_site_changes_nothing(api):
    headers = {"sec-fetch-site": "cross-site"}
    assert (await api.fails("POST", "/tasks/1/disable", 403, headers=headers))["code"] == "FORBIDDEN"
    await api.ask("GET", "/tasks/1", 200, headers=headers)


@pytest.mark.parametrize("origin", ["http://127.0.0.1:3000", "http://localhost", "null", ""])
async def test_a_page_of_another_origin_changes_nothing(api, origin):
    headers = {"origin": origin, "sec-fetch-site": "same-site"}
    await api.fails("POST", "/tasks/1/disable", 403, headers=headers)
    assert (await api.ask("GET", "/tasks/1", 200, headers=headers))["data"]["enabled"]


@pytest.mark.parametrize("path", ["/docs", "/api/v1/tasks", "/nothing"])
async def test_no_page_of_another_site_can_put_this_server_into_a_frame(api, path):
    answer = await api.client.get(f"http://127.0.0.1{path}")
    assert answer.headers["x-frame-options"] == "DENY"


async def test_a_page_of_its_own_origin_may_act(api):
    headers = {"origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}
    await api.ask("POST", "/tasks/1/enable", 200, headers=headers)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "[::2]"])
async def test_a_server_on_loopback_answers_to_its_own_names_alone(api, host):
    for path in ("/tasks", "/health"):
        error = await api.fails("GET", path, 421, headers={"host": host})
        assert "RATCHET_SERVER_ALLOWED_HOSTS" in error["message"]
    # Programs that speak HTTP/1.0 leave it out, which granian hands on as an empty one.
    for own in ("localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", ""):
        await api.ask("GET", "/tasks", 200, headers={"host": own})
