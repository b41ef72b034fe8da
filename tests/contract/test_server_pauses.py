"""`/pauses`: the queue and tasks held back, by whom and why, and what is told of it."""

import pytest
import pytest_asyncio

from tests.support.server import asked_on_port, in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

ECHO = "function main(input) { return input }"
WHY = {"reason": "The mail service refuses us"}
CONSOLE = "console-token-of-this-run-0123456789"


def bearer(token):
    return {"headers": {"authorization": f"Bearer {token}"}}


@pytest_asyncio.fixture
async def queue(api):
    """Return the server, and let its queue go on afterwards."""
    yield api
    await api.client.delete("/pauses/queue")


async def put(api, path, body=WHY, status=200, **more):
    return await api.ask("PUT", path, status, json=body, **more)


async def queued(api, task):
    return await api.post("/jobs", {"taskId": task["id"], "input": 1})


async def test_jobs_of_a_paused_queue_wait_and_a_single_execution_runs(queue):
    task = await queue.task(ECHO)
    pause = (await put(queue, "/pauses/queue", {"reason": "  The warehouse is being moved\n"}))["data"]
    assert pause == {
        "scope": "QUEUE",
        "taskId": None,
        "taskName": None,
        "reason": "The warehouse is being moved",
        "pausedBy": None,
        "since": pause["since"],
    }
    job = await queued(queue, task)
    # Queued later, and over: the job could have begun before it.
    execution = await queue.post("/executions", {"taskId": task["id"], "input": 1})
    assert (await queue.done(execution))["status"] == "COMPLETED"
    assert (await queue.get(f"/jobs/{job['id']}"))["status"] == "QUEUED"
    assert await queue.get("/pauses") == [pause]
    await queue.ask("DELETE", "/pauses/queue", 204)
    await queue.until(f"/jobs/{job['id']}", "COMPLETED")
    assert await queue.get("/pauses") == []


async def test_a_paused_task_waits_and_others_go_on(api):
    held, free = await api.task(ECHO), await api.task(ECHO)
    path = f"/pauses/tasks/{held['id']}"
    pause = (await put(api, path))["data"]
    assert (pause["scope"], pause["taskId"], pause["taskName"]) == ("TASK", held["id"], held["name"])
    waiting, going = await queued(api, held), await queued(api, free)
    await api.until(f"/jobs/{going['id']}", "COMPLETED")
    assert (await api.get(f"/jobs/{waiting['id']}"))["status"] == "QUEUED"
    await api.ask("DELETE", path, 204)
    await api.until(f"/jobs/{waiting['id']}", "COMPLETED")


async def test_a_pause_is_not_written_over(queue):
    first = await put(queue, "/pauses/queue")
    assert await put(queue, "/pauses/queue") == first
    error = await queue.fails("PUT", "/pauses/queue", 409, {"reason": "Another reason"})
    assert error["message"] == f"The queue is paused already: {WHY['reason']}"


async def test_what_is_not_there_is_neither_paused_nor_resumed(api):
    task = await api.task(ECHO)
    for path in ("/pauses/tasks/999999", "/pauses/tasks/0", "/pauses/tasks/abc"):
        await api.fails("PUT", path, 404, WHY)
    for path in ("/pauses/queue", f"/pauses/tasks/{task['id']}", "/pauses/tasks/0"):
        await api.fails("DELETE", path, 404)


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": " \n"}, {"reason": "x" * 501}, {"reason": 5}, {"reason": None}]
)
async def test_a_reason_is_required_and_short(api, body):
    error = await api.fails("PUT", "/pauses/queue", 400, body)
    assert [detail["field"] for detail in error["details"]] == ["reason"]
    assert await api.get("/pauses") == []


async def test_what_a_pause_does_not_have_is_refused(api):
    await api.fails("PUT", "/pauses/queue", 400, {**WHY, "pausedBy": "ada"})
    await api.fails("PUT", "/pauses/queue?force=1", 400, WHY)
    await api.fails("GET", "/pauses?limit=1", 400)


async def test_a_paused_queue_is_told_and_is_no_illness(queue):
    await put(queue, "/pauses/queue")
    checks = {check["name"]: check for check in (await queue.ask("GET", "/health", 200))["checks"]}
    assert checks["queue"]["status"] == "healthy"
    assert checks["queue"]["message"] == "gives out work, but no jobs: the queue is paused"
    text = (await queue.client.get("http://127.0.0.1/metrics/prometheus")).text
    assert 'ratchet_paused{scope="queue"} 1.0' in text
    assert 'ratchet_paused{scope="task"} 0.0' in text
    assert (await queue.get("/capabilities"))["pauses"] is True


async def test_a_pause_goes_with_its_task(api):
    task = await api.task(ECHO)
    await put(api, f"/pauses/tasks/{task['id']}")
    await api.ask("DELETE", f"/tasks/{task['id']}", 204)
    assert await api.get("/pauses") == []


async def test_a_pause_names_who_signed_in_and_readers_cannot_pause(tmp_path):
    password = "a long enough password"
    async with in_process(tmp_path, server_auth="on", server_console_token=CONSOLE) as api:
        tokens = {}
        for name, role in (("ada", "user"), ("eve", "readonly"), ("bot", "service")):
            user = {"username": name, "password": password}
            await api.ask("POST", "/users", 201, json={**user, "role": role}, **bearer(CONSOLE))
            tokens[name] = (await api.ask("POST", "/auth/login", 200, json=user))["data"]["token"]
        await put(api, "/pauses/queue", status=401)
        for name in ("eve", "bot"):
            await put(api, "/pauses/queue", status=403, **bearer(tokens[name]))
        told = await put(api, "/pauses/queue", **bearer(tokens["ada"]))
        assert told["data"]["pausedBy"] == "ada"
        seen = await api.ask("GET", "/pauses", 200, **bearer(tokens["eve"]))
        assert seen["data"] == [told["data"]]
        await api.ask("DELETE", "/pauses/queue", 403, **bearer(tokens["eve"]))
        error = await put(api, "/pauses/queue", status=409, **bearer(CONSOLE))
        assert error["error"]["message"] == f"The queue is paused by ada already: {WHY['reason']}"
        await api.ask("DELETE", "/pauses/queue", 204, **bearer(tokens["ada"]))
        # A console that asks for itself is nobody.
        assert (await put(api, "/pauses/queue", **bearer(CONSOLE)))["data"]["pausedBy"] is None


async def test_an_acknowledged_pause_outlives_a_kill(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        task = await api.task(ECHO)
        await put(api, f"/pauses/tasks/{task['id']}")
        job = await queued(api, task)
        await put(api, "/pauses/queue", {"reason": "A deploy"})
        process.kill()
        process.start()
        assert [pause["reason"] for pause in await api.get("/pauses")] == ["A deploy", WHY["reason"]]
        await api.ask("DELETE", "/pauses/queue", 204)
        assert (await api.get(f"/jobs/{job['id']}"))["status"] == "QUEUED"
        await api.ask("DELETE", f"/pauses/tasks/{task['id']}", 204)
        await api.until(f"/jobs/{job['id']}", "COMPLETED")
