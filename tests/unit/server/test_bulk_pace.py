"""How fast a bulk operation goes."""

from ratchet_web.server.bulk.pace import CHUNK_FIRST, CHUNK_MOST, CHUNK_S, Pace


async def test_chunks_grow_until_they_take_their_time():
    pace = Pace()
    assert pace.chunk == CHUNK_FIRST
    pace.took(CHUNK_FIRST, CHUNK_S / 10)
    assert pace.chunk == 2 * CHUNK_FIRST
    pace.took(2 * CHUNK_FIRST, CHUNK_S * 4)
    assert pace.chunk == CHUNK_FIRST // 2


async def test_chunks_have_a_least_and_a_most():
    pace = Pace()
    for _ in range(20):
        pace.took(pace.chunk, 1e-6)
    assert pace.chunk == CHUNK_MOST
    for _ in range(20):
        pace.took(pace.chunk, 10.0)
    assert pace.chunk == 1


async def test_a_limited_pace_takes_few_at_a_time_and_waits():
    pace = Pace(100)
    assert pace.chunk == 20
    assert pace.wait_s() == 0
    pace.took(20, 0.001)
    assert 0.15 < pace.wait_s() <= 0.2
    assert Pace(0.5).chunk == 1


async def test_the_pace_is_known_once_something_was_done():
    pace = Pace()
    assert pace.per_second() is None
    pace.took(10, 0.01)
    assert pace.per_second() > 0
