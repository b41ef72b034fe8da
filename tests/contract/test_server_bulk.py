"""Bulk operations: what is refused, what a dry run says, what becomes of each row."""

import asyncio
import json

import pytest

from ratchet_web.server.store.bulk import Bulk
from tests.support.server import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

FINAL = ("COMPLETED", "ABORTED", "FAILED")
FOREVER = "async function main() { console.log('here'); await new Promise(() => {}) }"
LATER = "2999-01-01T00:00:00Z"


async def ended(api, operation):
    return await eventually(lambda: api.get(f"/bulk/{operation['id']}"), lambda row: row["status"] in FINAL)


async def carried_out(api, resource, **body):
    return await ended(api, await api.post(f"/{resource}/bulk", body, 202))


async def outcomes(api, operation, **wanted):
    rows = await api.get(f"/bulk/{operation['id']}/items", **wanted)
    return {row["id"]: (row["outcome"], row["message"]) for row in rows}


async def waiting_jobs(api, count, source="function main() {}"):
    """Return a task and jobs of it that wait for another century."""
    task = await api.task(source)
    body = {"taskId": task["id"], "input": None, "scheduledFor": LATER}
    return task, [await api.post("/jobs", body) for _ in range(count)]


async def test_a_dry_run_counts_and_changes_nothing(api):
    task, jobs = await waiting_jobs(api, 7)
    await api.ask("POST", f"/jobs/{jobs[0]['id']}/cancel", 200)
    body = {"action": "cancel", "filter": {"task_id": task["id"]}, "dryRun": True}
    found = await api.post("/jobs/bulk", body, 200)
    assert (found["total"], found["possible"]) == (7, 6)
    assert found["byStatus"] == {"QUEUED": 6, "CANCELLED": 1}
    assert found["refused"] == [{"reason": "is CANCELLED", "count": 1}]
    assert [row["id"] for row in found["sample"]] == [job["id"] for job in jobs[:5]]
    assert len(await api.get("/jobs", task_id=task["id"], status="QUEUED")) == 6


async def test_waiting_jobs_are_cancelled_and_each_outcome_is_kept(api):
    task, jobs = await waiting_jobs(api, 5)
    await api.ask("POST", f"/jobs/{jobs[2]['id']}/cancel", 200)
    operation = await carried_out(
        api, "jobs", action="cancel", filter={"task_id": task["id"]}, reason="a mistake"
    )
    assert (operation["status"], operation["reason"]) == ("COMPLETED", "a mistake")
    assert [operation[name] for name in ("total", "done", "succeeded", "refused", "failed")] == [
        5,
        5,
        4,
        1,
        0,
    ]
    assert operation["filter"] == {"task_id": task["id"]}
    assert {row["status"] for row in await api.get("/jobs", task_id=task["id"])} == {"CANCELLED"}
    found = await outcomes(api, operation)
    assert found.pop(jobs[2]["id"]) == ("REFUSED", "is CANCELLED")
    assert set(found.values()) == {("SUCCEEDED", None)}


async def test_running_jobs_and_executions_are_stopped(api):
    task = await api.task(FOREVER)
    job = await api.post("/jobs", {"taskId": task["id"], "input": None})
    await api.until(f"/jobs/{job['id']}", "PROCESSING")
    operation = await carried_out(api, "jobs", action="cancel", ids=[job["id"]])
    assert (operation["succeeded"], operation["total"]) == (1, 1)
    assert (await api.get(f"/jobs/{job['id']}"))["status"] == "CANCELLED"
    made = [await api.post("/executions", {"taskId": task["id"], "input": None}) for _ in range(4)]
    await api.until(f"/executions/{made[0]['id']}", "RUNNING")
    operation = await carried_out(
        api, "executions", action="cancel", filter={"task_id": task["id"], "status_ne": "CANCELLED"}
    )
    assert (operation["succeeded"], operation["total"]) == (4, 4)
    rows = await api.get("/executions", task_id=task["id"])
    assert {row["status"] for row in rows} == {"CANCELLED"}


async def test_failed_executions_are_retried_with_lineage(api):
    task = await api.task("function main(input) { if (input) throw new Error('no') }")
    made = [await api.post("/executions", {"taskId": task["id"], "input": n}) for n in (0, 1, 2)]
    for execution in made:
        await api.done(execution)
    operation = await carried_out(api, "executions", action="retry", filter={"task_id": task["id"]})
    assert (operation["succeeded"], operation["refused"]) == (2, 1)
    for execution in made[1:]:
        (again,) = await api.get("/executions", retry_of=execution["id"])
        assert (again["input"], again["attempt"]) == (execution["input"], 2)
        told = (await outcomes(api, operation))[execution["id"]]
        assert told == ("SUCCEEDED", f"is retried as execution {again['id']}")


