"""The embedded server as its own process on a real port: streams, resume, stop."""

import asyncio
import json
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio

from tests.support.server import PATIENCE_S, asked_on_port, eventually, living

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = """async function main(steps) {
  for (let step = 1; step <= steps; step++) {
    console.log('step ' + step); progress(step / steps);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}"""
FOREVER = "async function main() { console.log('here'); await new Promise(() => {}) }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def port_api(tmp_path_factory):
    async with asked_on_port(tmp_path_factory.mktemp("data")) as (_, running):
        yield running


@asynccontextmanager
async def stream(api, path, last_event_id=None, **params):
    """Yield an iterator of (id, event, data)."""
    headers = {} if last_event_id is None else {"last-event-id": last_event_id}
    async with api.client.stream("GET", path, headers=headers, params=params) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer)


async def events(answer: httpx.Response):
    event = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            event[name] = value
        elif not line:
            if "event" in event:
                yield event["id"], event["event"], json.loads(event["data"])
            event = {"id": event["id"]} if "id" in event else {}


async def taken(found, wanted):
    """Return events until `wanted(event)`."""
    rows = []
    async with asyncio.timeout(PATIENCE_S):
        async for event in found:
            rows.append(event)
            if wanted(event):
                return rows
    raise AssertionError(f"the stream ended: {rows}")


def lines(rows):
    return [line["seq"] for _, name, data in rows if name == "lines" for line in data["lines"]]


async def test_lines_arrive_while_it_runs_and_the_stream_ends_with_it(port_api):
    execution = await port_api.run(STEPS, 5)
    async with stream(port_api, f"/executions/{execution['id']}/logs", follow="true") as found:
        first = await taken(found, lambda event: event[1] == "lines")
        assert (await port_api.get(f"/executions/{execution['id']}"))["status"] in ("PENDING", "RUNNING")
        rest = await taken(found, lambda event: event[1] == "end")
    assert lines(first + rest) == [1, 2, 3, 4, 5]
    assert rest[-1][2] == {"total": 5}


async def test_a_stream_since_a_time_has_no_earlier_lines(port_api):
    execution = await port_api.done(await port_api.run(STEPS, 4))
    path = f"/executions/{execution['id']}/logs"
    third = (await port_api.get(path))[2]
    async with stream(port_api, path, follow="true", since=third["time"]) as found:
        assert lines(await taken(found, lambda event: event[1] == "end")) == [3, 4]
    async with stream(port_api, path, follow="true", since="2999-01-01T00:00:00Z") as found:
        assert lines(await taken(found, lambda event: event[1] == "end")) == []


@pytest.mark.parametrize("by_header", [True, False])
async def test_a_log_stream_is_resumed_without_gap_or_repeat(port_api, by_header):
    execution = await port_api.run(STEPS, 12)
    path = f"/executions/{execution['id']}/logs"
    async with stream(port_api, path, follow="true") as found:
        first = await taken(found, lambda event: event[1] == "lines")
    last = first[-1][0]
    resume = {"last_event_id": last} if by_header else {"after": last}
    async with stream(port_api, path, follow="true", **resume) as found:
        rest = await taken(found, lambda event: event[1] == "end")
    assert lines(first + rest) == list(range(1, 13))


async def test_the_lines_of_an_ended_execution_are_streamed_at_once(port_api):
    execution = await port_api.done(await port_api.run(STEPS, 3))
    path = f"/executions/{execution['id']}/logs"
    async with stream(port_api, path, follow="true", limit=2) as found:
        assert lines(await taken(found, lambda event: event[1] == "end")) == [1, 2, 3]
    async with stream(port_api, path, follow="true", tail=1) as found:
        assert lines(await taken(found, lambda event: event[1] == "end")) == [3]


async def test_every_change_is_announced_after_it_can_be_read(port_api):
    async with stream(port_api, "/events") as found:
        task = await port_api.task("function main() {}")
        job = await port_api.post("/jobs", {"taskId": task["id"], "input": 1})
        rows, read = [], {}
        while ("jobs", "updated") not in read:
            rows += await taken(found, lambda event: True)
            change = rows[-1][2]
            row = await port_api.get(f"/{change['resource']}/{change['id']}")
            read[change["resource"], change["kind"]] = row
    assert read["jobs", "updated"]["status"] != "QUEUED"
    assert {**read["tasks", "created"], "validatedAt": None, "validationErrors": None} == task
    assert read["jobs", "created"]["id"] == job["id"]
    assert read["executions", "created"]["jobId"] == job["id"]
    versions = [data["version"] for _, _, data in rows]
    assert versions == list(range(versions[0], versions[0] + len(versions)))
    assert {data["id"] for _, _, data in rows if data["resource"] == "jobs"} == {job["id"]}


