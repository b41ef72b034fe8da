"""The example tasks do what their descriptions say, and keep what their schemas promise."""

import asyncio
import json

import pytest
import pytest_asyncio
from pydantic import JsonValue

from ratchet_web.logic.schemas import value_faults
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.work import Outcome
from ratchet_web.server.examples.examples import EXAMPLES, SCHEDULES
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

pytestmark = pytest.mark.asyncio(loop_scope="module")

TASKS = {task.name: task for task in EXAMPLES}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool():
    pool = Pool(2, Settings(fetch_allow="127.0.0.1"))
    await pool.start()
    yield pool
    await pool.stop()


async def run(pool: Pool, name: str, value: JsonValue, heard: Heard | None = None) -> Outcome:
    task = TASKS[name]
    assert value_faults(task.input_schema, value, "input") == []
    outcome = await pool.run(work(task.source_code, value), heard or Heard())
    if outcome.kind == "completed":
        assert value_faults(task.output_schema, json.loads(outcome.output_json), "output") == []
    return outcome


@pytest.mark.parametrize("task", EXAMPLES, ids=lambda task: task.name)
async def test_the_sources_are_sound(pool, task):
    assert await pool.check(task.source_code) == []


@pytest.mark.parametrize("schedule", [s for s in SCHEDULES if s.enabled], ids=lambda s: s.name)
async def test_the_schedule_that_is_on_completes(pool, schedule):
    assert (await run(pool, schedule.task_name, schedule.input)).kind == "completed"


@pytest.mark.parametrize(
    ("operation", "a", "b", "result"),
    [
        ("add", 19.99, 5.01, 25),
        ("subtract", 1, 0.9, 0.1),
        ("multiply", 1e15, -1e15, -1e30),
        ("divide", 1, 3, 0.33),
    ],
)
async def test_add_numbers_calculates(pool, operation, a, b, result):
    outcome = await run(pool, "add-numbers", {"operation": operation, "a": a, "b": b})
    assert json.loads(outcome.output_json)["result"] == result


@pytest.mark.parametrize(("b", "name"), [(0, "ValidationError"), (5e-324, "DataError")])
async def test_add_numbers_says_why_it_cannot_divide(pool, b, name):
    outcome = await run(pool, "add-numbers", {"operation": "divide", "a": 1, "b": b})
    assert outcome.error.name == name
    assert outcome.error.line


async def test_text_stats_counts(pool):
    outcome = await run(pool, "text-stats", {"text": "The dog.\nThe ünïcödé dog's tail!", "topWords": 1})
    stats = json.loads(outcome.output_json)
    assert (stats["words"], stats["lines"], stats["sentences"]) == (6, 2, 2)
    assert stats["topWords"] == [{"word": "the", "count": 2}]


async def test_text_stats_takes_an_empty_text(pool):
    assert json.loads((await run(pool, "text-stats", {"text": ""})).output_json)["words"] == 0


async def test_long_report_shows_progress_and_lines_of_all_levels_while_it_runs(pool):
    heard = Heard()
    outcome = await run(pool, "long-report", {"seconds": 1}, heard)
    assert outcome.kind == "completed"
    assert 900 < outcome.duration_ms < 3000
    assert len(heard.steps) > 20
    assert heard.steps == sorted(heard.steps, key=lambda step: step[0])
    assert heard.steps[-1][0] == 1
    assert 300 <= len(heard.lines) < 400
    assert {level for level, *_ in heard.lines} == {"debug", "info", "warn", "error"}


async def test_flaky_sync_completes_when_nothing_fails(pool):
    outcome = await run(pool, "flaky-sync", {"failureRate": 0, "pages": 2})
    assert json.loads(outcome.output_json) == {"saved": 20, "pages": 2}


async def test_flaky_sync_fails_in_four_ways_each_with_its_line(pool):
    seen: set[str] = set()
    for _ in range(40):
        runs = (run(pool, "flaky-sync", {"failureRate": 1, "pages": 1}) for _ in range(2))
        errors = [outcome.error for outcome in await asyncio.gather(*runs)]
        assert all(error.line for error in errors)
        seen |= {error.name for error in errors}
        if len(seen) == 4:
            break
    assert seen == {"HttpError", "TimeoutError", "ValidationError", "TypeError"}


async def test_fetch_status_explains_a_refusal(pool):
    outcome = await run(pool, "fetch-status", {"url": "http://127.0.0.1:1/"})
    assert outcome.error.name == "NetworkError"
    assert outcome.error.message.startswith("http://127.0.0.1:1/ gives no answer.")
    assert "Caused by: TypeError: fetch failed" in outcome.error.stack


async def test_fetch_status_reports_what_it_got(pool):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbusy")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    said = json.loads((await run(pool, "fetch-status", {"url": url})).output_json)
    assert (said["status"], said["ok"], said["beginsWith"]) == (503, False, "busy")
    outcome = await run(pool, "fetch-status", {"url": url, "expectedStatus": 200})
    assert (outcome.error.name, outcome.error.message) == ("HttpError", f"{url} answered 503 instead of 200")
    server.close()
