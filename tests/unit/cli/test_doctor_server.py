"""The doctor against scripted servers, and what is none."""

import json
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from ratchet_web.cli.doctor.findings import Level
from ratchet_web.cli.doctor.server import examine
from ratchet_web.cli.doctor.subject import Subject
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.transport import Scripted, answer, text

AT = "/api/v1"
URL = "http://ratchet.test"
HTML = "<!DOCTYPE html><title>Welcome</title>"
OK, NOTE, WARNING, BAD = Level


async def found(transport, url=URL, **more):
    """Return the findings by topic."""
    report = await examine(Subject(url, transport=transport, timeout_s=5, **more))
    topics = [finding.topic for finding in report.findings]
    assert len(topics) == len(set(topics)), topics
    return {finding.topic: finding for finding in report.findings}


def contract():
    """Return a server that keeps the contract; its events cannot be carried here."""
    fake = FakeRatchet()
    fake.capabilities["logSearch"] = True
    fake.transport.on(f"{AT}/metrics", answer(200, {"stats": {}}))
    return fake


def native(graphql=True, ahead=timedelta()):
    """Return a server as the native one."""
    server = Scripted()
    rows = {"data": [{"id": "1", "name": "a", "syncStatus": "synced", "needsPush": False}], "meta": {}}
    for noun in ("tasks", "executions", "jobs", "schedules"):
        server.on(f"{AT}/{noun}", answer(200, rows))
    if graphql:
        server.on("/graphql", answered)

    def health(request):
        at = datetime.now(UTC) + ahead
        told = f"{at:%Y-%m-%dT%H:%M:%S.%f}000Z"
        return answer(200, {"status": "healthy", "version": "0.4.11", "timestamp": told, "checks": None})

    server.on("/health", health)
    server.on("/metrics", answer(200, {"stats": {}}))
    return server


def answered(request):
    """Answer each list with one row."""
    query = json.loads(request.content)["query"]
    assert not re.search("mutation", query)
    names = re.findall(r"(?:(a\d+): )?(\w+)\((?:limit|id)", query)
    row = {"id": "1", "name": "a", "taskId": "1"}
    return answer(
        200,
        {"data": {alias or noun: {"items": [row], "meta": {"total": 1}} for alias, noun in names}},
    )


async def test_a_server_that_keeps_the_contract():
    fake = contract()
    fake.put("executions", "1", status="COMPLETED")
    told = await found(fake.transport)
    assert told["dialect"].text.startswith("fake 1.2.3: as the contract has it")
    assert told["changes"].level is OK
    assert told["health"].text == "healthy; db: unknown"
    assert told["permissions"].text.startswith("it wants no login: everyone")
    assert told["TLS"].level is WARNING
    assert told["Logs"].text == "works"
    assert fake.count("/executions/1/logs") == 1
    # It says that it has neither sources nor bulk operations.
    assert told["Task editor"].level is WARNING
    assert told["Jobs"].level is NOTE
    assert told["clock"].level is NOTE
    assert {request.method for request in fake.transport.requests} == {"GET"}


async def test_a_server_that_keeps_the_contract_and_announces_nothing():
    fake = contract()
    fake.capabilities = None
    told = await found(fake.transport)
    assert told["dialect"].level is NOTE
    assert told["changes"].text.startswith("looked for")
    assert not fake.streams


async def test_the_native_server_is_read_by_graphql_and_nothing_is_changed():
    server = native()
    told = await found(server, token="some-token")
    assert told["dialect"].text == "Ratchet 0.4.11: the native server, read by GraphQL"
    assert told["permissions"].text.startswith("no authentication, whatever token is sent")
    assert (told["clock"].level, told["latency"].level, told["budget"].level) == (OK, OK, NOTE)
    assert told["Dashboard"].text.startswith("works in part. Health: ")
    assert told["health"].level is NOTE
    counted = [r.url.path for r in server.requests if r.method == "GET" and r.url.path in server.routes]
    assert sorted(counted) == [f"{AT}/tasks", "/health", "/health", "/metrics"]
    assert {(r.method, r.url.path) for r in server.requests if r.method != "GET"} == {("POST", "/graphql")}


