"""Drafts beside the queue: only so many at once, and none that nobody reads."""

import asyncio
import gc

from ratchet_web.server.engine.work import Outcome
from ratchet_web.server.trials import AT_ONCE, Trial, Trials
from ratchet_web.settings import Settings
from tests.support.server import eventually

DRAFT = Trial("function main() {}", None, None)


class Pool:
    """Runs drafts that do not end by themselves."""

    judge = None

    def __init__(self) -> None:
        self.running = 0

    async def try_out(self, work, listener) -> Outcome:
        self.running += 1
        try:
            listener.started("trial")
            return await asyncio.get_running_loop().create_future()
        finally:
            self.running -= 1


async def test_drafts_that_come_at_the_same_time_take_their_places_one_by_one():
    pool = Pool()
    trials = Trials(Settings(), pool)
    begun = await asyncio.gather(*(trials.begin(DRAFT) for _ in range(6)))
    taken = [events for events in begun if events is not None]
    assert len(taken) == AT_ONCE
    for events in taken:
        assert b"event: started" in await anext(events)
    assert pool.running == AT_ONCE
    await taken[0].aclose()
    assert pool.running == AT_ONCE - 1
    assert await trials.begin(DRAFT) is not None


async def test_a_place_that_nobody_reads_from_is_left():
    pool = Pool()
    trials = Trials(Settings(), pool)
    for _ in range(AT_ONCE):
        events = await trials.begin(DRAFT)
        await events.aclose()
    begun = [await trials.begin(DRAFT) for _ in range(AT_ONCE)]
    assert None not in begun
    await asyncio.sleep(0)
    assert pool.running == AT_ONCE
    begun.clear()
    del events
    gc.collect()
    await eventually(lambda: asyncio.sleep(0, pool.running), lambda running: running == 0)
    assert await trials.begin(DRAFT) is not None


async def test_closing_ends_every_draft_and_no_other_one_begins():
    pool = Pool()
    trials = Trials(Settings(), pool)
    events = await trials.begin(DRAFT)
    unread = await trials.begin(DRAFT)
    await anext(events)
    trials.close()
    told = [event for begun in (events, unread) async for event in begun]
    assert not any(b"event: end" in event for event in told)
    assert pool.running == 0
    assert await trials.begin(DRAFT) is None
