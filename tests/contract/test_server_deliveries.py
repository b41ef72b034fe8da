"""What becomes of a job's output: webhooks, files, and the list of deliveries."""

import asyncio
import base64
import io
import json
import os
import stat
import sys
import time

import pytest
import pytest_asyncio

from tests.support.receiver import receiving
from tests.support.server import eventually, in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

ECHO = "function main(input) { return {got: input} }"
SOON = {"maxAttempts": 4, "initialDelaySeconds": 0.1, "maxDelaySeconds": 0.1}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def files(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory, files):
    data = tmp_path_factory.mktemp("data")
    async with in_process(data, files_dir=files, fetch_allow="127.0.0.1") as running:
        yield running


def webhook(url, **more):
    return {"destinationType": "WEBHOOK", "webhook": {"url": url, "retryPolicy": SOON, **more}}


def file(path, **more):
    return {"destinationType": "FILESYSTEM", "filesystem": {"path": path, **more}}


async def queue(api, *destinations, value=7, source=ECHO):
    task = await api.task(source)
    body = {"taskId": task["id"], "input": value, "outputDestinations": list(destinations)}
    return await api.post("/jobs", body)


async def delivered(api, job, *statuses):
    """Return the deliveries of a job, once they have these statuses."""
    path = f"/jobs/{job['id']}/deliveries"
    wanted = list(statuses)
    return await eventually(lambda: api.get(path), lambda rows: [row["status"] for row in rows] == wanted)


async def test_a_webhook_gets_the_output_and_says_whose_it_is(api):
    async with receiving() as receiver:
        secret = {"authType": "BEARER", "bearer": {"token": "t0pSecret"}}
        job = await queue(api, webhook(receiver.url, authentication=secret, headers={"X-Team": "blue"}))
        (row,) = await delivered(api, job, "DELIVERED")
        assert (row["position"], row["destinationType"], row["attempts"]) == (1, "WEBHOOK", 1)
        assert (row["responseStatus"], row["error"], row["nextAttemptAt"]) == (200, None, None)
        ((line, headers, body),) = receiver.requests
    assert line.startswith("POST /hook")
    assert json.loads(body) == {"got": 7}
    assert headers["authorization"] == "Bearer t0pSecret"
    assert (headers["content-type"], headers["x-team"]) == ("application/json", "blue")
    assert (headers["x-ratchet-job-id"], headers["x-ratchet-delivery-id"]) == (job["id"], row["id"])
    assert headers["x-ratchet-execution-id"] == row["executionId"]
    assert (await api.get(f"/jobs/{job['id']}"))["status"] == "COMPLETED"


async def test_a_webhook_that_fails_is_called_again_until_it_answers(api):
    async with receiving() as receiver:
        receiver.answers = [500, 429]
        basic = {"authType": "BASIC", "basic": {"username": "me", "password": "pw"}}
        job = await queue(api, webhook(receiver.url, method="put", authentication=basic))
        (row,) = await delivered(api, job, "DELIVERED")
        assert row["attempts"] == 3
        assert [request[1]["x-ratchet-delivery-attempt"] for request in receiver.requests] == ["1", "2", "3"]
        assert receiver.requests[0][0].startswith("PUT ")
        assert receiver.requests[0][1]["authorization"] == "Basic " + base64.b64encode(b"me:pw").decode()


@pytest.mark.parametrize(
    ("answers", "attempts", "error"),
    [
        ([404], 1, "It answered 404"),
        ([302], 1, "It answered 302: redirects are not followed"),
        ([503] * 4, 4, "It answered 503"),
    ],
)
async def test_a_webhook_that_fails_for_good_can_be_asked_once_more(api, answers, attempts, error):
    async with receiving() as receiver:
        receiver.answers = list(answers)
        job = await queue(api, webhook(receiver.url))
        (row,) = await delivered(api, job, "FAILED")
        assert (row["attempts"], row["error"], row["responseStatus"]) == (attempts, error, answers[0])
        again = await api.ask("POST", f"/jobs/{job['id']}/deliveries/1/redeliver", 200)
        assert again["data"][0]["status"] in ("PENDING", "DELIVERED")
        assert (await delivered(api, job, "DELIVERED"))[0]["error"] is None
    assert (await api.get(f"/jobs/{job['id']}"))["status"] == "COMPLETED"