async def test_the_native_server_without_graphql_is_read_within_its_burst():
    server = native(graphql=False)
    told = await found(server)
    assert told["dialect"].level is WARNING
    assert told["Jobs"].text.startswith("works in part. Changing: ")
    assert len([request for request in server.requests if request.method == "GET"]) <= 50


async def test_a_proxy_that_asks_for_the_token_guards_the_native_server():
    server = native()
    routes = dict(server.routes)

    def guarded(request):
        if request.headers.get("authorization") != "Bearer good":
            return text(401, "<html>Who are you?", "text/html")
        told = routes.get(request.url.path, [answer(404)])
        return told(request) if callable(told) else told[0]

    for path in (*routes, f"{AT}/capabilities"):
        server.on(path, guarded)
    told = await found(server, token="good")
    assert told["permissions"].level is OK
    assert told["permissions"].text.startswith("a proxy asks for the token, and it works")
    told = await found(server, token="wrong")
    assert told["permissions"].level is BAD
    assert told["permissions"].text.startswith("the token is refused")
    told = await found(server)
    assert (told["permissions"].level, told["permissions"].text) == (BAD, "it wants a login")


@pytest.mark.parametrize(("hours", "told"), [(-2, "2.0 hours behind ours"), (3, "3.0 hours ahead of ours")])
async def test_a_clock_that_differs_is_told_from_the_time_in_its_health(hours, told):
    clock = (await found(native(ahead=timedelta(hours=hours))))["clock"]
    assert clock.level is WARNING
    assert told in clock.text


async def test_without_a_time_in_its_health_the_clock_is_told_from_the_header():
    fake = contract()
    fake.transport.on(
        f"{AT}/capabilities", answer(200, {"data": fake.capabilities}, date="Fri, 02 Jan 1970 00:00:00 GMT")
    )
    clock = (await found(fake.transport))["clock"]
    assert clock.level is WARNING
    assert "days behind ours" in clock.text


@pytest.mark.parametrize(
    ("odd", "told", "advice"),
    [
        (text(200, HTML, "text/html"), "a web page answers (200)", "must be that of the API"),
        (text(200, HTML, ""), "a web page answers (200)", "must be that of the API"),
        (text(502, HTML, "text/html"), "a proxy answers in place of the server (502)", "Start the server"),
        (answer(503), "a proxy answers in place of the server (503)", "Start the server"),
        (text(500, "oops"), "oops (500)", "log of the server"),
        (text(200, "oops"), "something that is not JSON", "log of the server"),
        (
            answer(429, {"error": {"message": "too many"}}, retry_after="1"),
            "too many (429)",
            "Wait until the limit",
        ),
        (
            answer(301, location=f"https://ratchet.test{AT}/capabilities"),
            f"it redirects to https://ratchet.test{AT}/capabilities",
            f"Set RATCHET_API_URL to https://ratchet.test{AT}",
        ),
        (
            answer(302, location="https://ann:secret@login.test/?state=secret"),
            "it redirects to https://login.test/, and",
            "If that is a login page",
        ),
    ],
)
async def test_what_answers_and_is_no_api(odd, told, advice):
    server = Scripted()
    server.on(f"{AT}/capabilities", odd)
    (finding,) = (await found(server)).values()
    assert (finding.level, told in finding.text, advice in finding.advice) == (BAD, True, True), finding
    assert "secret" not in finding.text
    assert len(server.requests) == 1


@pytest.mark.parametrize("path", ["/ratchet", "/v1", f"{AT}/tasks"])
async def test_a_wrong_path_is_told_with_the_right_one(path):
    fake = contract()
    (finding,) = (await found(fake.transport, URL + path)).values()
    assert finding.level is BAD
    assert f"there is no API of a Ratchet at {URL}{path} (404 for /tasks)" in finding.text
    assert finding.advice == f"Set RATCHET_API_URL to {URL}{AT}: there is one"


