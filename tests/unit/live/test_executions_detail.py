"""What is told of a failure, and of the attempts that belong together."""

from typing import Any

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.live.executions_attempts import MOST_STEPS
from ratchet_web.live.executions_detail import described
from ratchet_web.live.topic import Snapshot
from ratchet_web.live.topics import parse
from ratchet_web.models.executions import Execution
from ratchet_web.models.monitoring import Change
from ratchet_web.models.tasks import TaskVersion
from tests.doubles.ratchet import AT, FakeRatchet
from tests.doubles.transport import answer

SOURCE = "function main() {\n  throw new Error('no');\n}"
STACK = "Error: no\n    at main (task.js:2:9)\n    at <anonymous>"
DETAILS = {"name": "Error", "message": "no", "stack": STACK, "line": 2, "column": 9}
FAILED: dict[str, Any] = {
    "status": "FAILED",
    "taskId": "7",
    "taskRevision": 3,
    "errorMessage": "Error: no",
    "errorDetails": DETAILS,
}


async def fetched(api: Ratchet, name: str) -> Snapshot:
    topic = parse(name)
    assert topic is not None
    return await topic.fetch(api)


@pytest.fixture
def versions(server: FakeRatchet) -> FakeRatchet:
    server.capabilities = {"server": "fake", "version": "1", "events": True, "sourceCode": True}
    version = {"revision": 3, "current": True, "sourceCode": SOURCE}
    server.transport.on(f"{AT}/tasks/7/versions/3", lambda request: answer(200, {"data": version}))
    return server


async def test_a_failure_has_its_lines_and_frames(api: Ratchet, versions: FakeRatchet) -> None:
    versions.put("executions", "1", **FAILED)
    failure = (await fetched(api, "executions/1")).about["failure"]
    assert (failure["kind"], failure["revision"], failure["current"]) == ("thrown", 3, True)
    assert failure["place"] == {"line": 2, "column": 9, "call": "main"}
    assert [line["id"] for line in failure["lines"] if line["marked"]] == [2]
    assert failure["frames"][0] == {
        "text": "at main (task.js:2:9)",
        "line": 2,
        "code": "throw new Error('no');",
    }
    assert failure["same"].startswith("/executions?status=FAILED&task=7")


async def test_of_a_server_without_versions_the_place_is_told_without_lines(
    api: Ratchet, server: FakeRatchet
) -> None:
    server.put("executions", "1", **FAILED)
    failure = (await fetched(api, "executions/1")).about["failure"]
    assert (failure["lines"], failure["place"]["line"]) == ([], 2)


async def test_a_failure_looks_again_when_its_task_changes_and_nothing_else_does(
    api: Ratchet, server: FakeRatchet
) -> None:
    server.put("executions", "1", **FAILED)
    server.put("executions", "2", status="COMPLETED", taskId="7")
    failed, done = parse("executions/1"), parse("executions/2")
    assert failed
    assert done
    of_task = Change(resource="tasks", id="7")
    assert failed.dirtied_by(of_task, await failed.fetch(api))
    assert not failed.dirtied_by(Change(resource="tasks", id="8"), await failed.fetch(api))
    assert not done.dirtied_by(of_task, await done.fetch(api))


@pytest.mark.parametrize("details", [None, "text", [], {"stack": 7, "line": "2"}, {"line": True}])
def test_details_of_any_shape_are_borne(details: Any) -> None:
    failure = described(Execution(id="1", error_message="Error: no", error_details=details), None)
    assert (failure["place"], failure["lines"], failure["same"]) == (None, [], "")


def test_a_line_that_the_source_does_not_have_shows_nothing() -> None:
    execution = Execution(id="1", task_id="7", error_details={"line": 99})
    failure = described(execution, TaskVersion(revision=1, source_code=SOURCE))
    assert (failure["lines"], failure["place"]["line"]) == ([], 99)


@pytest.mark.parametrize(("input", "changed"), [({"n": 1}, False), ({"n": 2}, True)])
async def test_a_retry_tells_whether_its_input_changed(
    api: Ratchet, server: FakeRatchet, input: Any, changed: bool
) -> None:
    server.put("executions", "1", status="FAILED", input={"n": 1})
    server.put("executions", "2", status="PENDING", retryOf="1", input=input)
    assert (await fetched(api, "executions/2")).about["input_changed"] is changed


async def test_attempts_are_followed_both_ways(api: Ratchet, server: FakeRatchet) -> None:
    server.put("executions", "1", status="FAILED", input=1, errorMessage="a", retriedBy="2")
    server.put("executions", "2", status="FAILED", input=2, errorMessage="a", retryOf="1", retriedBy="3")
    server.put("executions", "3", status="RUNNING", input=2, retryOf="2")
    found = await fetched(api, "executions/2/attempts")
    assert [row["id"] for row in found.rows] == ["1", "2", "3"]
    first, second, third = (row["difference"] for row in found.rows)
    assert first is None
    assert (second["before"], second["input_changed"]) == ("1", True)
    assert (third["before"], third["input_changed"], third["error"]) == ("2", False, "")
    assert found.about == {"more_before": False, "more_after": False}
    assert found.unfinished


async def test_only_so_many_attempts_are_read_and_a_ring_ends(api: Ratchet, server: FakeRatchet) -> None:
    for n in range(1, 40):
        server.put("executions", str(n), status="FAILED", retriedBy=str(n + 1))
    found = await fetched(api, "executions/1/attempts")
    assert (len(found.rows), found.about["more_after"]) == (1 + MOST_STEPS, True)
    server.put("executions", "1", retriedBy="2", retryOf="2")
    server.put("executions", "2", retriedBy="1", retryOf="1")
    assert len((await fetched(api, "executions/1/attempts")).rows) == 2


async def test_the_attempts_of_a_job_come_together(api: Ratchet, server: FakeRatchet) -> None:
    server.put("executions", "5", status="FAILED", jobId="9", input=1)
    server.put("executions", "6", status="COMPLETED", jobId="9", retryOf="5", input=None)
    server.put("executions", "8", status="COMPLETED", jobId="4")
    found = await fetched(api, "executions/6/attempts")
    assert [row["id"] for row in found.rows] == ["5", "6"]
    assert found.rows[1]["difference"]["input_changed"] is False