async def test_events_are_resumed_without_gap_or_repeat(port_api):
    async with stream(port_api, "/events") as found:
        await port_api.task("function main() {}")
        *_, (last, _, data) = await taken(found, lambda event: event[2]["kind"] == "created")
    missed = [await port_api.task("function main() {}") for _ in range(3)]
    async with stream(port_api, "/events", last_event_id=last) as found:
        rows = await taken(found, lambda event: event[2]["id"] == missed[-1]["id"])
    first = data["version"] + 1
    assert [row[2]["version"] for row in rows] == list(range(first, first + len(rows)))
    created = [row[2]["id"] for row in rows if row[2]["kind"] == "created"]
    assert created == [task["id"] for task in missed]


@pytest.mark.parametrize("stale", ["other-1", "nonsense", "0-99"])
async def test_an_id_of_another_run_resets(port_api, stale):
    async with stream(port_api, "/events", last_event_id=stale) as found:
        ((_, name, data),) = await taken(found, lambda event: True)
    assert (name, data) == ("reset", {})


async def test_progress_is_announced_at_most_every_tenth_of_a_second(port_api):
    source = """async function main() {
      for (let i = 0; i < 100; i++) { progress(i / 100); await new Promise((r) => setTimeout(r, 5)) }
    }"""
    async with stream(port_api, "/events") as found:
        execution = await port_api.run(source)
        rows = []
        async with asyncio.timeout(PATIENCE_S):
            async for _, _, data in found:
                rows += [data] if (data["resource"], data["id"]) == ("executions", execution["id"]) else []
                if data["kind"] == "updated" and await ended(port_api, execution):
                    break
    row = await port_api.get(f"/executions/{execution['id']}")
    assert 3 <= len(rows) <= 5 + row["durationMs"] / 100


async def ended(api, execution):
    return (await api.get(f"/executions/{execution['id']}"))["completedAt"] is not None


async def test_readers_that_go_away_leave_the_server_well(port_api):
    execution = await port_api.run(FOREVER)
    path = f"/executions/{execution['id']}/logs"
    for _ in range(5):
        async with stream(port_api, path, follow="true") as found, stream(port_api, "/events"):
            await taken(found, lambda event: event[1] == "lines")
    act = await port_api.ask("POST", f"/executions/{execution['id']}/cancel", 200)
    assert act["data"]["logLines"] == 1


async def test_a_stop_ends_open_streams_and_interrupts_what_runs(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        execution = await api.run(FOREVER)
        path = f"/executions/{execution['id']}"
        await api.until(path, "RUNNING")
        async with stream(api, "/events") as changes, stream(api, f"{path}/logs", follow="true") as found:
            await taken(found, lambda event: event[1] == "lines")
            family = process.family()
            assert family
            assert await asyncio.to_thread(process.stop) < 3
            assert [event async for event in found if event[1] == "end"] == []
            assert {name async for _, name, _ in changes} <= {"change"}
        await eventually(lambda: asyncio.to_thread(living, family), lambda left: not left)
        await asyncio.to_thread(process.start)
        async with httpx.AsyncClient(base_url=process.url) as client:
            row = (await client.get(path)).json()["data"]
        assert (row["status"], row["errorMessage"]) == (
            "FAILED",
            "Interrupted: the server stopped while it ran",
        )


async def test_events_are_filtered_by_resource_and_resumed_by_the_same_ids(port_api):
    task = await port_api.task("function main() {}")
    path = f"/tasks/{task['id']}"
    async with stream(port_api, "/events", resource="executions,jobs") as found:
        await port_api.ask("PATCH", path, 200, json={"description": "one"})
        made = await port_api.post("/executions", {"taskId": task["id"], "input": 1})
        rows = await taken(found, lambda event: event[2].get("id") == made["id"])
    assert {event[2]["resource"] for event in rows} == {"executions"}
    async with stream(port_api, "/events", last_event_id=rows[0][0], resource="tasks") as found:
        await port_api.ask("PATCH", path, 200, json={"description": "two"})
        (event,) = await taken(found, lambda _: True)
    assert (event[2]["resource"], event[2]["id"]) == ("tasks", task["id"])


@pytest.mark.parametrize("resource", ["job", "jobs,tsks", "", "jobs,"])
async def test_an_unknown_resource_is_refused(port_api, resource):
    error = await port_api.fails("GET", f"/events?resource={resource}", 400)
    assert error["details"][0]["field"] == "resource"
    assert "is not known" in error["message"]
