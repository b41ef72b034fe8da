"""Schedules of the native server: some are hidden, and a switch looks like a run; neither is believed."""

import httpx
import pytest

from ratchet_web.api import Forbidden, Ratchet, Refused
from ratchet_web.models.schedules import NewSchedule, ScheduleQuery, ScheduleTrigger
from tests.doubles.native import Native, RestOnly


class Refusing(httpx.AsyncBaseTransport):
    """Answers 403 to what is sent to one path of the API."""

    def __init__(self, double: Native) -> None:
        self._inner = double.transport
        self.path = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.path and request.url.path.endswith(self.path):
            return httpx.Response(403, json={"error": "no"})
        return await self._inner.handle_async_request(request)


async def test_a_disabled_schedule_is_found_though_its_list_hides_it(
    double: Native, ratchet: Ratchet
) -> None:
    for n in range(30):
        double.add_schedule(f"s{n}", enabled=n % 3 == 0)
    page = await ratchet.schedules.page(ScheduleQuery(limit=100))
    assert page.total == 31
    off = await ratchet.schedules.page(ScheduleQuery(enabled=False, limit=100))
    assert {row.name for row in off.rows} == {f"s{n}" for n in range(30) if n % 3}
    assert all(row.next_run is None for row in off.rows)
    assert all(row.next_run for row in page.rows if row.enabled)


async def test_enabling_what_is_enabled_sends_nothing(double: Native, ratchet: Ratchet) -> None:
    await ratchet.dialect()
    before = double.spent.rest
    assert (await ratchet.schedules.enable("1")).enabled
    assert double.spent.rest == before


async def test_another_input_for_a_schedule_is_refused_and_nothing_is_sent(
    double: Native, ratchet: Ratchet
) -> None:
    await ratchet.dialect()
    before = double.spent.rest
    with pytest.raises(Refused, match="an empty input"):
        await ratchet.schedules.trigger("1", ScheduleTrigger(input={"a": 1}))
    assert double.spent.rest == before


@pytest.mark.parametrize(
    ("cron", "sent"),
    [("0 9 * * 1-5", "0 0 9 * * MON-FRI"), ("@daily", "0 0 0 * * *"), ("*/5 * * * * *", "*/5 * * * * *")],
)
async def test_an_expression_is_sent_as_the_server_reads_it(ratchet: Ratchet, cron: str, sent: str) -> None:
    schedule = await ratchet.schedules.create(NewSchedule(task_id="1", name="s", cron_expression=cron))
    assert schedule.cron_expression == sent


@pytest.mark.parametrize(
    "fields",
    [
        {"cron_expression": "0 0 9 * * * 2027"},
        {"cron_expression": "0 0 0 31 2 *"},
        {"description": "cats & dogs"},
        {"time_zone": "Europe/Amsterdam"},
        {"input": {"a": 1}},
    ],
)
async def test_what_it_would_refuse_or_drop_is_refused_with_its_field(
    double: Native, ratchet: Ratchet, fields: dict[str, object]
) -> None:
    await ratchet.dialect()
    before = double.spent.rest
    draft = {"task_id": "1", "name": "s", "cron_expression": "@daily", **fields}
    with pytest.raises(Refused) as told:
        await ratchet.schedules.create(NewSchedule.model_validate(draft))
    assert len(told.value.fields) == 1
    assert double.spent.rest == before


async def test_without_graphql_a_schedule_that_was_disabled_here_stays_in_sight(
    double: Native, by_rest: Ratchet
) -> None:
    schedule = await by_rest.schedules.create(NewSchedule(task_id="1", name="s", cron_expression="@daily"))
    assert (await by_rest.schedules.page(ScheduleQuery())).total == 2
    await by_rest.schedules.disable(schedule.id)
    page = await by_rest.schedules.page(ScheduleQuery())
    assert {(row.name, row.enabled) for row in page.rows} == {("s", False), ("system_heartbeat", True)}


async def test_schedules_that_cannot_be_found_are_not_passed_over(double: Native, ratchet: Ratchet) -> None:
    for n in range(3):
        double.add_schedule(f"s{n}")
    assert (await ratchet.schedules.page(ScheduleQuery())).ignored == ()
    # By REST those are never seen that were disabled before the console looked.
    double.add_schedule("off", enabled=False)
    async with Ratchet(double.url, transport=RestOnly(double)) as by_rest:
        page = await by_rest.schedules.page(ScheduleQuery())
        assert (page.total, page.ignored) == (4, ("hidden",))
        await by_rest.schedules.delete(page.rows[0].id)
        assert (await by_rest.schedules.page(ScheduleQuery())).ignored == ("hidden",)


async def test_a_switch_from_here_is_no_run(double: Native, ratchet: Ratchet) -> None:
    id = str(double.add_schedule("s", "0 0 * * * *").id)
    assert (await ratchet.schedules.get(id)).last_run is None
    double.advance(3_600)
    fired = (await ratchet.schedules.get(id)).last_run
    assert fired is not None
    double.advance(5)
    assert (await ratchet.schedules.disable(id)).last_run is None
    double.advance(5)
    assert (await ratchet.schedules.enable(id)).last_run is None
    listed = {row.id: row.last_run for row in (await ratchet.schedules.page(ScheduleQuery(limit=100))).rows}
    assert listed[id] is None
    double.advance(3_600)
    again = (await ratchet.schedules.get(id)).last_run
    assert again is not None
    assert again > fired


async def test_a_disabled_schedule_has_no_known_last_run_though_it_goes_on_firing(
    double: Native, ratchet: Ratchet
) -> None:
    id = str(double.add_schedule("s", "0 0 * * * *").id)
    await ratchet.schedules.disable(id)
    double.advance(3_600)
    schedule = await ratchet.schedules.get(id)
    assert schedule.updated_at is not None
    assert schedule.created_at is not None
    assert schedule.updated_at > schedule.created_at
    assert schedule.last_run is None


async def test_a_switch_that_the_server_refuses_hides_no_run(double: Native) -> None:
    refusing = Refusing(double)
    async with Ratchet(double.url, transport=refusing) as ratchet:
        id = str(double.add_schedule("s", "0 0 * * * *").id)
        double.advance(3_600)
        fired = (await ratchet.schedules.get(id)).last_run
        assert fired is not None
        refusing.path = f"/schedules/{id}/disable"
        with pytest.raises(Forbidden):
            await ratchet.schedules.disable(id)
        assert (await ratchet.schedules.get(id)).last_run == fired
