"""Test deliveries: what comes of them, what they never show, and how often they may be asked for."""

import asyncio
import errno
import json

import pytest
import pytest_asyncio

from ratchet_web.server.deliveries.trials import AT_ONCE, CHECKED, MOST, WITHHELD
from tests.contract.test_server_deliveries import ECHO, file, webhook
from tests.support.receiver import receiving
from tests.support.server import eventually, in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = {"authType": "BEARER", "bearer": {"token": "t0pSecret"}}
BASIC = {"authType": "BASIC", "basic": {"username": "me", "password": "pass-word"}}


@pytest_asyncio.fixture(loop_scope="module")
async def api(tmp_path):
    async with in_process(tmp_path / "data", files_dir=tmp_path, fetch_allow="127.0.0.1") as running:
        yield running


async def tried(api, destination, **more):
    body = {"destination": destination, **more}
    return (await api.ask("POST", "/deliveries/test", 200, json=body))["data"]


async def test_a_webhook_is_called_once_and_its_answer_begins_so(api):
    async with receiving() as receiver:
        receiver.body = b"ok, " * 10_000
        told = await tried(api, webhook(receiver.url, authentication=SECRET))
        ((line, headers, body),) = receiver.requests
    assert (told["status"], told["responseStatus"], told["error"], told["note"]) == (
        "DELIVERED",
        200,
        None,
        None,
    )
    assert told["answer"] == "ok, " * 125
    assert told["durationMs"] >= 0
    assert line.startswith("POST /hook")
    assert json.loads(body)["test"] is True
    assert (headers["authorization"], headers["x-ratchet-test"]) == ("Bearer t0pSecret", "true")
    assert await api.get("/jobs") == await api.get("/executions") == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, "It answered 404"),
        (302, "It answered 302: redirects are not followed"),
        (503, "It answered 503"),
    ],
)
async def test_an_answer_that_is_no_success_is_told_and_not_asked_for_again(api, status, error):
    async with receiving() as receiver:
        receiver.answers, receiver.body = [status], b"No such hook"
        told = await tried(api, webhook(receiver.url))
        assert len(receiver.requests) == 1
    assert (told["status"], told["responseStatus"], told["error"]) == ("FAILED", status, error)
    assert told["answer"] == "No such hook"


async def test_an_answer_that_does_not_end_is_judged_by_what_came(api, monkeypatch):
    monkeypatch.setattr("ratchet_web.server.deliveries.webhooks.BODY_S", 0.1)
    async with receiving() as receiver:
        receiver.hold_rest.clear()
        receiver.body = b"data: one\n" * 10
        told = await tried(api, webhook(receiver.url))
    assert (told["status"], told["responseStatus"], told["error"]) == ("DELIVERED", 200, None)
    assert told["answer"] == "data: one\n"


async def test_a_private_address_is_refused_as_in_a_real_delivery(tmp_path):
    async with in_process(tmp_path) as api, receiving() as receiver:
        told = await tried(api, webhook(receiver.url))
        assert (told["status"], receiver.requests) == ("FAILED", [])
        assert "is a private address" in told["error"]


@pytest.mark.parametrize("authentication", [SECRET, BASIC])
async def test_an_answer_that_repeats_a_secret_is_shown_without_it(api, authentication):
    async with receiving() as receiver:
        receiver.body = b"You sent t0pSecret, pass-word and bWU6cGFzcy13b3Jk"
        told = await tried(api, webhook(receiver.url, authentication=authentication))
    (secret,) = {"BEARER": ["t0pSecret"], "BASIC": ["pass-word"]}[authentication["authType"]]
    assert secret not in told["answer"]
    assert ("bWU6cGFzcy13b3Jk" in told["answer"]) == (authentication is SECRET)


async def test_a_stored_secret_is_sent_to_its_own_server_only_and_never_comes_back(api):
    task = await api.task(ECHO)
    async with receiving() as receiver:
        receiver.body = b"You sent t0pSecret"
        stored = webhook(receiver.url, authentication=SECRET)
        far = {"taskId": task["id"], "input": 1, "scheduledFor": "2099-01-01T00:00:00Z"}
        job = await api.post("/jobs", {**far, "outputDestinations": [stored]})
        (shown,) = job["outputDestinations"]
        told = await tried(api, shown, jobId=job["id"])
        assert receiver.requests[0][1]["authorization"] == "Bearer t0pSecret"
        assert (told["status"], told["answer"], told["note"]) == ("DELIVERED", None, WITHHELD)
        elsewhere = {**shown, "webhook": {**shown["webhook"], "url": "http://127.0.0.1:1/hook"}}
        for body in ({"destination": elsewhere, "jobId": job["id"]}, {"destination": shown}):
            error = await api.fails("POST", "/deliveries/test", 400, body)
            field = "destination.webhook.authentication.bearer.token"
            assert [each["field"] for each in error["details"]] == [field]
        assert len(receiver.requests) == 1


async def test_a_file_is_looked_for_and_nothing_is_left(api, tmp_path):
    (tmp_path / "taken.json").write_text("mine")
    before = sorted(tmp_path.rglob("*.json"))
    told = await tried(api, file("new/folder/{jobId}.json"))
    assert (told["status"], told["note"], told["error"]) == ("DELIVERED", CHECKED, None)
    told = await tried(api, file("taken.json"))
    assert (told["status"], told["error"]) == (
        "FAILED",
        "There is a file taken.json already: it is not overwritten",
    )
    assert (await tried(api, file("taken.json/below")))[
        "error"
    ] == "The file cannot be written: Not a directory"
    assert sorted(tmp_path.rglob("*.json")) == before
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".ratchet-test-*"))


async def test_a_disk_that_is_full_is_said_and_keeps_no_part_of_the_test(api, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ratchet_web.server.deliveries.files.os.fsync", full)
    told = await tried(api, file("full.json"))
    assert told["error"] == "The file cannot be written: No space left on device"
    assert not list(tmp_path.glob(".ratchet-test-*"))


async def test_a_line_is_printed(api, capsys):
    told = await tried(api, {"destinationType": "STDIO"})
    assert (told["status"], told["note"]) == ("DELIVERED", "A line was printed.")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["test"] is True


async def test_what_makes_no_sense_is_said_at_its_field(api):
    error = await api.fails("POST", "/deliveries/test", 400, {"destination": webhook("nowhere")})
    assert error["details"][0]["field"] == "destination.webhook.url"
    both = {"destination": {"destinationType": "STDIO"}, "jobId": "1", "scheduleId": "1"}
    assert "not both" in (await api.fails("POST", "/deliveries/test", 400, both))["message"]
    await api.fails("POST", "/deliveries/test", 404, {"destination": file("a"), "jobId": "99"})


async def test_tests_are_few_at_once_and_few_a_minute(api):
    async with receiving() as receiver:
        receiver.hold.clear()
        slow = [asyncio.create_task(tried(api, webhook(receiver.url))) for _ in range(AT_ONCE)]
        await eventually(lambda: asyncio.sleep(0, len(receiver.requests)), lambda heard: heard == AT_ONCE)
        error = await api.fails("POST", "/deliveries/test", 429, {"destination": webhook(receiver.url)})
        assert (error["code"], error["message"][:21]) == ("BUSY", "Other test deliveries")
        receiver.hold.set()
        await asyncio.gather(*slow)
        for _ in range(MOST - AT_ONCE):
            await tried(api, webhook(receiver.url))
        answer = await api.client.post("/deliveries/test", json={"destination": webhook(receiver.url)})
        assert (answer.status_code, len(receiver.requests)) == (429, MOST)
        assert 0 < int(answer.headers["retry-after"]) <= 60
