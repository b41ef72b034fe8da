"""Bulk operations when the server is killed in the middle of one."""

import asyncio
import collections
import sqlite3

from ratchet_web.server.store.directory import FILE_NAME
from tests.support.server import asked_on_port, eventually

SCHEDULES = 200


async def test_a_killed_server_goes_on_with_an_operation_and_acts_on_each_row_once(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        task = await api.task("function main() {}")
        body = {"taskId": task["id"], "name": "far", "cronExpression": "0 0 1 1 *", "enabled": False}
        schedules = await asyncio.gather(*(api.post("/schedules", body) for _ in range(SCHEDULES)))
        asked = {"action": "trigger", "filter": {"task_id": task["id"]}, "ratePerSecond": 100}
        operation = await api.post("/schedules/bulk", asked, 202)
        path = f"/bulk/{operation['id']}"
        for least in (SCHEDULES // 8, SCHEDULES // 3):
            await eventually(lambda: api.get(path), lambda row, least=least: row["done"] >= least)
            await asyncio.to_thread(process.kill)
            await asyncio.to_thread(process.start)
        ended = await eventually(lambda: api.get(path), lambda row: row["status"] != "RUNNING")
        assert (ended["status"], ended["total"], ended["succeeded"]) == ("COMPLETED", SCHEDULES, SCHEDULES)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    queued = collections.Counter(
        str(row[0]) for row in connection.execute("SELECT schedule_id FROM jobs WHERE schedule_id NOT NULL")
    )
    connection.close()
    assert queued == collections.Counter(schedule["id"] for schedule in schedules)


async def test_an_operation_that_was_not_frozen_yet_is_told_to_have_failed(tmp_path):
    async with asked_on_port(tmp_path) as (process, api):
        await asyncio.to_thread(process.stop)
        connection = sqlite3.connect(tmp_path / FILE_NAME)
        connection.execute(
            "INSERT INTO bulk_operations(id, resource, action, filter, status, created_at) "
            "VALUES (7, 'jobs', 'cancel', '{}', 0, 1000)"
        )
        connection.commit()
        connection.close()
        await asyncio.to_thread(process.start)
        row = await api.get("/bulk/7")
        assert (row["status"], row["done"]) == ("FAILED", 0)
        assert "nothing was done" in row["message"]
