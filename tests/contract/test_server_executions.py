"""`/executions` of the embedded server, on real workers."""

import asyncio

import pytest

from tests.support.server import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOREVER = "function main() { for (;;) {} }"
THROWS = "function main(input) {\n  throw new Error('no ' + input)\n}"


async def test_an_execution_runs_once_with_its_input(api):
    execution = await api.run(
        "function main(input, context) { console.log('attempt', context.attempt); return input.n * 2 }",
        {"n": 4},
    )
    assert (execution["status"], execution["canCancel"], execution["attempt"]) == ("PENDING", True, 1)
    ended = await api.done(execution)
    assert (ended["status"], ended["output"], ended["logLines"]) == ("COMPLETED", 8, 1)
    assert (ended["progress"], ended["canRetry"], ended["jobId"]) == (1.0, False, None)
    assert ended["queuedAt"] <= ended["startedAt"] <= ended["completedAt"]
    assert ended["worker"].startswith("worker-")


@pytest.mark.parametrize(
    ("value", "field"), [({}, "input.n"), ({"n": "4"}, "input.n"), ({"n": 4, "m": 1}, "input"), (4, "input")]
)
async def test_input_that_breaks_the_schema_is_refused_at_the_field(api, value, field):
    schema = {
        "type": "object",
        "properties": {"n": {"type": "number"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    task = await api.task("function main() {}", inputSchema=schema)
    for noun in ("executions", "jobs"):
        error = await api.fails("POST", f"/{noun}", 400, {"taskId": task["id"], "input": value})
        assert error["details"][0]["field"] == field


async def test_a_failure_names_its_cause_and_line(api):
    ended = await api.done(await api.run(THROWS, "way"))
    assert (ended["status"], ended["errorMessage"]) == ("FAILED", "Error: no way")
    details = ended["errorDetails"]
    assert (details["name"], details["message"], details["line"]) == ("Error", "no way", 2)
    assert "main" in details["stack"]


async def test_an_output_that_breaks_its_schema_is_a_failure_that_names_the_path(api):
    schema = {"type": "object", "properties": {"total": {"type": "number"}}}
    ended = await api.done(await api.run("function main() { return {total: 'x'} }", outputSchema=schema))
    assert ended["status"] == "FAILED"
    assert ended["errorMessage"] == "OutputError: output.total must be of type number, not a text"
    assert ended["output"] == {"total": "x"}


async def test_an_output_that_is_nested_too_deeply_is_a_failure(api):
    source = "function main() { let list = []; for (let i = 0; i < 3000; i++) list = [list]; return list }"
    ended = await api.done(await api.run(source))
    assert (ended["status"], ended["output"]) == ("FAILED", None)
    assert "more deeply than 100 levels" in ended["errorMessage"]


async def test_cancelled_at_any_moment_it_is_cancelled_or_done(api):
    task = await api.task("function main() {}")
    for _ in range(10):
        execution = await api.post("/executions", {"taskId": task["id"], "input": None})
        answer = await api.client.post(f"/executions/{execution['id']}/cancel")
        status = (await api.get(f"/executions/{execution['id']}"))["status"]
        assert (answer.status_code, status) in ((200, "CANCELLED"), (409, "COMPLETED"))


async def test_a_running_execution_is_really_stopped(api):
    execution = await api.run(FOREVER)
    path = f"/executions/{execution['id']}"
    await api.until(path, "RUNNING")
    async with asyncio.timeout(1):
        act = await api.ask("POST", f"{path}/cancel", 200)
    assert (act["success"], act["data"]["status"]) == (True, "CANCELLED")
    error = await api.fails("POST", f"{path}/cancel", 409)
    assert "CANCELLED" in error["message"]


async def test_a_waiting_execution_is_cancelled_before_it_begins(api):
    blockers = [await api.run(FOREVER) for _ in range(2)]
    for blocker in blockers:
        await api.until(f"/executions/{blocker['id']}", "RUNNING")
    waiting = await api.run("function main() { return 1 }")
    act = await api.ask("POST", f"/executions/{waiting['id']}/cancel", 200)
    assert (act["data"]["status"], act["data"]["startedAt"]) == ("CANCELLED", None)
    for blocker in blockers:
        await api.ask("POST", f"/executions/{blocker['id']}/cancel", 200)


async def test_a_retry_is_a_new_execution_that_knows_its_origin(api):
    failed = await api.done(await api.run(THROWS, "way"))
    path = f"/executions/{failed['id']}"
    again = await api.post(f"{path}/retry")
    assert (again["retryOf"], again["attempt"], again["input"]) == (failed["id"], 2, "way")
    await api.done(again)
    other = await api.post(f"{path}/retry", {"input": "luck"})
    assert (await api.done(other))["errorMessage"] == "Error: no luck"
    third = await api.post(f"/executions/{other['id']}/retry")
    assert (third["retryOf"], third["attempt"]) == (other["id"], 3)


async def test_only_a_failed_execution_is_retried(api):
    done = await api.done(await api.run("function main() {}"))
    error = await api.fails("POST", f"/executions/{done['id']}/retry", 409)
    assert error["message"] == f"Execution {done['id']} is COMPLETED: only a failed one can be retried"


async def test_progress_shows_while_it_runs(api):
    source = "async function main() { progress(0.25, 'a quarter'); await new Promise(() => {}) }"
    execution = await api.run(source)
    path = f"/executions/{execution['id']}"
    row = await eventually(lambda: api.get(path), lambda row: row["progress"] is not None)
    assert (row["progress"], row["progressNote"], row["status"]) == (0.25, "a quarter", "RUNNING")
    await api.ask("POST", f"{path}/cancel", 200)


async def test_log_lines_are_read_from_any_place(api):
    ended = await api.done(
        await api.run("function main() { for (let i = 1; i < 8; i++) console.warn('n' + i) }")
    )
    path = f"/executions/{ended['id']}/logs"
    whole = await api.ask("GET", path, 200)
    assert [line["seq"] for line in whole["data"]] == [1, 2, 3, 4, 5, 6, 7]
    assert whole["meta"] == {"total": 7, "done": True, "next": 7, "complete": True}
    assert whole["data"][0]["level"] == "warn"
    part = await api.ask("GET", path, 200, params={"after": 2, "limit": 2})
    assert [line["text"] for line in part["data"]] == ["n3", "n4"]
    tail = await api.ask("GET", path, 200, params={"tail": 2})
    assert [line["text"] for line in tail["data"]] == ["n6", "n7"]
    since = await api.ask("GET", path, 200, params={"since": "2999-01-01T00:00:00Z"})
    assert since["data"] == []


async def test_work_beyond_the_workers_waits_and_then_runs(api):
    task = await api.task("function main(n) { return n }")
    made = [await api.post("/executions", {"taskId": task["id"], "input": n}) for n in range(12)]
    assert [(await api.done(execution))["output"] for execution in made] == list(range(12))


async def test_stats_agree_with_the_lists(api):
    stats = (await api.ask("GET", "/executions/stats", 200))["stats"]
    for status in ("COMPLETED", "FAILED", "CANCELLED"):
        listed = await api.ask("GET", "/executions", 200, params={"status": status, "limit": 1})
        assert stats[f"{status.lower()}Executions"] == listed["meta"]["pagination"]["total"]
