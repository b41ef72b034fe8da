"""Failures of servers that keep none: the console groups the newest, says of how many, and judges nothing."""

import pytest

from ratchet_web.api import NotFound, Ratchet
from ratchet_web.live.failures import FailureDetail, FailureList
from ratchet_web.models.dialect import Ability
from ratchet_web.models.failures import FailureQuery
from tests.doubles.native import RestOnly, native

AT = "http://native.test"


async def test_the_newest_failed_executions_of_a_native_server_are_grouped():
    async with native() as double, Ratchet(AT, transport=double.transport) as ratchet:
        task = double.add_task("till")
        for n in range(7):
            double.add_execution(task, status="FAILED", error_message=f"Error: order {n} is lost")
            double.add_execution(task)
        double.add_execution(task, status="FAILED", error_message="Error: no till")
        assert not (await ratchet.dialect()).can(Ability.FAILURES)
        shown = await FailureList("failures", FailureQuery()).fetch(ratchet)
        assert [(row["count"], row["title"]) for row in shown.rows] == [
            (7, "Error: order <n> is lost"),
            (1, "Error: no till"),
        ]
        assert (shown.about["looked_at"], shown.about["complete"], shown.about["counts"]) == (8, True, {})
        key = shown.rows[0]["id"]
        detail = await FailureDetail(f"failures/{key}", key).fetch(ratchet)
        assert (detail.rows[0]["count"], detail.about["looked_at"]) == (7, 7)
        assert len((await ratchet.failures.get(key)).executions) == 7
        with pytest.raises(NotFound, match="keeps no failures"):
            await ratchet.failures.judge(key, "ignore")
        with pytest.raises(NotFound, match="among the newest 8 failed"):
            await ratchet.failures.get("0" * 16)


async def test_where_each_request_costs_only_the_newest_hundred_are_read():
    async with native() as double, Ratchet(AT, transport=RestOnly(double)) as ratchet:
        task = double.add_task("till")
        for n in range(130):
            double.add_execution(task, status="FAILED", error_message=f"Error: order {n} is lost")
        page = await ratchet.failures.page(FailureQuery())
        assert (page.looked_at, page.complete) == (100, False)
        assert [row.count for row in page.rows] == [100]
