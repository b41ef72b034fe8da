"""How workers let go of each other."""

import asyncio

import pytest

from ratchet_web.peers.bus import ended


async def test_tasks_that_swallow_a_cancel_end_even_if_whoever_ends_them_is_cancelled():
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while swallowed < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    ending = asyncio.create_task(ended([task]))
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    left = not task.done()
    while not task.done():
        task.cancel()
        await asyncio.sleep(0)
    assert not left