async def test_a_slow_webhook_holds_no_job_up(api):
    async with receiving() as receiver:
        receiver.hold.clear()
        job = await queue(api, webhook(receiver.url))
        await eventually(lambda: asyncio.sleep(0), lambda _: receiver.requests)
        (row,) = await api.get(f"/jobs/{job['id']}/deliveries")
        assert (row["status"], (await api.get(f"/jobs/{job['id']}"))["status"]) == ("PENDING", "COMPLETED")
        error = await api.fails("POST", f"/jobs/{job['id']}/deliveries/1/redeliver", 409)
        assert error["message"] == f"Delivery 1 of job {job['id']} is still PENDING"
        assert (await api.done(await api.run("function main() { return 1 }")))["output"] == 1
        receiver.hold.set()
        await delivered(api, job, "DELIVERED")


async def test_what_is_on_its_way_for_a_deleted_job_is_not_taken_for_another_delivery(api):
    async with receiving() as slow, receiving() as receiver:
        slow.hold.clear()
        deleted = await queue(api, webhook(slow.url))
        await eventually(lambda: asyncio.sleep(0), lambda _: slow.requests)
        await api.ask("DELETE", f"/jobs/{deleted['id']}", 204)
        job = await queue(api, webhook(receiver.url))
        await api.until(f"/jobs/{job['id']}", "COMPLETED")
        slow.hold.set()
        await delivered(api, job, "DELIVERED")
        assert len(receiver.requests) == 1


async def test_a_delivery_brings_no_output_of_an_execution_that_took_the_id_of_its_own(api):
    async with receiving() as receiver:
        receiver.answers = [404]
        job = await queue(api, webhook(receiver.url))
        (row,) = await delivered(api, job, "FAILED")
        await api.ask("DELETE", f"/executions/{row['executionId']}", 204)
        other = await api.done(await api.run("function main() { return 'private' }"))
        assert other["id"] == row["executionId"]
        await api.ask("POST", f"/jobs/{job['id']}/deliveries/1/redeliver", 200)
        (row,) = await delivered(api, job, "FAILED")
        assert row["error"] == "Its execution was deleted, and the output with it"
        assert len(receiver.requests) == 1


async def test_a_private_address_that_is_not_allowed_is_not_called(api):
    job = await queue(api, webhook("http://10.0.0.1/hook"))
    (row,) = await delivered(api, job, "FAILED")
    assert "private address" in row["error"]
    assert row["attempts"] == 1


async def test_a_job_that_fails_delivers_nothing(api):
    job = await queue(api, file("never.json"), source="function main() { throw new Error('no') }")
    await api.until(f"/jobs/{job['id']}", "FAILED", "RETRYING")
    assert await api.get(f"/jobs/{job['id']}/deliveries") == []


async def test_an_output_is_written_into_a_new_file(api, files):
    private = file("reports/p.json", format="pretty", permissions="600")
    job = await queue(api, file("reports/{jobId}.json"), private)
    await delivered(api, job, "DELIVERED", "DELIVERED")
    assert json.loads((files / "reports" / f"{job['id']}.json").read_text()) == {"got": 7}
    pretty = files / "reports" / "p.json"
    assert pretty.read_text() == '{\n  "got": 7\n}'
    assert stat.S_IMODE(pretty.stat().st_mode) == 0o600
    left = await eventually(lambda: listed(files / "reports"), lambda names: len(names) == 2)
    assert not [name for name in left if name.startswith(".")]


async def listed(folder):
    return os.listdir(folder)


