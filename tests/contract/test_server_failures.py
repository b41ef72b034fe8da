"""`/failures`: what failed in the same way is one, is judged, and opens again when it returns."""

import sqlite3
from contextlib import closing

import pytest

from ratchet_web.api import Conflict, NotFound, Ratchet
from ratchet_web.live.failures import FailureDetail, FailureExample, FailureList
from ratchet_web.models.dialect import Ability
from ratchet_web.models.executions import ExecutionQuery, NewExecution
from ratchet_web.models.failures import FailureQuery, FailureState
from ratchet_web.models.tasks import NewTask
from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import eventually, in_process, transport

pytestmark = pytest.mark.asyncio(loop_scope="module")

PICKY = """function main({ kind, n }) {
  if (kind === "till") throw new DataError("The till " + n + " does not balance by " + n + " EUR");
  null.x;
}"""


async def failed(api, task, kind, n=1):
    """Return an execution that failed."""
    made = await api.post("/executions", {"taskId": task["id"], "input": {"kind": kind, "n": n}})
    execution = await api.done(made)
    assert execution["status"] == "FAILED"
    return execution


async def of(api, execution):
    return await api.get(f"/failures/{execution['fingerprint']}")


async def test_what_failed_in_the_same_way_is_one(tmp_path):
    async with in_process(tmp_path) as api:
        one, other = await api.task(PICKY), await api.task(PICKY, version="2.1.0")
        tills = [await failed(api, task, "till", n) for n, task in ((4, one), (17, other), (230, one))]
        null = await failed(api, one, "null")
        assert len({each["fingerprint"] for each in tills}) == 1 != null["fingerprint"]
        answer = await api.ask("GET", "/failures", 200)
        assert [row["count"] for row in answer["data"]] == [3, 1]
        meta = answer["meta"]
        assert meta["counts"] == {"open": 2, "ignored": 0, "resolved": 0}
        assert (meta["complete"], meta["pagination"]["total"]) == (True, 2)
        till = answer["data"][0]
        assert (till["error"], till["message"]) == ("DataError", "The till <n> does not balance by <money>")
        assert till["frame"].startswith("main")
        assert (till["state"], till["stateBy"], till["stateAt"]) == ("OPEN", None, None)
        tasks = [(row["taskName"], row["count"], row["versions"]) for row in till["tasks"]]
        assert tasks == [(one["name"], 2, ["1.0.0"]), (other["name"], 1, ["2.1.0"])]
        assert sum(till["trend"]["counts"]) == 3
        assert till["sample"]["executionId"] == tills[2]["id"]
        assert till["sample"]["errorMessage"] == "DataError: The till 230 does not balance by 230 EUR"
        assert till["firstSeen"] == tills[0]["completedAt"]
        assert till["lastSeen"] == tills[2]["completedAt"]
        await _is_narrowed(api, till, tills, other)
        # What is deleted is no longer counted; when it was first seen is still known.
        await api.ask("DELETE", f"/executions/{tills[0]['id']}", 204)
        found = await of(api, tills[1])
        assert (found["count"], found["firstSeen"]) == (2, tills[0]["completedAt"])


async def _is_narrowed(api, till, tills, other):
    async def ids(**wanted):
        return [row["id"] for row in await api.get("/failures", **wanted)]

    assert await ids(task_id=other["id"]) == [till["id"]]
    assert await ids(text_like="TILL") == [till["id"]]
    assert await ids(text_like="no such text") == await ids(state="IGNORED") == []
    assert len(await ids(failed_after=tills[0]["completedAt"])) == 2
    assert await ids(failed_before=tills[0]["completedAt"]) == [till["id"]]
    assert await ids(failed_after="2099-01-01T00:00:00Z") == []
    assert (await ids(_sort="last_seen", _order="DESC"))[1] == till["id"]
    assert await ids(limit=1, page=2) != [till["id"]]
    rows = await api.get("/executions", fingerprint=till["id"])
    assert [row["id"] for row in rows] == [each["id"] for each in reversed(tills)]
    counts = await api.get("/executions/counts", fingerprint=till["id"])
    assert (counts["failed"], counts["completed"]) == (3, 0)


async def test_a_failure_is_judged_and_a_resolved_one_that_returns_is_open_again(api):
    task = await api.task(PICKY)
    first = await failed(api, task, "till")
    path = f"/failures/{first['fingerprint']}"
    done = await api.ask("POST", f"{path}/resolve", 200)
    assert (done["success"], done["data"]["state"]) == (True, "RESOLVED")
    assert done["data"]["stateAt"]
    await api.fails("POST", f"{path}/resolve", 409)
    await failed(api, task, "till", 2)
    again = await of(api, first)
    assert (again["state"], again["count"]) == ("OPEN", 2)
    assert again["reopenedAt"] == again["lastSeen"]
    # An ignored one stays so.
    await api.ask("POST", f"{path}/ignore", 200)
    await failed(api, task, "till", 3)
    ignored = await of(api, first)
    assert (ignored["state"], ignored["count"], ignored["reopenedAt"]) == ("IGNORED", 3, None)
    assert (await api.ask("POST", f"{path}/reopen", 200))["data"]["state"] == "OPEN"


