"""The client against a scripted server that answers as real ones do."""

import asyncio
import gzip
import json

import httpx
import pytest

from ratchet_web.api import Broken, Conflict, Forbidden, Limited, NotFound, Ratchet, Refused, Unreachable
from ratchet_web.api.addresses import base_of, public_of
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.models.dialect import Dialect
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus
from ratchet_web.models.jobs import JobQuery, NewJob
from ratchet_web.models.monitoring import Capabilities
from ratchet_web.models.tasks import NewTask, SourceCheck, TaskChange, TaskQuery, TaskTrial
from tests.doubles.transport import Scripted, Stream, answer, text

AT = "/api/v1"
DOWN = httpx.ConnectError("no")


async def test_a_page_has_rows_and_a_total(server: Scripted, ratchet: Ratchet) -> None:
    meta = {"pagination": {"page": 1, "limit": 25, "total": 70}}
    server.on(
        f"{AT}/executions",
        answer(200, {"data": [{"id": "3", "status": "FAILED"}, {"id": 2, "status": "failed"}], "meta": meta}),
    )
    page = await ratchet.executions.page(ExecutionQuery(status=ExecutionStatus.FAILED))
    assert [row.id for row in page.rows] == ["3", "2"]
    assert page.total == 70
    assert dict(server.requests[0].url.params) == {
        "status": "FAILED",
        "_sort": "queued_at",
        "_order": "DESC",
        "page": "1",
        "limit": "25",
    }


async def test_what_is_no_list_is_no_empty_list(server: Scripted, ratchet: Ratchet) -> None:
    able = Dialect(capabilities=Capabilities(deliveries=True, pauses=True))
    asked = {
        "pauses": lambda api: api.pauses.all(),
        "jobs/1/deliveries": lambda api: api.jobs.deliveries("1"),
        "schedules/1/changes": lambda api: api.schedules.changes("1"),
        "tasks/1/versions": lambda api: api.tasks.versions("1"),
    }
    async with Ratchet("http://ratchet.test/api/v1", transport=server, dialect=able) as api:
        for path, ask in asked.items():
            server.on(f"{AT}/{path}", answer(200, {"data": {"rows": []}}))
            with pytest.raises(Broken, match="not a list"):
                await ask(api)


async def test_a_total_that_nobody_counted_to_the_end_is_no_exact_one(
    server: Scripted, ratchet: Ratchet
) -> None:
    meta = {"pagination": {"total": 10_000, "totalExact": False}}
    server.on(f"{AT}/executions", answer(200, {"data": [{"id": "3"}], "meta": meta}))
    page = await ratchet.executions.page(ExecutionQuery())
    assert (page.total, page.exact) == (10_000, False)


@pytest.mark.parametrize(
    ("value", "ids", "total"),
    [
        ([{"id": "1"}], ["1"], None),
        ({"data": [{"id": "1"}, {"name": "no id"}, "text", None]}, ["1"], None),
        ({"data": [{"id": "1"}], "meta": {"pagination": {"total": 0}}}, ["1"], None),
        ({"data": [], "meta": {"pagination": {"total": 0}}}, [], 0),
        ({"data": [], "meta": {"pagination": {"total": "many"}}}, [], 0),
        ({"data": [], "meta": "odd"}, [], None),
    ],
)
async def test_lists_are_read_leniently(
    server: Scripted, ratchet: Ratchet, value: object, ids: list[str], total: int | None
) -> None:
    server.on(f"{AT}/tasks", answer(200, value))
    page = await ratchet.tasks.page(TaskQuery())
    assert [row.id for row in page.rows] == ids
    assert page.total == total


@pytest.mark.parametrize("value", [{"data": {"id": "7", "name": "x"}}, {"id": 7, "name": "x"}])
async def test_envelopes_with_and_without_data(server: Scripted, ratchet: Ratchet, value: object) -> None:
    server.on(f"{AT}/tasks/7", answer(200, value))
    assert (await ratchet.tasks.get("7")).id == "7"


