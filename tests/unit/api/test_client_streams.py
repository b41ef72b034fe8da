"""What the client is told as it happens: changes of rows, and the lines of a log."""

import asyncio

import httpx
import pytest

from ratchet_web.api import Broken, NotFound, Ratchet, Unreachable
from ratchet_web.models.monitoring import Change, Reset
from tests.doubles.transport import Scripted, Stream, answer

AT = "/api/v1"


async def test_events_are_changes_and_resets(server: Scripted, ratchet: Ratchet) -> None:
    stream = Stream()
    server.on(f"{AT}/events", lambda request: stream.response())
    stream.write(b": ping\n\n")
    stream.say("change", {"resource": "executions", "id": "1", "kind": "created", "version": 4}, "e-1")
    stream.say("change", {"odd": True}, "e-2")
    stream.say("stranger", {})
    stream.say("reset", {}, "f-0")
    stream.drop()
    async with ratchet.monitoring.events("e-0") as changes:
        found = [await anext(changes), await anext(changes)]
        with pytest.raises(Unreachable, match="broke off"):
            await anext(changes)
    first = Change(resource="executions", id="1", kind="created", version=4, event_id="e-1")
    assert found == [first, Reset(event_id="f-0")]
    assert server.requests[0].headers["last-event-id"] == "e-0"
    assert stream.closed.is_set()


@pytest.mark.parametrize(("odd", "kind"), [(answer(404), NotFound), (answer(200, {"data": []}), Broken)])
async def test_a_stream_that_does_not_open(
    server: Scripted, ratchet: Ratchet, odd: httpx.Response, kind: type[Exception]
) -> None:
    server.on(f"{AT}/events", odd)
    with pytest.raises(kind):
        async with ratchet.monitoring.events():
            pass


async def test_leaving_a_stream_closes_it(server: Scripted, ratchet: Ratchet) -> None:
    stream = Stream()
    server.on(f"{AT}/events", lambda request: stream.response())
    async with asyncio.timeout(5), ratchet.monitoring.events():
        pass
    assert stream.closed.is_set()


async def test_log_lines_page_by_page(server: Scripted, ratchet: Ratchet) -> None:
    lines = [{"seq": 3, "level": "WHAT", "text": "a"}, {"seq": 4, "text": "b"}]
    server.on(f"{AT}/executions/1/logs", answer(200, {"data": lines, "meta": {"total": 9, "done": True}}))
    page = await ratchet.executions.logs.page("1", after=2, limit=90_000)
    assert ([line.seq for line in page.lines], page.total, page.done) == ([3, 4], 9, True)
    assert dict(server.requests[0].url.params) == {"after": "2", "limit": "5000"}
    await ratchet.executions.logs.page("1", tail=7)
    assert dict(server.requests[1].url.params) == {"tail": "7"}


async def test_the_constant_sample_of_a_real_server_is_no_log(server: Scripted, ratchet: Ratchet) -> None:
    sample = {"execution_id": "1", "has_more": False, "logs": [{"message": "sample"}]}
    server.on(f"{AT}/executions/1/logs", answer(200, sample))
    page = await ratchet.executions.logs.page("1")
    assert (page.lines, page.total, page.done) == ((), 0, True)


async def test_following_a_log_to_its_end(server: Scripted, ratchet: Ratchet) -> None:
    stream = Stream()
    server.on(f"{AT}/executions/1/logs", lambda request: stream.response())
    stream.say("lines", {"lines": [{"seq": 5, "text": "x"}], "total": 5}, "5")
    stream.say("end", {"total": 5})
    async with ratchet.executions.logs.follow("1", after=4) as pages:
        found = [page async for page in pages]
    assert [(len(page.lines), page.total, page.done) for page in found] == [(1, 5, False), (0, 5, True)]
    assert dict(server.requests[0].url.params) == {"follow": "true", "after": "4"}


async def test_a_log_stream_of_nonsense_is_broken(server: Scripted, ratchet: Ratchet) -> None:
    stream = Stream()
    server.on(f"{AT}/executions/1/logs", lambda request: stream.response())
    stream.write(b"event: lines\ndata: {nonsense\n\n")
    async with ratchet.executions.logs.follow("1") as pages:
        with pytest.raises(Broken, match="cannot be read"):
            await anext(pages)
