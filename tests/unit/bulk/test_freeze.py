"""The rows of a list are all met, though some leave it while it is read."""

import httpx
import pytest

from ratchet_web.api import Ratchet
from ratchet_web.bulk import freeze
from ratchet_web.bulk.runs import RESTLESS, UNCOUNTED, Runs
from ratchet_web.models.executions import ExecutionQuery, ExecutionStatus
from ratchet_web.models.runs import Choice, Phase
from tests.doubles.native import Native
from tests.unit.bulk.conftest import rested, until

RUNNING = Choice("executions", "cancel", query=ExecutionQuery(status=ExecutionStatus.RUNNING))


class Leaving(httpx.AsyncBaseTransport):
    """A server at which, before each of so many answers, the newest twenty that run end."""

    def __init__(self, double: Native, answers: int) -> None:
        self._double, self._answers = double, answers

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if b"RUNNING" in request.content and self._answers:
            self._answers -= 1
            for row in [row for row in self._double.state.executions if row.status == "RUNNING"][:20]:
                row.status = "COMPLETED"
        return await self._double.transport.handle_async_request(request)


def running(double: Native) -> set[str]:
    return {str(row.id) for row in double.state.executions if row.status == "RUNNING"}


async def test_rows_behind_those_that_leave_are_met(double: Native) -> None:
    for _ in range(1_000):
        double.add_execution(status="RUNNING")
    async with Ratchet("http://native.test", transport=Leaving(double, 12)) as api:
        runs = Runs(api)
        run = await rested(runs.plan(RUNNING))
        assert running(double) <= run.items.keys()
        assert RESTLESS not in run.caveat
        await runs.stop()


async def test_where_they_leave_too_fast_it_is_said(double: Native, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freeze, "PASSES", 1)
    for _ in range(300):
        double.add_execution(status="RUNNING")
    async with Ratchet("http://native.test", transport=Leaving(double, 1_000)) as api:
        runs = Runs(api)
        run = await rested(runs.plan(RUNNING))
        assert run.caveat.startswith(RESTLESS)
        await runs.stop()


async def test_counting_is_stopped_on_demand(double: Native, runs: Runs) -> None:
    double.add_execution(status="RUNNING")
    run = runs.plan(RUNNING)
    assert (await runs.abort(run.id)) is run
    await until(lambda: run.phase is Phase.READY)
    assert run.trouble == UNCOUNTED
    assert not run.items
