"""What a server's limiter allows: waited for, kept for people, and left alone after a refusal."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from ratchet_web.api import Limited
from ratchet_web.api.budget import Allowance, Budget

FEW = Allowance(burst=10, per_s=2, per_day=100, kept=4, kept_today=5)


@dataclass
class Time:
    now_s: float = 1_000.0
    day: date = date(2026, 1, 1)
    waits: list[float] = field(default_factory=list)

    async def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        self.now_s += wait_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def budget(time: Time) -> Budget:
    made = Budget(lambda: time.now_s, lambda: time.day, time.sleep)
    made.allowance = FEW
    return made


async def pay(budget: Budget, times: int, urgent: bool = False) -> None:
    for _ in range(times):
        budget.answered(200, await budget.pay(urgent))


async def test_without_an_allowance_requests_are_only_counted(time: Time) -> None:
    free = Budget(lambda: time.now_s, lambda: time.day, time.sleep)
    await pay(free, 500)
    free.count_graphql()
    assert (free.spent().rest, free.spent().graphql, free.spent().left_today) == (500, 1, None)
    assert time.waits == []


async def test_the_burst_goes_at_once_and_what_follows_waits_for_its_turn(budget: Budget, time: Time) -> None:
    await pay(budget, 6)
    assert time.waits == []
    await pay(budget, 2)
    assert time.waits == [0.5, 0.5]


async def test_what_is_kept_of_the_burst_is_for_people(budget: Budget, time: Time) -> None:
    await pay(budget, 6)
    await pay(budget, 4, urgent=True)
    assert time.waits == []


async def test_nobody_waits_long_for_a_turn(budget: Budget, time: Time) -> None:
    await pay(budget, 10, urgent=True)
    slow = Allowance(burst=10, per_s=0.1, per_day=100, kept=0, kept_today=0)
    budget.allowance = slow
    with pytest.raises(Limited) as told:
        await budget.pay(False)
    assert told.value.retry_after_s == pytest.approx(10)


@pytest.mark.parametrize(("urgent", "most"), [(False, 100), (True, 105)])
async def test_a_day_has_an_end_and_another_begins(
    budget: Budget, time: Time, urgent: bool, most: int
) -> None:
    await pay(budget, most, urgent)
    with pytest.raises(Limited, match="a day that the console allows itself are used up"):
        await budget.pay(urgent)
    assert budget.spent().left_today == 0
    time.day = date(2026, 1, 2)
    await pay(budget, 1, urgent)
    assert (budget.spent().rest, budget.spent().rest_today) == (most + 1, 1)


async def test_after_a_refusal_nothing_is_sent_for_longer_each_time(budget: Budget, time: Time) -> None:
    held = []
    for _ in range(3):
        budget.answered(429, await budget.pay(True))
        with pytest.raises(Limited, match="request limit is reached; it is asked again in") as told:
            await budget.pay(True)
        held.append(told.value.retry_after_s)
        time.now_s += told.value.retry_after_s or 0
    assert held == [2.0, 4.0, 8.0]
    assert (budget.spent().refused, budget.spent().rest) == (3, 3)
    await pay(budget, 1)
    assert budget.spent().held_s == 0


async def test_the_server_may_ask_for_a_longer_rest(budget: Budget) -> None:
    budget.answered(429, await budget.pay(True), retry_after_s=90)
    assert budget.spent().held_s == 90
    budget.answered(429, False)
    assert budget.spent().held_s == 90


async def test_a_refusal_after_a_long_silence_means_the_day(budget: Budget, time: Time) -> None:
    budget.answered(429, await budget.pay(True))
    assert not budget.spent().for_the_day
    time.now_s += 11
    budget.answered(429, await budget.pay(True))
    assert budget.spent().for_the_day
    with pytest.raises(Limited, match="limit of requests for today is reached"):
        await budget.pay(True)
    time.day = date(2026, 1, 2)
    await pay(budget, 1)
    assert not budget.spent().for_the_day


async def test_long_work_leaves_of_the_burst_and_of_the_day_what_is_not_its_own(
    budget: Budget, time: Time
) -> None:
    budget.allowance = replace(FEW, spared=6, spared_today=40)
    pace = budget.pace()
    assert pace is not None
    assert (pace.at_once, pace.per_s, pace.left_today) == (4, 2, 60)
    for _ in range(5):
        await budget.spare(1)
        budget.answered(200, await budget.pay(urgent=True))
    assert time.waits == [0.5]
    # A page still finds something at once.
    await pay(budget, 2)
    assert time.waits == [0.5]


async def test_long_work_ends_before_the_day_does(budget: Budget, time: Time) -> None:
    budget.allowance = replace(FEW, spared=6, spared_today=40)
    for _ in range(60):
        await budget.spare(1)
        budget.answered(200, await budget.pay(urgent=True))
    with pytest.raises(Limited, match="midnight"):
        await budget.spare(1)
    time.now_s += 60
    await pay(budget, 1)
    time.day = date(2026, 1, 2)
    await budget.spare(1)


async def test_long_work_stops_after_a_refusal_and_nothing_holds_it_without_an_allowance(
    budget: Budget, time: Time
) -> None:
    budget.answered(429, await budget.pay(True))
    with pytest.raises(Limited) as held:
        await budget.spare(1)
    assert held.value.retry_after_s
    free = Budget(lambda: time.now_s, lambda: time.day, time.sleep)
    await free.spare(1_000_000)
    assert free.pace() is None
