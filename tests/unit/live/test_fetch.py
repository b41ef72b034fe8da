"""What the topics fetch, and the rows that they make of it."""

import json
from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.rows import PAYLOADS, detail_row, list_row
from ratchet_web.live.topic import Snapshot
from ratchet_web.live.topics import parse
from ratchet_web.models.executions import Execution
from ratchet_web.models.jobs import Job
from ratchet_web.models.tasks import Task
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer, text


async def fetched(api: Ratchet, name: str) -> Snapshot:
    topic = parse(name)
    assert topic is not None
    return await topic.fetch(api)


def test_list_rows_leave_out_what_is_large() -> None:
    task = Task.model_validate({"id": "1", "sourceCode": "x", "inputSchema": {}, "metadata": {}, "name": "a"})
    row = list_row(task)
    assert {"source_code", *PAYLOADS}.isdisjoint(row)
    assert row["name"] == "a"
    json.dumps(row)


def test_detail_rows_have_payloads_as_text() -> None:
    row = detail_row(Execution.model_validate({"id": "1", "input": {"ä": [1]}, "output": False}))
    assert row["input_text"] == '{\n  "ä": [\n    1\n  ]\n}'
    assert row["input_size"] == len(row["input_text"])
    assert (row["output_text"], row["output_size"]) == ("false", 5)
    assert (row["error_details_text"], row["error_details_size"]) == (None, 0)
    assert PAYLOADS.isdisjoint(row)
    json.dumps(row)


def test_a_giant_payload_is_only_measured() -> None:
    row = detail_row(Execution(id="1", input="x" * 300_000))
    assert (row["input_text"], row["input_size"]) == (None, 300_002)


def test_a_task_keeps_its_source() -> None:
    assert detail_row(Task(id="1", source_code="function main() {}"))["source_code"] == "function main() {}"


def test_secrets_of_destinations_are_hidden() -> None:
    destination = {"webhook": {"url": "http://a", "authentication": {"bearer": {"token": "secret"}}}}
    row = detail_row(Job.model_validate({"id": "1", "outputDestinations": [destination]}))
    assert "secret" not in row["output_destinations_text"]
    assert "http://a" in row["output_destinations_text"]


@pytest.mark.parametrize(("status", "unfinished"), [("RUNNING", True), ("FAILED", False), ("ODD", False)])
async def test_an_execution(api: Ratchet, server: FakeRatchet, status: str, unfinished: bool) -> None:
    server.put("executions", "1", status=status, input={"a": 1})
    found = await fetched(api, "executions/1")
    assert found.unfinished is unfinished
    assert found.rows[0]["input_text"] == '{\n  "a": 1\n}'


async def test_a_job_has_its_attempts(api: Ratchet, server: FakeRatchet) -> None:
    server.put("jobs", "7", status="RETRYING", input={"a": 1})
    server.put("executions", "1", jobId="7", attempt=1, status="FAILED")
    server.put("executions", "2", jobId="7", attempt=2, status="RUNNING")
    server.put("executions", "3", jobId="8", attempt=1)
    found = await fetched(api, "jobs/7")
    assert [attempt["id"] for attempt in found.about["attempts"]] == ["1", "2"]
    assert found.unfinished


async def test_a_server_that_ignores_the_job_filter_brings_no_strange_attempts(
    api: Ratchet, server: FakeRatchet
) -> None:
    server.put("jobs", "7", status="QUEUED")
    server.transport.on(f"{AT}/executions", answer(200, {"data": [{"id": "1"}, {"id": "2", "jobId": "9"}]}))
    assert (await fetched(api, "jobs/7")).about["attempts"] == []


@pytest.mark.parametrize(
    ("stats", "counts"),
    [
        (
            answer(200, {"stats": {"totalJobs": 3, "queuedJobs": 2, "failedJobs": 1}}),
            {"QUEUED": 2, "FAILED": 1},
        ),
        (answer(200, {"stats": {"totalJobs": 3, "queuedJobs": 0, "failedJobs": 0}}), {}),
        (answer(200, {"stats": {"totalJobs": 0, "queuedJobs": 0}}), {"QUEUED": 0}),
        (answer(404), {}),
        (text(500, "oops"), {}),
    ],
)
async def test_counts_are_told_only_where_the_server_knows_them(
    api: Ratchet, server: FakeRatchet, stats: Any, counts: dict[str, int]
) -> None:
    server.put("jobs", "1", status="QUEUED")
    server.transport.on(f"{AT}/jobs/stats", stats)
    found = await fetched(api, "jobs")
    assert found.about == {"total": 1, "counts": counts}
    assert found.unfinished


@pytest.mark.parametrize("noun", ["tasks", "executions", "jobs", "schedules"])
async def test_a_list_says_when_there_are_more_rows_than_were_counted(
    api: Ratchet, server: FakeRatchet, noun: str
) -> None:
    meta = {"pagination": {"total": 10_000, "totalExact": False}}
    server.transport.on(f"{AT}/{noun}", answer(200, {"data": [{"id": "1"}], "meta": meta}))
    about = (await fetched(api, noun)).about
    assert (about["total"], about["beyond"]) == (10_000, True)


@pytest.mark.parametrize("noun", ["tasks", "schedules"])
async def test_tasks_and_schedules(api: Ratchet, server: FakeRatchet, noun: str) -> None:
    server.put(noun, "1", name="a")
    found = await fetched(api, f"{noun}?q=a")
    assert (found.rows[0]["name"], found.about, found.unfinished) == ("a", {"total": 1}, False)
    assert (await fetched(api, f"{noun}/1")).rows[0]["id"] == "1"


async def test_the_dashboard(api: Ratchet, server: FakeRatchet) -> None:
    for n in range(1, 13):
        server.put("executions", str(n), status="FAILED" if n != 5 else "RUNNING")
        server.put("schedules", str(n), enabled=n % 2 == 0, nextRun=f"2026-01-{20 - n:02}T00:00:00Z")
    server.put("schedules", "2", nextRun=None)
    found = await fetched(api, "dashboard")
    about = found.about
    assert [row["id"] for row in about["failures"]] == ["12", "11", "10", "9", "8"]
    assert about["executions"]["failed_executions"] == 11
    assert about["health"]["status"] == "healthy"
    assert "timestamp" not in about["health"]
    assert about["jobs"]["total_jobs"] == 0
    assert [row["id"] for row in about["schedules"]] == ["12", "10", "8", "6", "4", "2"]
    assert found.unfinished
    json.dumps(about)