async def test_an_input_that_the_schema_refuses_now_is_not_retried(api):
    task = await api.task("function main() { throw new Error('no') }")
    made = await api.done(await api.post("/executions", {"taskId": task["id"], "input": 1}))
    await api.ask("PATCH", f"/tasks/{task['id']}", 200, json={"inputSchema": {"type": "string"}})
    operation = await carried_out(api, "executions", action="retry", ids=[made["id"]])
    outcome, message = (await outcomes(api, operation))[made["id"]]
    assert outcome == "REFUSED"
    assert message.startswith("input ")


async def test_a_retry_of_a_disabled_task_is_refused(api):
    task, jobs = await waiting_jobs(api, 1)
    await carried_out(api, "jobs", action="cancel", ids=[jobs[0]["id"]])
    await carried_out(api, "tasks", action="disable", ids=[task["id"]])
    operation = await carried_out(api, "jobs", action="retry", ids=[jobs[0]["id"]])
    assert (await outcomes(api, operation))[jobs[0]["id"]] == (
        "REFUSED",
        "belongs to a task that is disabled",
    )


async def test_waiting_jobs_are_changed(api):
    task, jobs = await waiting_jobs(api, 2)
    arguments = {"priority": "HIGH", "maxRetries": 7, "scheduledFor": "2998-01-01T00:00:00Z"}
    await carried_out(api, "jobs", action="change", filter={"task_id": task["id"]}, arguments=arguments)
    for row in await api.get("/jobs", task_id=task["id"]):
        assert (row["priority"], row["maxRetries"]) == ("HIGH", 7)
        assert row["scheduledFor"].startswith("2998-01-01T00:00:00")
    await carried_out(api, "jobs", action="change", ids=[jobs[0]["id"]], arguments={"scheduledFor": None})
    await api.until(f"/jobs/{jobs[0]['id']}", "COMPLETED")


async def test_ended_rows_are_deleted_and_open_ones_stay(api):
    task = await api.task("function main() { console.log('x') }")
    ids = [
        (await api.done(await api.post("/executions", {"taskId": task["id"], "input": n})))["id"]
        for n in (1, 2)
    ]
    open_task, _ = await waiting_jobs(api, 2)
    operation = await carried_out(api, "executions", action="delete", filter={"task_id": task["id"]})
    assert operation["succeeded"] == 2
    for row_id in ids:
        await api.fails("GET", f"/executions/{row_id}", 404)
        await api.fails("GET", f"/executions/{row_id}/logs", 404)
    operation = await carried_out(api, "jobs", action="delete", filter={"task_id": open_task["id"]})
    assert (operation["succeeded"], operation["refused"]) == (0, 2)
    operation = await carried_out(api, "tasks", action="delete", ids=[open_task["id"]])
    outcome, message = (await outcomes(api, operation))[open_task["id"]]
    assert (outcome, "cancel them first" in message) == ("REFUSED", True)


async def test_schedules_are_disabled_enabled_triggered_and_deleted(api):
    task = await api.task("function main() {}")
    body = {"taskId": task["id"], "name": "yearly", "cronExpression": "0 0 1 1 *"}
    made = [await api.post("/schedules", body) for _ in range(2)]
    every = {"filter": {"task_id": task["id"]}}
    await carried_out(api, "schedules", action="disable", **every)
    rows = await api.get("/schedules", task_id=task["id"])
    assert {(row["enabled"], row["nextRun"]) for row in rows} == {(False, None)}
    await carried_out(api, "schedules", action="enable", **every)
    rows = await api.get("/schedules", task_id=task["id"])
    assert [row["nextRun"] for row in rows] == [row["nextRun"] for row in made]
    operation = await carried_out(api, "schedules", action="trigger", **every)
    jobs = await api.get("/jobs", task_id=task["id"])
    assert {job["scheduleId"] for job in jobs} == {row["id"] for row in made}
    assert {message for _, message in (await outcomes(api, operation)).values()} == {
        f"queued job {job['id']}" for job in jobs
    }
    await carried_out(api, "schedules", action="delete", **every)
    assert await api.get("/schedules", task_id=task["id"]) == []


async def test_unknown_ids_are_counted(api):
    _, (job,) = await waiting_jobs(api, 1)
    body = {"action": "cancel", "ids": [job["id"], "999999999"]}
    found = await api.post("/jobs/bulk", {**body, "dryRun": True}, 200)
    assert (found["total"], found["possible"], found["unknown"]) == (2, 1, 1)
    operation = await carried_out(api, "jobs", **body)
    assert (operation["succeeded"], operation["refused"]) == (1, 1)
    assert (await outcomes(api, operation))["999999999"] == ("REFUSED", "There is no job 999999999")


