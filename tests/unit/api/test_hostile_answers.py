"""What a hostile server sends, and what a person reads of it: the smallest case of each trouble.

`tests/faults/test_hostile_client.py` makes thousands of these.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ratchet_web.api import Broken, Ratchet, Refused, Unreachable
from ratchet_web.api.answers import Answer, TooMuchError, failure, parse, retry_after_s
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.models.dialect import Dialect
from ratchet_web.models.executions import Execution
from ratchet_web.models.tasks import TaskQuery
from tests.doubles.clock import JumpingLoop
from tests.doubles.transport import Scripted, Stream, answer

AT = "/api/v1"
JSON, TEXT = "application/json", "text/plain"


@pytest.fixture
async def ratchet(server: Scripted) -> AsyncIterator[Ratchet]:
    once = RetryPolicy(tries=1)
    async with Ratchet("http://ratchet.test", transport=server, retry=once, dialect=Dialect()) as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        (
            JSON,
            rb'{"error":{"message":"bad\u0000\u001b[31m \u202ething\nsecond line"}}',
            "bad[31m thing second line",
        ),
        (TEXT, bytes(range(128, 256)) * 4, "The server answered 400 (Bad Request)"),
        (JSON, b'{"error":{"message":" \\n "}}', "The server answered 400 (Bad Request)"),
        (JSON, b'{"errors":{"a":{"b":[null]},"c":["is empty","is odd"]}}', "is empty; is odd"),
    ],
)
def test_a_message_is_one_line_that_people_can_read(kind: str, body: bytes, message: str) -> None:
    error = failure(Answer(400, kind, body, "1"))
    assert type(error) is Refused
    assert str(error) == message


def test_a_page_behind_a_forbidden_door_is_not_read_to_people() -> None:
    page = b"<!DOCTYPE html><p>Traceback (most recent call last)"
    assert (
        str(failure(Answer(403, "text/html", page, "1"))) == "The server does not allow this with this token"
    )


def test_nobody_is_told_of_a_thousand_fields() -> None:
    body = ('{"errors":{' + ",".join(f'"{n}":"{"x" * 900}"' for n in range(1_000)) + "}}").encode()
    fields = failure(Answer(400, JSON, body, "1")).fields
    assert (len(fields), max(map(len, fields.values()))) == (50, 300)


@pytest.mark.parametrize("header", ["999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_server_is_left_alone_for_years(header: str) -> None:
    assert retry_after_s(header) == 600


@pytest.mark.parametrize("header", ["Fri, 31 Dec 99999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +9999", "٣"])
def test_a_wait_that_makes_no_sense_is_none(header: str) -> None:
    assert retry_after_s(header) in (None, 0)


@pytest.mark.parametrize(
    "body", [b"[" + b"[]," * 600_000 + b"[]]", b'{"data":[' + b'{"id":1},' * 600_000 + b"{}]}"]
)
def test_so_many_values_are_not_read_that_everybody_would_wait(body: bytes) -> None:
    with pytest.raises(TooMuchError, match="more than 500,000 lists"):
        parse(body)
    with pytest.raises(Broken, match="The server's answer holds more than 500,000 lists and objects"):
        Answer(200, JSON, body, "1").payload()


def test_brackets_in_a_text_are_only_text() -> None:
    assert parse(b'["' + b'[{\\"' * 600_000 + b'"]') == ['[{"' * 600_000]


@pytest.mark.parametrize("body", [b'"' + rb"\"" * 2_000_000, b'"[[' * 1_000_000, b'["\\' * 500_000])
def test_texts_without_an_end_are_looked_at_once(body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(ValueError, match=r".*"):
        parse(b"[" * 500_001 + body)
    assert time.process_time() - began < 5


async def test_a_page_ends_at_its_limit_and_says_so(server: Scripted, ratchet: Ratchet) -> None:
    rows = [{"id": str(n)} for n in range(10_000)]
    server.on(f"{AT}/tasks", answer(200, {"data": rows, "meta": {"pagination": {"total": 10_000}}}))
    page = await ratchet.tasks.page(TaskQuery(limit=50))
    assert (len(page.rows), page.total, page.ignored) == (50, 10_000, ("limit",))


async def test_a_row_that_is_sent_twice_is_one_row(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks", answer(200, [{"id": "1", "name": "a"}, {"id": "2"}, {"id": 1, "name": "b"}]))
    page = await ratchet.tasks.page(TaskQuery())
    assert [(row.id, row.name) for row in page.rows] == [("1", "b"), ("2", "")]


async def test_rows_that_make_no_sense_are_told_in_one_line(
    server: Scripted, ratchet: Ratchet, caplog: pytest.LogCaptureFixture
) -> None:
    odd: list[Any] = [{"id": ""}, {"id": "x" * 5_000}, {"id": True}, {"id": {}}, {"id": "a\nb"}, None, 7]
    server.on(f"{AT}/tasks", answer(200, [*odd * 20, {"id": "1"}]))
    page = await ratchet.tasks.page(TaskQuery())
    assert ([row.id for row in page.rows], page.ignored) == (["1"], ("limit", "rows"))
    assert len([record for record in caplog.records if record.name == "ratchet_web.api.reading"]) == 1


async def test_a_total_that_is_no_count_is_none(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks", answer(200, {"data": [{"id": 1}], "meta": {"pagination": {"total": 10**30}}}))
    assert (await ratchet.tasks.page(TaskQuery())).total is None


@pytest.mark.parametrize("field", ["duration_ms", "progress", "attempt"])
@pytest.mark.parametrize("number", [10**30, -(10**400), 1.7e308])
def test_a_number_that_counts_nothing_is_none(field: str, number: float) -> None:
    assert getattr(Execution.model_validate({"id": "1", field: number}), field) is None


def test_times_with_and_without_a_zone_can_be_compared() -> None:
    told = {"id": "1", "queuedAt": "2026-01-01T00:00:00", "startedAt": "9999-12-31T23:59:59-14:00"}
    execution = Execution.model_validate(told)
    assert execution.queued_at
    assert execution.started_at
    assert execution.queued_at < execution.started_at


def test_an_answer_has_one_time_limit_for_all_of_it(server: Scripted) -> None:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        assert runner.run(_took_s(server, timeout_s=0.3)) == pytest.approx(0.3)


async def _took_s(server: Scripted, timeout_s: float) -> float:
    """Return the time after which a client gives up: the answer begins late and never ends."""
    stream = Stream()

    async def late(request: httpx.Request) -> httpx.Response:
        for _ in range(2):
            await asyncio.sleep(0.1)
        return stream.response()

    server.on(f"{AT}/tasks/1", late)
    once = RetryPolicy(tries=1)
    async with Ratchet(
        "http://ratchet.test", transport=server, retry=once, timeout_s=timeout_s, dialect=Dialect()
    ) as client:
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unreachable):
            await client.tasks.get("1")
        return asyncio.get_running_loop().time() - began


async def test_a_server_cannot_make_the_client_carry_its_cookies(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks/1", answer(200, {"id": "1"}, set_cookie="session=" + "x" * 3_000))
    await ratchet.tasks.get("1")
    await ratchet.tasks.get("1")
    assert "cookie" not in server.requests[1].headers


async def test_what_speaks_no_http_is_told_from_what_broke_off(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/tasks/1", httpx.RemoteProtocolError("illegal status line: bytearray(b'SSH-2.0')"))
    with pytest.raises(Broken, match=r"^What answers at http://ratchet\.test does not speak HTTP"):
        await ratchet.tasks.get("1")
    server.on(f"{AT}/tasks/1", httpx.RemoteProtocolError("Server disconnected without sending a response."))
    with pytest.raises(Unreachable, match="broke off the connection"):
        await ratchet.tasks.get("1")


async def test_an_event_id_that_no_header_can_carry_is_left_out(server: Scripted, ratchet: Ratchet) -> None:
    server.on(f"{AT}/events", lambda request: Stream().response())
    async with ratchet.monitoring.events("é\n1"):
        assert "last-event-id" not in server.requests[0].headers


async def test_a_graphql_error_without_words_is_given_some(server: Scripted) -> None:
    server.on("/graphql", answer(200, {"errors": [{"message": " "}]}))
    native = Dialect.model_validate({"tongue": "native", "graphql": True})
    async with Ratchet("http://ratchet.test", transport=server, dialect=native) as client:
        with pytest.raises(Broken, match="has no data"):
            await client.tasks.get("1")


async def test_lines_of_a_log_are_in_order_and_each_is_there_once(server: Scripted, ratchet: Ratchet) -> None:
    lines = [{"seq": 3}, {"seq": -1}, {"seq": 1}, {"seq": 3, "text": "again"}, {"seq": 10**30}]
    server.on(f"{AT}/executions/1/logs", answer(200, {"data": lines, "meta": {"total": -4}}))
    page = await ratchet.executions.logs.page("1")
    assert ([line.seq for line in page.lines], page.total) == ([1, 3], 3)