async def test_what_other_rules_told_apart_is_one_again_and_what_was_made_of_it_stays(tmp_path):
    async with in_process(tmp_path) as api:
        task = await api.task(PICKY)
        tills = [await failed(api, task, "till", n) for n in (4, 17, 230)]
        null = await failed(api, task, "null")
        await api.ask("POST", f"/failures/{null['fingerprint']}/resolve", 200)
    _group_otherwise(tmp_path, [int(each["id"]) for each in tills])
    async with in_process(tmp_path) as api:
        # Answers are given at once, and say that they are not whole yet.
        await api.ask("GET", "/failures", 200)
        answer = await eventually(
            lambda: api.ask("GET", "/failures", 200), lambda answer: answer["meta"]["complete"]
        )
        rows = {row["id"]: (row["count"], row["state"], row["stateAt"]) for row in answer["data"]}
        judged = "2026-01-02T00:00:00.000Z"
        assert rows == {
            tills[0]["fingerprint"]: (3, "IGNORED", judged),
            null["fingerprint"]: (1, "RESOLVED", rows[null["fingerprint"]][2]),
        }
        # What was kept under other keys is gone; by them the one that it has become is found.
        assert answer["meta"]["counts"] == {"open": 0, "ignored": 1, "resolved": 1}
        for key in ("a" * 16, "b" * 16):
            assert (await api.get(f"/failures/{key}"))["id"] == tills[0]["fingerprint"]
            assert len(await api.get("/executions", fingerprint=key)) == 3
        assert (await api.ask("POST", f"/failures/{'a' * 16}/reopen", 200))["data"]["state"] == "OPEN"
    async with in_process(tmp_path) as api:
        assert (await api.ask("GET", "/failures", 200))["meta"]["complete"] is True


def _group_otherwise(directory, ids):
    """Leave a database as one whose rules told the newest of these from the others, and had it ignored."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        change = connection.execute
        change("UPDATE failures SET fingerprint = ? WHERE state = 0", ("a" * 16,))
        judged = change("SELECT unixepoch('2026-01-02') * 1000").fetchone()[0]
        other = change(
            "INSERT INTO failures"
            " (fingerprint, error, message, frame, first_seen, last_seen, state, state_at)"
            " SELECT ?, error, message, frame, first_seen, last_seen, 1, ? FROM failures WHERE state = 0",
            ("b" * 16, judged),
        ).lastrowid
        change("UPDATE executions SET failure_id = ? WHERE id = ?", (other, ids[-1]))
        change("UPDATE series_marks SET value = 0 WHERE name = 'failures.rules'")
        connection.commit()


@pytest.mark.parametrize("key", ["0" * 16, "abc", "0" * 15 + "G", "%00"])
async def test_what_is_no_failure_is_not_there(api, key):
    await api.fails("GET", f"/failures/{key}", 404)
    for act in ("ignore", "resolve", "reopen"):
        await api.fails("POST", f"/failures/{key}/{act}", 404)


@pytest.mark.parametrize(
    "wanted", [{"state": "GONE"}, {"fingerprint": "x"}, {"_sort": "message"}, {"failed_after": "5"}]
)
async def test_what_is_no_filter_of_failures_is_refused(api, wanted):
    await api.ask("GET", "/failures", 400, params=wanted)


async def test_executions_are_found_by_whether_they_were_retried(api):
    task = await api.task(PICKY)
    first = await failed(api, task, "till")
    second = await api.done(await api.post(f"/executions/{first['id']}/retry"))
    mine = {"task_id": task["id"], "fingerprint": first["fingerprint"]}
    assert [row["id"] for row in await api.get("/executions", retried="false", **mine)] == [second["id"]]
    assert [row["id"] for row in await api.get("/executions", retried="true", **mine)] == [first["id"]]
    await api.fails("GET", "/executions?fingerprint=zz", 400)


async def test_the_client_reads_and_judges_and_topics_follow(tmp_path):
    async with transport(tmp_path) as reached, Ratchet("http://127.0.0.1", transport=reached) as ratchet:
        assert (await ratchet.dialect()).can(Ability.FAILURES)
        task = await ratchet.tasks.create(NewTask(name="till", source_code=PICKY))
        made = await ratchet.executions.create(NewExecution(task_id=task.id, input={"kind": "till", "n": 1}))
        await eventually(lambda: ratchet.failures.page(FailureQuery()), lambda page: page.total == 1)
        page = await ratchet.failures.page(FailureQuery(range="1h", task=task.id, q="till"))
        (failure,) = page.rows
        assert (page.looked_at, page.complete, page.counts.open) == (None, True, 1)
        assert (await ratchet.failures.judge(failure.id, "ignore")).state is FailureState.IGNORED
        with pytest.raises(Conflict, match="ignored already"):
            await ratchet.failures.judge(failure.id, "ignore")
        with pytest.raises(NotFound):
            await ratchet.failures.get("0" * 16)
        rows = (await ratchet.executions.page(ExecutionQuery(fingerprint=failure.id, retried=False))).rows
        assert [row.id for row in rows] == [made.id]
        shown = await FailureList("failures", FailureQuery()).fetch(ratchet)
        assert shown.about["counts"] == {"OPEN": 0, "IGNORED": 1, "RESOLVED": 0}
        assert shown.rows[0]["title"] == "DataError: The till <n> does not balance by <money>"
        (row,) = (await FailureDetail("failures/x", failure.id).fetch(ratchet)).rows
        assert (row["state"], row["versions"]) == ("IGNORED", ["1.0.0"])
        example = await FailureExample("failures/x/sample", failure.id).fetch(ratchet)
        assert example.rows[0]["id"] == made.id
        assert example.about["failure"]["same"] == f"/failures/{failure.id}"
