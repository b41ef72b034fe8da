"""What a server ignored is seen in its rows, and done here where they are few."""

from typing import Any

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.api.arranging import is_sorted, sorted_by, unapplied
from ratchet_web.models.dialect import Dialect
from ratchet_web.models.executions import Execution, ExecutionQuery, ExecutionStatus
from ratchet_web.models.tasks import Task, TaskQuery
from tests.doubles.transport import Scripted, answer

AT = "/api/v1/executions"


def execution(id: int, **fields: Any) -> dict[str, Any]:
    return {"id": str(id), "status": "FAILED", "queuedAt": f"2026-01-01T00:{id % 60:02}:00Z", **fields}


def rows(*told: dict[str, Any]) -> list[Execution]:
    return [Execution.model_validate(row) for row in told]


@pytest.mark.parametrize(
    ("asked", "ignored"),
    [
        ({}, ()),
        ({"status": "FAILED"}, ()),
        ({"status": "RUNNING"}, ("status",)),
        ({"task": "7", "sort": "queued_at"}, ("task", "sort")),
        ({"job": "7"}, ("job",)),
        ({"sort": "status"}, ()),
    ],
)
def test_rows_show_what_was_ignored(asked: dict[str, str], ignored: tuple[str, ...]) -> None:
    query, _ = ExecutionQuery.parse(asked)
    assert unapplied(query, rows(execution(3), execution(2), execution(1))) == ignored


def test_a_search_is_found_anywhere_in_a_name() -> None:
    task = Task(id="1", name="Nightly-Report")
    assert TaskQuery(q="ly-rep").misses(task) == ()
    assert TaskQuery(q="daily", enabled=False).misses(task) == ("q", "enabled")


def test_nulls_have_no_order_but_come_last_where_the_largest_come_first() -> None:
    told = rows(execution(1, durationMs=5), execution(2), execution(3, durationMs=9))
    assert is_sorted(told, "duration_ms")
    assert not is_sorted(told, "-duration_ms")
    assert [row.id for row in sorted_by(told, "-duration_ms")] == ["3", "1", "2"]
    assert [row.id for row in sorted_by(told, "duration_ms")] == ["2", "1", "3"]


def careless(count: int) -> Scripted:
    """A server that knows pages, and ignores every filter and order."""
    every = [execution(n, status=("FAILED", "COMPLETED")[n % 2]) for n in range(1, count + 1)]

    def page(request: httpx.Request) -> httpx.Response:
        number, limit = int(request.url.params["page"]), int(request.url.params["limit"])
        some = every[(number - 1) * limit : number * limit]
        return answer(200, {"data": some, "meta": {"pagination": {"total": count}}})

    server = Scripted()
    server.on(AT, page)
    return server


async def asked(server: Scripted, query: ExecutionQuery) -> Any:
    async with Ratchet("http://ratchet.test", transport=server, dialect=Dialect()) as ratchet:
        return await ratchet.executions.page(query)


async def test_few_rows_are_narrowed_and_sorted_here() -> None:
    server = careless(250)
    query = ExecutionQuery(status=ExecutionStatus.COMPLETED, sort="-queued_at", limit=25)
    page = await asked(server, query)
    assert (page.total, page.ignored, len(page.rows)) == (125, (), 25)
    assert unapplied(query, page.rows) == ()
    assert server.count(AT) == 4


async def test_of_many_rows_the_wrong_ones_are_left_out_and_that_is_said() -> None:
    server = careless(301)
    page = await asked(server, ExecutionQuery(status=ExecutionStatus.COMPLETED))
    assert {row.status for row in page.rows} == {ExecutionStatus.COMPLETED}
    assert (page.total, page.ignored) == (None, ("status", "sort"))
    assert server.count(AT) == 1