@pytest.mark.parametrize(
    ("resource", "body", "said"),
    [
        ("jobs", {"action": "cancle", "filter": {}}, "action cancle is not known; did you mean cancel?"),
        ("jobs", {"action": "enable", "filter": {}}, "action enable is not known"),
        # Never that one on a weak resemblance.
        ("jobs", {"action": "update", "filter": {}}, "action update is not known; known are cancel, change,"),
        (
            "jobs",
            {"action": "cancel", "filter": {"status_like": "F"}},
            "filter.status_like is not known; did you mean status",
        ),
        ("jobs", {"action": "cancel", "filter": {"limit": 1}}, "filter.limit is not known"),
        ("executions", {"action": "cancel", "filter": {"status": "LOST"}}, "filter.status LOST is not known"),
        ("jobs", {"action": "cancel", "filter": {"task_id": None}}, "filter.task_id must not be null"),
        ("jobs", {"action": "cancel"}, "filter is needed, or ids"),
        ("jobs", {"action": "cancel", "filter": {}, "ids": ["1"]}, "filter and ids exclude each other"),
        ("jobs", {"action": "cancel", "ids": []}, "ids"),
        ("jobs", {"action": "cancel", "ids": ["1", "2", "1"]}, "ids 1 is given more than once"),
        ("jobs", {"action": "cancel", "ids": ["x"]}, "ids.0"),
        ("jobs", {"action": "cancel", "ids": ["1"] * 10_001}, "ids"),
        ("jobs", {"action": "change", "filter": {}}, "arguments names nothing to change"),
        ("jobs", {"action": "change", "filter": {}, "arguments": {"priority": "SOON"}}, "arguments.priority"),
        (
            "jobs",
            {"action": "change", "filter": {}, "arguments": {"priority": None}},
            "arguments.priority must",
        ),
        ("jobs", {"action": "change", "filter": {}, "arguments": {"colour": 1}}, "arguments.colour"),
        (
            "tasks",
            {"action": "enable", "filter": {}, "arguments": {"a": 1}},
            "arguments.a enable takes no arguments",
        ),
        ("tasks", {"action": "enable", "filter": {}, "ratePerSecond": 0}, "ratePerSecond"),
        ("tasks", {"action": "enable", "filter": {}, "colour": 0}, "colour is not known"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_named(api, resource, body, said):
    before = await api.ask("GET", "/bulk", 200)
    error = await api.fails("POST", f"/{resource}/bulk", 400, body)
    assert error["message"].startswith(said)
    after = await api.ask("GET", "/bulk", 200)
    assert after["meta"]["pagination"]["total"] == before["meta"]["pagination"]["total"]


async def test_an_operation_that_is_not_there_is_404(api):
    for method, path in (("GET", ""), ("GET", "/items"), ("POST", "/abort")):
        await api.fails(method, f"/bulk/999999{path}", 404)
        await api.fails(method, f"/bulk/x{path}", 404)


async def test_an_operation_stands_still_goes_on_and_can_be_aborted_while_it_stands(api):
    task, _ = await waiting_jobs(api, 4)
    body = {"action": "cancel", "filter": {"task_id": task["id"]}, "ratePerSecond": 0.5}
    operation = await api.post("/jobs/bulk", body, 202)
    path = f"/bulk/{operation['id']}"
    told = (await api.ask("POST", f"{path}/pace", 200, json={"ratePerSecond": 0}))["data"]
    assert (told["status"], told["ratePerSecond"]) == ("RUNNING", 0)
    for wrong in ({}, {"ratePerSecond": -1}, {"ratePerSecond": "1"}, {"ratePerSecond": 1, "more": 1}):
        await api.ask("POST", f"{path}/pace", 400, json=wrong)
    await api.ask("POST", "/bulk/999999/pace", 404, json={"ratePerSecond": 1})
    await api.ask("POST", f"{path}/abort", 200)
    found = await api.get(path)
    assert (found["status"], found["total"]) == ("ABORTED", 4)
    assert found["done"] < 4
    await api.ask("POST", f"{path}/pace", 409, json={"ratePerSecond": 1})
    operation = await api.post("/jobs/bulk", body, 202)
    await api.ask("POST", f"/bulk/{operation['id']}/pace", 200, json={"ratePerSecond": None})
    assert (await ended(api, operation))["done"] == 4


async def test_operations_are_listed_newest_first_and_items_by_pages(api):
    task, jobs = await waiting_jobs(api, 5)
    operation = await carried_out(api, "jobs", action="cancel", filter={"task_id": task["id"]})
    listed = await api.get("/bulk", limit=2)
    assert listed[0] == operation
    assert int(listed[0]["id"]) > int(listed[1]["id"])
    page = await api.ask("GET", f"/bulk/{operation['id']}/items", 200, params={"_start": 2, "_end": 4})
    assert [row["id"] for row in page["data"]] == [job["id"] for job in jobs[2:4]]
    assert page["meta"]["pagination"]["total"] == 5
    page = await api.ask("GET", f"/bulk/{operation['id']}/items", 200, params={"outcome": "refused"})
    assert (page["data"], page["meta"]["pagination"]["total"]) == ([], 0)


async def test_items_are_downloaded_as_csv_and_as_json_lines(api):
    _, (one,) = await waiting_jobs(api, 1)
    operation = await carried_out(api, "jobs", action="cancel", ids=[one["id"], "999999999"])
    path = f"/bulk/{operation['id']}/items"
    answer = await api.client.get(path, params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.splitlines() == [
        "id,outcome,message",
        f"{one['id']},SUCCEEDED,",
        "999999999,REFUSED,There is no job 999999999",
    ]
    answer = await api.client.get(path, params={"format": "jsonl", "outcome": "REFUSED"})
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"id": "999999999", "outcome": "REFUSED", "message": "There is no job 999999999"}
    ]


async def test_a_throttled_operation_is_slow_and_can_be_aborted(api):
    task, _ = await waiting_jobs(api, 30)
    body = {"action": "cancel", "filter": {"task_id": task["id"]}, "ratePerSecond": 2}
    operation = await api.post("/jobs/bulk", body, 202)
    path = f"/bulk/{operation['id']}"
    # A chunk may be written a moment before its pace is known.
    begun = await eventually(lambda: api.get(path), lambda row: row["done"] and row["donePerSecond"])
    assert (begun["status"], begun["remainingSeconds"] > 0) == ("RUNNING", True)
    answer = await api.ask("POST", f"{path}/abort", 200)
    assert answer["data"]["status"] == "ABORTED"
    assert 0 < answer["data"]["done"] < 30
    left = await api.get("/jobs", task_id=task["id"], status="QUEUED", limit=100)
    assert len(left) == 30 - answer["data"]["done"]
    pending = await outcomes(api, operation, outcome="PENDING", limit=100)
    assert set(pending) == {job["id"] for job in left}
    error = await api.fails("POST", f"{path}/abort", 409)
    assert "is ABORTED already" in error["message"]


async def test_the_capability_is_told(api):
    assert (await api.get("/capabilities"))["bulk"] is True


async def test_a_task_that_nothing_waits_for_is_deleted_and_its_history_stays(api):
    made = await api.done(await api.run("function main() {}"))
    operation = await carried_out(api, "tasks", action="delete", ids=[made["taskId"]])
    assert operation["succeeded"] == 1
    await api.fails("GET", f"/tasks/{made['taskId']}", 404)
    assert (await api.get(f"/executions/{made['id']}"))["taskName"] == made["taskName"]
    operation = await carried_out(api, "tasks", action="delete", ids=[made["taskId"]])
    assert (await outcomes(api, operation))[made["taskId"]][1] == f"There is no task {made['taskId']}"


async def test_a_pause_holds_what_was_about_to_be_acted_on(api, monkeypatch):
    task, jobs = await waiting_jobs(api, 4)
    found, goes_on, pending = asyncio.Event(), asyncio.Event(), Bulk.pending

    async def slow(store, *asked):
        ids = await pending(store, *asked)
        found.set()
        await goes_on.wait()
        return ids

    monkeypatch.setattr(Bulk, "pending", slow)
    body = {"action": "cancel", "filter": {"task_id": task["id"]}}
    operation = await api.post("/jobs/bulk", body, 202)
    path = f"/bulk/{operation['id']}"
    await found.wait()
    await api.ask("POST", f"{path}/pace", 200, json={"ratePerSecond": 0})
    goes_on.set()
    # Another operation, begun later, is over: this one had its turn as well.
    other, _ = await waiting_jobs(api, 1)
    await carried_out(api, "jobs", action="cancel", filter={"task_id": other["id"]})
    told = await api.get(path)
    assert (told["status"], told["done"]) == ("RUNNING", 0)
    await api.ask("POST", f"{path}/pace", 200, json={"ratePerSecond": None})
    assert (await ended(api, operation))["succeeded"] == len(jobs)
