"""Running an execution again as another version of its task, and reading payloads that are long."""

import asyncio

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIRST = "function main(input) { throw new Error('first ' + input.n) }"
SECOND = "function main(input) { throw new Error('second ' + input.n) }"
LONG = "function main(input) { return { text: 'x'.repeat(input.n) } }"


async def changed(api, task, **fields):
    return await api.ask("PATCH", f"/tasks/{task['id']}", 200, json=fields)


async def test_a_retry_runs_the_version_that_it_names(api):
    failed = await api.done(await api.run(FIRST, {"n": 1}))
    task = await api.get(f"/tasks/{failed['taskId']}")
    await changed(api, task, sourceCode=SECOND, version="2.0.0")
    path = f"/executions/{failed['id']}/retry"
    again = await api.post(path, {"taskRevision": 1, "input": {"n": 2}})
    assert (again["taskRevision"], again["taskVersion"]) == (1, "1.0.0")
    ended = await api.done(again)
    assert (ended["errorMessage"], ended["taskRevision"]) == ("Error: first 2", 1)
    newest = await api.done(await api.post(path, {}))
    assert (newest["errorMessage"], newest["taskRevision"], newest["taskVersion"]) == (
        "Error: second 1",
        2,
        "2.0.0",
    )


async def test_an_input_is_judged_by_the_schema_of_the_version_that_runs(api):
    failed = await api.done(await api.run(FIRST, {"n": 1}))
    task = await api.get(f"/tasks/{failed['taskId']}")
    await changed(api, task, inputSchema={"type": "object", "required": ["other"]})
    path = f"/executions/{failed['id']}/retry"
    error = await api.fails("POST", path, 400, {})
    assert error["details"][0]["field"] == "input.other"
    assert (await api.post(path, {"taskRevision": 1}))["taskRevision"] == 1


async def test_a_version_that_there_never_was_is_refused(api):
    failed = await api.done(await api.run(FIRST, {"n": 1}))
    error = await api.fails("POST", f"/executions/{failed['id']}/retry", 409, {"taskRevision": 9})
    assert error["details"][0]["field"] == "taskRevision"
    assert "which is at 1" in error["message"]


async def test_of_many_who_have_seen_the_same_one_retries(api):
    failed = await api.done(await api.run(FIRST, {"n": 1}))
    path = f"/executions/{failed['id']}/retry"
    for seen in (None, "the newest"):
        if seen is not None:
            seen = (await api.get(f"/executions/{failed['id']}"))["retriedBy"]
        posts = (api.client.post(path, json={"ifRetriedBy": seen}) for _ in range(12))
        answers = await asyncio.gather(*posts)
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
        (made,) = (answer.json()["data"] for answer in answers if answer.status_code == 201)
        # Once it is over nothing but the condition holds the others off.
        await api.done(made)
        error = await api.fails("POST", path, 409, {"ifRetriedBy": seen})
        assert f"as execution {made['id']}" in error["message"]
        assert error["details"][0]["field"] == "ifRetriedBy"
    again = await api.get("/executions", retry_of=failed["id"])
    assert len(again) == 2
    assert (await api.post(path, {}))["retryOf"] == failed["id"]


async def test_a_retry_that_is_gone_again_is_no_later_one(api):
    failed = await api.done(await api.run(FIRST, {"n": 1}))
    path = f"/executions/{failed['id']}/retry"
    seen = await api.done(await api.post(path, {}))
    await api.ask("DELETE", f"/executions/{seen['id']}", 204)
    assert (await api.post(path, {"ifRetriedBy": seen["id"]}))["retryOf"] == failed["id"]


@pytest.mark.parametrize("seen", [7, "", "x", True])
async def test_what_is_no_id_was_not_seen(api, seen):
    failed = await api.done(await api.run(FIRST, {"n": 1}))
    error = await api.fails("POST", f"/executions/{failed['id']}/retry", 400, {"ifRetriedBy": seen})
    assert error["details"][0]["field"] == "ifRetriedBy"


async def test_long_payloads_are_left_out_on_wish_and_read_alone(api):
    done = await api.done(await api.run(LONG, {"n": 70_000}))
    whole = await api.get(f"/executions/{done['id']}")
    assert (len(whole["output"]["text"]), whole["leftOut"]) == (70_000, {})
    short = await api.get(f"/executions/{done['id']}", payloads="short")
    assert (short["output"], short["leftOut"]) == (None, {"output": 70_011})
    assert short["input"] == {"n": 70_000}
    assert await api.ask("GET", f"/executions/{done['id']}/payloads/output", 200) == whole["output"]
    assert await api.ask("GET", f"/executions/{done['id']}/payloads/errorDetails", 200) is None
    listed = next(row for row in await api.get("/executions") if row["id"] == done["id"])
    assert (listed["output"], listed["leftOut"]) == (None, {"output": 70_011})


async def test_a_payload_that_there_is_not_is_not_found(api):
    done = await api.done(await api.run(LONG, {"n": 1}))
    await api.fails("GET", f"/executions/{done['id']}/payloads/secret", 404)
    await api.fails("GET", "/executions/999999/payloads/output", 404)
