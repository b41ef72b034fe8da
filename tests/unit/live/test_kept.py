"""Answers that stand for a while."""

import asyncio

import pytest

from ratchet_web.api import Broken, Limited, RatchetError, Unreachable
from ratchet_web.api.kept import Kept


class Asked:
    """Counts; answers with the count, or with the next error."""

    def __init__(self, *errors: RatchetError) -> None:
        self.times = 0
        self._errors = list(errors)

    async def __call__(self) -> int:
        self.times += 1
        await asyncio.sleep(0.5)
        if self._errors:
            raise self._errors.pop(0)
        return self.times


async def test_an_answer_stands_for_its_time_and_no_longer() -> None:
    asked = Asked()
    kept = Kept(asked)
    kept.keep_s = 300
    assert [await kept.get() for _ in range(3)] == [1, 1, 1]
    await asyncio.sleep(299)
    assert await kept.get() == 1
    await asyncio.sleep(2)
    assert await kept.get() == 2


async def test_without_a_time_each_asks_but_who_waits_shares() -> None:
    asked = Asked()
    kept = Kept(asked)
    assert await kept.get() == 1
    assert await kept.get() == 2
    assert await asyncio.gather(*(kept.get() for _ in range(10))) == [3] * 10


async def test_a_refusal_is_kept_too() -> None:
    asked = Asked(Broken("no", status=500))
    kept = Kept(asked)
    kept.keep_s = 300
    for _ in range(3):
        with pytest.raises(Broken):
            await kept.get()
    assert asked.times == 1
    await asyncio.sleep(300)
    assert await kept.get() == 2


@pytest.mark.parametrize("error", [Unreachable("gone"), Limited("too many", status=429)])
async def test_no_answer_is_not_kept(error: RatchetError) -> None:
    kept = Kept(Asked(error))
    kept.keep_s = 300
    with pytest.raises(type(error)):
        await kept.get()
    assert await kept.get() == 2
