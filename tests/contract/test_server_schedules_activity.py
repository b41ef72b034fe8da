"""What schedules did, and who changed what of them, on a real server and through the client."""

import pytest

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.models.dialect import Ability
from ratchet_web.models.schedules import ScheduleQuery
from ratchet_web.models.schedules_activity import (
    FieldChange,
    Lag,
    Outcomes,
    PastRun,
    ScheduleActivity,
    ScheduleRevision,
    ScheduleStatistics,
)
from ratchet_web.server.paths import PREFIX
from tests.contract.test_server_schedules_runs import schedule, triggered

pytestmark = pytest.mark.asyncio(loop_scope="module")


def keys(model):
    return {field.alias or name for name, field in model.model_fields.items()}


async def test_the_last_runs_of_a_page_are_told_at_once_the_oldest_first(api):
    made, idle = await schedule(api, "strip-busy"), await schedule(api, "strip-idle")
    jobs = [await triggered(api, made["id"], fail=n == 1) for n in range(2)]
    told = await api.ask("GET", "/schedules/activity", 200, params={"name_like": "strip-", "_sort": "name"})
    busy, none = told["data"]
    assert told["meta"]["pagination"]["total"] == 2
    assert [row["id"] for row in (busy, none)] == [made["id"], idle["id"]]
    assert [run["id"] for run in busy["runs"]] == [job["id"] for job in jobs]
    assert [run["status"] for run in busy["runs"]] == ["COMPLETED", "FAILED"]
    assert none["runs"] == []
    failed = busy["runs"][1]
    assert (failed["dueAt"], failed["completedAt"]) == (None, jobs[1]["completedAt"])
    assert "no" in failed["errorMessage"]
    assert (busy.keys(), failed.keys()) == (keys(ScheduleActivity), keys(PastRun))


async def test_the_runs_of_a_week_and_of_a_month_are_counted(api):
    made = await schedule(api, "counted-runs")
    for fail in (False, True, False):
        await triggered(api, made["id"], fail=fail)
    told = await api.get(f"/schedules/{made['id']}/activity")
    assert [each["days"] for each in told["outcomes"]] == [7, 30]
    for each in told["outcomes"]:
        assert (each["runs"], each["completed"], each["failed"], each["open"]) == (3, 2, 1, 0)
        assert each["failureRate"] == pytest.approx(100 / 3)
    # Nobody waited for these: they were not due.
    assert (told["lag"]["runs"], told["lag"]["queuedMs"]["p50"]) == (0, None)
    assert told.keys() == keys(ScheduleStatistics)
    assert told["lag"].keys() == keys(Lag)
    assert told["outcomes"][0].keys() == keys(Outcomes)


async def test_nothing_is_known_of_runs_that_were_not(api):
    made = await schedule(api, "never-ran")
    told = await api.get(f"/schedules/{made['id']}/activity")
    assert [(each["runs"], each["failureRate"]) for each in told["outcomes"]] == [(0, None), (0, None)]
    assert (told["lag"]["begunMs"]["p95"], told["lag"]["judged"]) == (None, 0)


async def test_what_takes_too_long_to_count_is_null(api, monkeypatch):
    made = await schedule(api, "too-long")
    monkeypatch.setattr("ratchet_web.server.store.lists.hints._STEPS", 1)
    monkeypatch.setattr("ratchet_web.server.store.schedules_activity.COUNT_MS", 0)
    told = await api.get(f"/schedules/{made['id']}/activity")
    assert [each["runs"] for each in told["outcomes"]] == [None, None]
    assert (told["lag"]["runs"], told["lag"]["judged"]) == (None, None)


async def test_each_change_is_kept_with_old_and_new(api):
    made = await schedule(api, "changed")
    path = f"/schedules/{made['id']}"
    asked = {"cronExpression": "0 0 9 * * MON", "priority": "HIGH", "input": {"fail": False}}
    await api.ask("PATCH", path, 200, json=asked)
    await api.ask("PATCH", path, 200, json=asked)
    await api.ask("POST", f"{path}/disable", 200)
    told = await api.ask("GET", f"{path}/changes", 200)
    off, changed, created = told["data"]
    assert told["meta"] == {"total": 3, "hasMore": False}
    assert (created["created"], created["fields"], created["changedBy"]) == (True, [], None)
    assert [(each["field"], each["before"], each["after"]) for each in off["fields"]] == [
        ("enabled", True, False)
    ]
    assert {each["field"]: (each["before"], each["after"]) for each in changed["fields"]} == {
        "cronExpression": ("0 0 0 29 2 *", "0 0 9 * * MON"),
        "priority": ("NORMAL", "HIGH"),
        "input": (None, {"fail": False}),
    }
    assert changed.keys() == keys(ScheduleRevision)
    assert changed["fields"][0].keys() == keys(FieldChange)
    older = await api.ask("GET", f"{path}/changes", 200, params={"before": changed["id"], "limit": 1})
    assert [each["id"] for each in older["data"]] == [created["id"]]
    assert older["meta"] == {"total": 3, "hasMore": False}
    newest = await api.ask("GET", f"{path}/changes", 200, params={"limit": 2})
    assert newest["meta"] == {"total": 3, "hasMore": True}


async def test_of_destinations_only_that_they_changed_is_told(api):
    made = await schedule(api, "secretive")
    destination = {"destinationType": "STDIO"}
    await api.ask("PATCH", f"/schedules/{made['id']}", 200, json={"outputDestinations": [destination]})
    (changed, _) = (await api.ask("GET", f"/schedules/{made['id']}/changes", 200))["data"]
    (field,) = changed["fields"]
    assert (field["field"], field["hidden"], field["before"], field["after"]) == (
        "outputDestinations", True, None, None,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["activity", "changes"])
async def test_of_a_schedule_that_is_gone_nothing_is_told(api, path):
    made = await schedule(api, f"gone-{path}")
    await api.ask("DELETE", f"/schedules/{made['id']}", 204)
    await api.fails("GET", f"/schedules/{made['id']}/{path}", 404)


async def test_the_client_reads_it_and_knows_that_it_can(api):
    made = await schedule(api, "client-reads")
    job = await triggered(api, made["id"])
    async with Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as ratchet:
        dialect = await ratchet.dialect()
        assert dialect.can(Ability.SCHEDULE_ACTIVITY)
        assert dialect.can(Ability.SCHEDULE_CHANGES)
        page = await ratchet.schedules.activity(ScheduleQuery(q="client-reads"))
        (run,) = (await ratchet.schedules.statistics(made["id"])).runs
        (change,) = await ratchet.schedules.changes(made["id"])
        with pytest.raises(NotFound):
            await ratchet.schedules.changes("999999")
    assert [each.runs for each in page.rows] == [(run,)]
    assert (run.id, change.created) == (job["id"], True)