@pytest.mark.parametrize(
    "odd",
    [
        answer(200, {"data": [1]}),
        answer(200, {"data": {"name": "no id"}}),
        answer(200, "text"),
        answer(200),
        text(200, "<!DOCTYPE html><p>hi", "text/html"),
        text(200, "ok"),
        answer(302, None, location="http://else.where/"),
        text(500, "<html>", "text/html"),
        httpx.Response(200, headers={"content-encoding": "gzip"}, content=b""),
    ],
)
async def test_what_is_no_answer_of_a_ratchet_is_broken(
    server: Scripted, ratchet: Ratchet, odd: httpx.Response
) -> None:
    server.on(f"{AT}/tasks/7", odd)
    with pytest.raises(Broken) as caught:
        await ratchet.tasks.get("7")
    assert caught.value.request_id == server.requests[-1].headers["x-request-id"]


async def test_safe_requests_are_tried_three_times_with_one_id(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks/7", DOWN, answer(503), answer(200, {"id": "7"}))
    assert (await ratchet.tasks.get("7")).id == "7"
    assert len(server.requests) == 3
    assert len({request.headers["x-request-id"] for request in server.requests}) == 1


async def test_after_three_tries_it_is_unreachable(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks/7", DOWN)
    with pytest.raises(Unreachable, match=r"http://ratchet\.test refused the connection"):
        await ratchet.tasks.get("7")
    assert len(server.requests) == 3


async def test_a_change_is_never_sent_twice(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/jobs", answer(503))
    with pytest.raises(Broken):
        await ratchet.jobs.create(NewJob(task_id="1", input={}))
    assert len(server.requests) == 1


async def test_what_no_request_can_hold_is_refused_in_words_and_not_sent(
    server: Scripted, ratchet: Ratchet
) -> None:
    for input in ("\ud800", {"a": ["\udfff"]}):
        with pytest.raises(Refused, match="cannot be sent"):
            await ratchet.jobs.create(NewJob(task_id="1", input=input))
    assert server.requests == []


async def test_other_failures_are_not_tried_again(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks/7", answer(401, {"error": {"message": "who?"}}))
    with pytest.raises(Forbidden, match=r"who\?"):
        await ratchet.tasks.get("7")
    assert len(server.requests) == 1


async def test_an_answer_that_never_ends_is_unreachable(server: Scripted) -> None:
    stream = Stream()
    stream.write(b'{"data":')
    server.on(f"{AT}/tasks/7", stream.response())
    once = RetryPolicy(tries=1)
    async with Ratchet("http://ratchet.test", transport=server, timeout_s=0.02, retry=once) as ratchet:
        with pytest.raises(Unreachable, match=r"within 0\.02 s"):
            await ratchet.tasks.get("7")
    assert stream.closed.is_set()


async def test_a_giant_body_is_refused(server: Scripted, ratchet: Ratchet) -> None:
    bomb = gzip.compress(b" " * (65 * 2**20))
    server.on(f"{AT}/tasks/7", httpx.Response(200, headers={"content-encoding": "gzip"}, stream=_once(bomb)))
    with pytest.raises(Broken, match="larger than 64 MB"):
        await ratchet.tasks.get("7")


def _once(body: bytes) -> Stream:
    stream = Stream()
    stream.write(body)
    stream.end()
    return stream


async def test_a_refused_draft_names_its_fields(server: Scripted, ratchet: Ratchet) -> None:
    details = [{"field": "inputSchema", "message": "is no schema"}]
    server.on(f"{AT}/tasks", answer(400, {"error": {"message": "Wrong", "details": details}}))
    with pytest.raises(Refused) as caught:
        await ratchet.tasks.create(NewTask(name="a", source_code="x"))
    assert caught.value.fields == {"inputSchema": "is no schema"}
    assert json.loads(server.requests[0].content) == {"name": "a", "sourceCode": "x"}


async def test_a_change_sends_only_what_was_set(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks/1", answer(200, {"data": {"id": "1"}}))
    await ratchet.tasks.change("1", TaskChange(description=None, enabled=False))
    assert server.requests[0].method == "PATCH"
    assert json.loads(server.requests[0].content) == {"description": None, "enabled": False}


async def test_an_act_returns_the_row_of_the_answer(server: Scripted, ratchet: Ratchet) -> None:
    server.on(
        f"{AT}/jobs/1/cancel", answer(200, {"success": True, "data": {"id": "1", "status": "CANCELLED"}})
    )
    assert (await ratchet.jobs.cancel("1")).status == "CANCELLED"
    assert len(server.requests) == 1


async def test_an_act_that_only_says_success_is_read_back(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/jobs/1/retry", answer(200, {"success": True, "message": "ok", "retry_at": "x"}))
    server.on(f"{AT}/jobs/1", answer(200, {"data": {"id": "1", "status": "RETRYING"}}))
    assert (await ratchet.jobs.retry("1")).status == "RETRYING"


async def test_a_database_error_after_an_act_means_that_there_is_no_such_row(
    server: Scripted, ratchet: Ratchet
) -> None:
    broken = {"error": {"code": "DATABASE_ERROR", "message": "Database operation failed", "status": 500}}
    server.on(f"{AT}/tasks/9/enable", answer(500, broken))
    with pytest.raises(NotFound):
        await ratchet.tasks.enable("9")


@pytest.mark.parametrize(
    "value",
    [{"data": {"id": "5"}}, {"data": {"success": True, "job": {"id": "5"}}}],
)
async def test_a_trigger_returns_its_job(server: Scripted, ratchet: Ratchet, value: object) -> None:
    server.on(f"{AT}/schedules/1/trigger", answer(201, value))
    assert (await ratchet.schedules.trigger("1")).id == "5"


async def test_a_schedule_can_be_deleted(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/schedules/1", answer(204))
    await ratchet.schedules.delete("1")
    assert server.requests[0].method == "DELETE"


async def test_a_retry_sends_a_body_and_null_is_an_input(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/executions/1/retry", answer(201, {"data": {"id": "2"}}))
    assert (await ratchet.executions.retry("1")).id == "2"
    await ratchet.executions.retry("1", input=None)
    await ratchet.executions.retry("1", input={"a": 1})
    assert [json.loads(request.content) for request in server.requests] == [
        {},
        {"input": None},
        {"input": {"a": 1}},
    ]


async def test_one_operation_that_has_no_room_holds_up_no_other(server: Scripted, ratchet: Ratchet) -> None:
    busy = {"error": {"code": "BUSY", "message": "Others are at it"}}
    server.on(f"{AT}/executions/1/retry", answer(429, busy))
    server.on(f"{AT}/executions/1", answer(200, {"data": {"id": "1"}}))
    server.on(f"{AT}/tasks/try", answer(429, busy))
    with pytest.raises(Limited, match="Others are at it"):
        await ratchet.executions.retry("1")
    with pytest.raises(Limited, match="Others are at it"):
        async with ratchet.tasks.try_out(TaskTrial(source_code="x", input=1)) as parts:
            await anext(parts)
    assert (await ratchet.executions.get("1")).id == "1"


@pytest.mark.parametrize(("seen", "sent"), [("", None), ("7", "7")])
async def test_a_retry_says_what_was_seen_to_a_server_that_judges_it(
    server: Scripted, ratchet: Ratchet, seen: str, sent: str | None
) -> None:
    server.on(f"{AT}/capabilities", answer(200, {"data": {"server": "s", "retryCondition": True}}))
    server.on(f"{AT}/executions/1/retry", answer(201, {"data": {"id": "8"}}))
    await ratchet.dialect(afresh=True)
    server.requests.clear()
    await ratchet.executions.retry("1", seen=seen)
    assert [json.loads(request.content) for request in server.requests] == [{"ifRetriedBy": sent}]


async def test_elsewhere_what_was_seen_is_looked_at_before(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/executions/1", answer(200, {"data": {"id": "1", "retriedBy": "7"}}))
    server.on(f"{AT}/executions/1/retry", answer(201, {"data": {"id": "8"}}))
    with pytest.raises(Conflict, match="retried meanwhile, as execution 7"):
        await ratchet.executions.retry("1", seen="")
    assert [request.method for request in server.requests] == ["GET"]
    await ratchet.executions.retry("1", seen="7")
    assert json.loads(server.requests[-1].content) == {}


@pytest.mark.parametrize("id", ["", "..", "1/2", "a b", "1?x=1", "x" * 65, "ä"])
async def test_an_impossible_id_asks_nobody(server: Scripted, ratchet: Ratchet, id: str) -> None:
    with pytest.raises(NotFound, match="There is no execution"):
        await ratchet.executions.get(id)
    with pytest.raises(NotFound, match="There is no execution"):
        await ratchet.executions.logs.page(id)
    assert server.requests == []


async def test_stats_in_every_envelope(server: Scripted, ratchet: Ratchet) -> None:
    inner = {"totalJobs": 5, "queuedJobs": "?"}
    for value in ({"stats": inner}, {"data": {"stats": inner}}, inner):
        server.on(f"{AT}/jobs/stats", answer(200, value))
        stats = await ratchet.jobs.stats()
        assert (stats.total_jobs, stats.queued_jobs) == (5, None)


async def test_a_check_says_what_is_wrong(server: Scripted, ratchet: Ratchet) -> None:
    found = {
        "valid": False,
        "errors": [{"field": "sourceCode", "message": "no main", "line": 3, "column": 1}],
    }
    server.on(f"{AT}/tasks/check", answer(200, {"data": found}))
    result = await ratchet.tasks.check(SourceCheck(source_code="x"))
    assert result.errors[0].line == 3


async def test_health_lies_at_the_root_on_real_servers(server: Scripted, ratchet: Ratchet) -> None:
    server.on("/health", answer(200, {"status": "healthy", "checks": None}))
    assert (await ratchet.monitoring.health()).status == "healthy"
    assert [request.url.path for request in server.requests] == [f"{AT}/health", "/health"]


async def test_a_server_that_is_not_well_says_so(server: Scripted, ratchet: Ratchet) -> None:
    checks = [{"name": "database", "status": "unhealthy", "message": "disk full"}]
    server.on(f"{AT}/health", answer(503, {"status": "unhealthy", "checks": checks}))
    health = await ratchet.monitoring.health()
    assert (health.status, health.checks[0].message) == ("unhealthy", "disk full")
    server.on(f"{AT}/health", text(503, "<html>", "text/html"))
    with pytest.raises(Broken):
        await ratchet.monitoring.health()


async def test_a_server_without_capabilities_has_none(server: Scripted, ratchet: Ratchet) -> None:
    assert await ratchet.monitoring.announced() is None
    server.on(f"{AT}/capabilities", text(404, "<html>", "text/html"))
    assert await ratchet.monitoring.announced() is None
    server.on(f"{AT}/capabilities", answer(200, {"data": {"server": "x", "events": True, "logFollow": True}}))
    told = await ratchet.monitoring.announced()
    assert told is not None
    assert told.log_follow


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://a:8080", "http://a:8080/api/v1"),
        ("http://a:8080/", "http://a:8080/api/v1"),
        ("https://a/api/v1/", "https://a/api/v1"),
        ("https://a/ratchet/api/v1", "https://a/ratchet/api/v1"),
    ],
)
def test_addresses(url: str, base: str) -> None:
    assert base_of(url) == base


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://a", "http://", "/api/v1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"is no http\(s\) address"):
        base_of(url)


def test_a_public_address_has_no_password() -> None:
    assert public_of("http://me:pw@a:1/x") == "http://a:1/x"


async def test_a_hundred_at_once_share_the_pool(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/jobs", answer(200, {"data": []}))
    pages = await asyncio.gather(*(ratchet.jobs.page(JobQuery()) for _ in range(100)))
    assert len(pages) == 100