async def test_a_file_is_never_overwritten_and_no_link_is_followed(api, files, tmp_path):
    (files / "taken.json").write_text("mine")
    (files / "out").symlink_to(tmp_path)
    (files / "link.json").symlink_to(tmp_path / "target.json")
    job = await queue(api, file("taken.json"), file("out/a.json"), file("link.json"))
    rows = await delivered(api, job, "FAILED", "FAILED", "FAILED")
    assert rows[0]["error"] == "There is a file taken.json already: it is not overwritten"
    assert (files / "taken.json").read_text() == "mine"
    assert list(tmp_path.iterdir()) == []


async def test_each_output_is_a_line_of_its_own_however_many_are_written_at_once(api, monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    write = written.write
    # As where it has to wait for its reader.
    monkeypatch.setattr(written, "write", lambda text: (time.sleep(0.05), write(text)))
    job = await queue(api, *({"destinationType": "STDIO"} for _ in range(4)))
    rows = await delivered(api, job, *["DELIVERED"] * 4)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert sorted(line["deliveryId"] for line in lines) == sorted(row["id"] for row in rows)


async def test_a_template_says_what_is_brought(api, files):
    template = "job {{jobId}} got {{output.got}} and {{output.none}}"
    job = await queue(api, {**file("said.txt"), "template": template}, value="it")
    await delivered(api, job, "DELIVERED")
    assert (files / "said.txt").read_text() == f'job "{job["id"]}" got "it" and null'
    task = await api.task(ECHO)
    body = {"taskId": task["id"], "input": 1, "outputDestinations": [{**file("a"), "template": "{{secret}}"}]}
    error = await api.fails("POST", "/jobs", 400, body)
    assert error["details"][0]["field"] == "outputDestinations.0.template"


async def test_secrets_are_never_shown_and_stay_when_their_mask_comes_back(api):
    task = await api.task(ECHO)
    secret = {"authType": "APIKEY", "apiKey": {"key": "t0pSecret"}}
    body = {
        "taskId": task["id"],
        "input": 1,
        "scheduledFor": "2999-01-01T00:00:00Z",
        "outputDestinations": [webhook("http://127.0.0.1:9/", authentication=secret)],
    }
    made = await api.post("/jobs", body)
    shown = made["outputDestinations"]
    assert shown[0]["webhook"]["authentication"]["apiKey"]["key"] == "***"
    path = f"/jobs/{made['id']}"
    changed = await api.ask("PATCH", path, 200, json={"outputDestinations": shown, "maxRetries": 1})
    answers = [changed["data"], await api.get(path), *await api.get("/jobs", task_id=task["id"])]
    assert "t0pSecret" not in json.dumps(answers)
    moved = json.loads(json.dumps(shown).replace("127.0.0.1:9", "127.0.0.1:10"))
    error = await api.fails("PATCH", f"/jobs/{made['id']}", 400, {"outputDestinations": moved})
    assert error["details"][0]["field"] == "outputDestinations.0.webhook.authentication.apiKey.key"
    body["outputDestinations"] = [webhook("ftp://x", authentication=secret)]
    wrong = await api.fails("POST", "/jobs", 400, body)
    assert "t0pSecret" not in json.dumps(wrong)
    await api.ask("POST", f"/jobs/{made['id']}/cancel", 200)


async def test_what_is_not_there_is_not_delivered(api):
    await api.fails("GET", "/jobs/999999/deliveries", 404)
    job = await queue(api)
    assert job["outputDestinations"] is None
    await api.fails("POST", f"/jobs/{job['id']}/deliveries/1/redeliver", 404)


async def test_what_was_not_delivered_is_delivered_by_the_next_server(tmp_path):
    async with receiving() as receiver:
        receiver.hold.clear()
        async with in_process(tmp_path, fetch_allow="127.0.0.1") as api:
            job = await queue(api, webhook(receiver.url))
            await eventually(lambda: asyncio.sleep(0), lambda _: receiver.requests)
        receiver.hold.set()
        async with in_process(tmp_path, fetch_allow="127.0.0.1") as api:
            await delivered(api, job, "DELIVERED")
        ids = [headers["x-ratchet-delivery-id"] for _, headers, _ in receiver.requests]
    assert len(ids) == 2
    assert len(set(ids)) == 1
