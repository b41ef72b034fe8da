"""The console's own health, metrics and log: true, readable by machines, and silent about secrets."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from reflex_base.event import Event
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ratchet_web.models.requests import answering, request_id
from ratchet_web.models.timings import EVENTS
from ratchet_web.vitals.events import Events
from ratchet_web.vitals.logs import JsonLines, Lines
from ratchet_web.vitals.metrics import Vitals
from ratchet_web.vitals.requests import Requests

HERE = Vitals(runs=True, redis="ok", links={"live": 1}, viewers=3, topics=5, sockets=4, workers=2, events=9)


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request_id())


def client(vitals: Vitals, *, guarded: bool = False, address: str = "127.0.0.1") -> httpx.AsyncClient:
    inner = Starlette(routes=[Route("/echo", _echo)])
    app = Requests(inner, lambda: vitals, guarded=guarded)
    transport = httpx.ASGITransport(app, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://console.test")


@pytest.mark.parametrize(
    ("vitals", "status", "said"),
    [
        (HERE, 200, {"status": "ok", "redis": "ok", "upstream": {"live": 1}}),
        (Vitals(runs=True, redis="away"), 200, {"status": "degraded", "redis": "away", "upstream": {}}),
        (
            Vitals(runs=True, links={"offline": 1}),
            200,
            {"status": "degraded", "redis": "unused", "upstream": {"offline": 1}},
        ),
        (Vitals(), 503, {"status": "starting", "redis": "unused", "upstream": {}}),
    ],
)
async def test_health_is_told_to_anybody(vitals, status, said):
    async with client(vitals, guarded=True, address="203.0.113.5") as asking:
        answer = await asking.get("/healthz")
    assert (answer.status_code, answer.json()) == (status, said)


async def test_metrics_are_what_prometheus_reads():
    async with client(HERE) as asking:
        await asking.get("/echo?q=hush")
        answer = await asking.get("/metrics")
    families = {each.name: each for each in text_string_to_metric_families(answer.text)}
    assert [sample.value for sample in families["ratchet_web_viewers"].samples] == [3]
    assert [sample.value for sample in families["ratchet_web_events"].samples] == [9]
    assert families["ratchet_web_http_requests"].type == "counter"
    for name in ("ratchet_web_event_seconds", "ratchet_web_live_lag_seconds"):
        assert families[name].type == "histogram"
        assert {sample.name.removeprefix(name) for sample in families[name].samples} == {
            *("_bucket", "_count", "_sum")
        }
    assert "ratchet_web_upstream_requests" in families
    assert "process_resident_memory_bytes" in families
    assert "hush" not in answer.text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.5", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.5"}, 403),
        # Proxies that name who comes, and not from where.
        ("127.0.0.1", {"x-forwarded-user": "ann"}, 403),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, 403),
        ("127.0.0.1", {"via": "1.1 proxy"}, 403),
    ],
)
async def test_where_people_sign_in_metrics_are_for_this_machine_alone(address, headers, status):
    async with client(HERE, guarded=True, address=address) as asking:
        assert (await asking.get("/metrics", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-123", True), ("", False), ("a b", False), ("x" * 65, False), ("{}", False)]
)
async def test_a_request_id_is_taken_if_it_is_fit_and_passed_on(given, kept, caplog):
    caplog.set_level(logging.INFO)
    async with client(HERE) as asking:
        answer = await asking.get("/echo?q=hush", headers={"x-request-id": given})
    id = answer.headers["x-request-id"]
    assert answer.text == id
    assert (id == given) is kept
    line = next(record for record in caplog.records if getattr(record, "path", "") == "/echo")
    assert (line.request_id, line.status) == (id, 200)
    assert "hush" not in line.getMessage()


async def test_an_event_has_an_id_a_duration_and_a_line(caplog):
    caplog.set_level(logging.INFO)
    events, seen = Events(), []
    anything: Any = None

    async def handle() -> None:
        await events.preprocess(anything, anything, Event(name="list.choose", payload={"q": "hush"}))
        seen.extend(
            [request_id(), JsonLines().format(logging.makeLogRecord({"name": "ours", "msg": "within"}))]
        )
        seen.append(asyncio.create_task(_later()))

    async def _later() -> str:
        await asyncio.sleep(0)
        return request_id()

    before = EVENTS.buckets()[-1][1]
    await asyncio.create_task(handle())
    id, line, later = seen
    assert await later != id, "what goes on after it has ids of its own"
    told = next(record for record in caplog.records if getattr(record, "event", "") == "list.choose")
    assert told.request_id == id == json.loads(line)["request_id"]
    assert told.duration_ms >= 0
    assert "hush" not in told.getMessage()
    assert EVENTS.buckets()[-1][1] == before + 1
    assert request_id() != id


def test_what_goes_on_after_a_request_has_ids_of_its_own():
    with answering("first") as id:
        assert (id, request_id()) == ("first", "first")
    assert request_id() != "first"


@pytest.mark.parametrize("form", [Lines(), JsonLines()])
@pytest.mark.parametrize(
    "said",
    [
        "Unknown event, headers: {'cookie': 'ratchet-web-3000=hush'}",
        "cookie: a=1; b=hush",
        'cookie: a="1"; b=hush',
        r"headers: {'cookie': 'a=\'1\'; b=hush'}",
        "got authorization: Bearer hush and 'Cookie': \"hush\"",
        "Received event from session 1 with no associated token. Event data: {'password': 'hush'}",
    ],
)
def test_a_line_keeps_secrets_to_itself(form, said):
    record = logging.LogRecord("reflex.app", logging.WARNING, "", 0, said, (), None)
    assert "hush" not in form.format(record)


@pytest.mark.parametrize("form", [Lines(), JsonLines()])
def test_what_a_browser_says_is_one_short_line(form):
    said = (
        "[Reflex Frontend Exception]\n TypeError: x is null\nINFO ours: all is well\x1b[2J" + "x" * 1_000_000
    )
    record = logging.LogRecord("reflex.app", logging.ERROR, "", 0, said, (), None)
    line = form.format(record)
    assert "TypeError: x is null" in line
    assert len(line) < 10_000
    assert not {"\n", "\x1b"} & set(line)


def test_json_lines_are_json():
    record = logging.LogRecord("ours", logging.INFO, "", 0, "two\nlines", (), None)
    record.request_id = "abc"
    line = JsonLines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["message"], told["request_id"]) == ("info", "two\nlines", "abc")