async def test_a_wrong_path_below_which_the_api_lies():
    server = Scripted()
    server.on(f"/ratchet{AT}/tasks", answer(200, {"data": []}))
    (finding,) = (await found(server, f"{URL}/ratchet")).values()
    assert finding.advice == f"Set RATCHET_API_URL to {URL}/ratchet{AT}: there is one"


async def test_something_that_has_no_api_anywhere():
    server = Scripted()
    server.on(f"{AT}/tasks", text(404, HTML, "text/html"))
    (finding,) = (await found(server)).values()
    assert "(404 for /tasks, but a web page)" in finding.text
    assert finding.advice == "The address must be that of the API, which mostly ends with /api/v1"


@pytest.mark.parametrize(
    ("error", "told", "advice"),
    [
        (httpx.ConnectError("x"), "refused the connection", "nobody listens at port 80"),
        (httpx.ReadError("x"), "broke off the connection", "write https:// in place of http://"),
        (httpx.ReadTimeout("x"), "did not answer within 5 s", "hangs"),
    ],
)
async def test_nobody_answers(error, told, advice):
    server = Scripted()
    server.down = error
    (finding,) = (await found(server)).values()
    assert (finding.level, told in finding.text, advice in finding.advice) == (BAD, True, True), finding
    assert len(server.requests) == 1


async def test_behind_a_proxy_of_the_environment_the_proxy_is_named(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://ann:secret@proxy.test:3128")
    server = Scripted()
    server.down = httpx.ConnectError("x")
    (finding,) = (await found(server)).values()
    assert "through the proxy http://proxy.test:3128" in finding.advice
    assert finding.advice.endswith("or set NO_PROXY=ratchet.test")
    reached = (await found(contract().transport))["reachability"]
    assert (reached.level, reached.text) == (
        NOTE,
        f"{URL}{AT} answers, through the proxy http://proxy.test:3128",
    )


async def test_a_server_that_is_not_well_and_lacks_a_list():
    fake = contract()
    checks = [{"name": "workers", "status": "unhealthy", "message": "0 of 2 are there"}]
    fake.transport.on(f"{AT}/health", answer(503, {"status": "unhealthy", "checks": checks}))
    fake.transport.on(f"{AT}/jobs", answer(500, {"error": {"message": "Database operation failed"}}))
    told = await found(fake.transport)
    assert (told["health"].level, told["health"].text) == (BAD, "unhealthy; workers: 0 of 2 are there")
    assert (told["Jobs"].level, told["Jobs"].text) == (BAD, "does not work: jobs: Database operation failed")
    assert "Look for request" in told["Jobs"].advice
    assert told["Tasks"].level is NOTE


async def test_events_that_are_announced_and_do_not_come():
    fake = contract()
    fake.transport.on(f"{AT}/events", answer(504))
    changes = (await found(fake.transport))["changes"]
    assert changes.level is WARNING
    assert "proxy_buffering off" in changes.advice


async def test_a_token_that_the_server_tells_nothing_about():
    fake = contract()
    lists = fake.transport.routes[f"{AT}/tasks"]
    fake.transport.on(
        f"{AT}/tasks", lambda request: lists(request) if "authorization" in request.headers else answer(401)
    )
    told = await found(fake.transport, token="some-token")
    assert told["permissions"].text == "it wants a login, and lets us look; it does not say what more we may"
    told = await found(fake.transport, "http://ann:secret@ratchet.test")
    assert told["permissions"].level is NOTE


async def test_no_finding_shows_a_secret_that_the_server_repeats():
    fake = contract()
    fake.transport.on(f"{AT}/jobs", answer(500, {"error": {"message": "unknown token rat_secret"}}))
    told = await found(fake.transport, token="rat_secret")
    assert told["Jobs"].text == "does not work: jobs: unknown token …"
