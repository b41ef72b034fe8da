"""Sessions that workers share through a real Redis, each met from two sides."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import pytest

from ratchet_web.access.sessions import key_of
from ratchet_web.access.shared_sessions import SharedSessions
from ratchet_web.models.users import Role
from ratchet_web.peers.peers import AwayError
from tests.support.workers import ANN, UNTIL_S, Worker, until

# The commands that read or write keys.
LOOKED = ("get", "mget", "set", "del", "exists")


def aging(workers: tuple[Worker, Worker]) -> tuple[SharedSessions, SharedSessions, list[float], list[str]]:
    """Return the sessions of both, the time at the second, and the servers that it tells of an end."""
    now, left = [time.time()], []
    here = workers[0].sessions(lambda seat: None)
    there = workers[1].sessions(lambda seat: left.append(seat.server))
    there._now_s = lambda: now[0]
    return here, there, now, left


async def signed_in_again(
    server: str, at: SharedSessions, other: SharedSessions, *, begun: SharedSessions
) -> str:
    """Sign in at the worker `begun`, then on this server `at` a worker; return the id that all know then."""
    first, _ = begun.sign_in("prod", ANN, "one")
    await begun.keep(first)
    for each in (at, other):
        await each.meet(first)
    second, _ = at.sign_in(server, ANN, "two", old_id=first)
    await at.keep(second)
    await until(lambda: other.of(first) is None)
    return second


async def test_a_session_is_known_to_all_workers_and_its_end_too(workers, redis):
    left: list[str] = []
    here = workers[0].sessions(lambda seat: left.append(f"0:{seat.token}"))
    there = workers[1].sessions(lambda seat: left.append(f"1:{seat.token}"))
    id, _ = here.sign_in("prod", ANN, "token-of-ann")
    await here.keep(id)
    assert there.of(id) is None
    await there.meet(id)
    met = there.of(id)
    assert met is not None
    assert (met.seats["prod"].account, met.seats["prod"].token) == (ANN, "token-of-ann")
    assert met.seats["prod"].space == here.of(id).seats["prod"].space
    kept = [await workers[0].bus.redis.get(key) for key in await workers[0].bus.redis.keys("*")]
    assert len(kept) >= 2
    assert not [each for each in kept if b"ann" in each or id.encode() in each]
    there.sign_out(id)
    await there.settled()
    await until(lambda: here.of(id) is None)
    await here.meet(id)
    assert here.of(id) is None
    # The server is told once, by the worker at which it ended.
    assert sorted(left) == ["0:", "1:token-of-ann"]


async def test_a_second_sign_in_gives_a_new_id_everywhere(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    second = await signed_in_again("staging", there, here, begun=here)
    await here.meet(second)
    session = here.of(second)
    assert session is not None
    assert sorted(session.seats) == ["prod", "staging"]


async def test_what_goes_on_for_somebody_goes_on_when_they_sign_in_elsewhere_too(workers):
    here, there, now, left = aging(workers)
    first = ""
    for server in ("prod", "test"):
        first, _ = here.sign_in(server, ANN, f"of-{server}", old_id=first)
        await here.keep(first)
    await there.meet(first)
    prod = there.of(first).seats["prod"]
    second, _ = here.sign_in("test", ANN, "anew", old_id=first)
    await here.keep(second)
    await until(lambda: there.of(first) is None)
    await there.meet(first)
    assert there.of(first) is None
    now[0] += 100
    await there.refresh()
    assert left == ["test"]
    await there.meet(second)
    session = there.of(second)
    assert (session.seats["prod"], prod.session) == (prod, session)
    assert (session.seats["test"].token, left) == ("anew", ["test"])


async def test_what_moved_with_a_session_ends_with_it(workers):
    here, there, now, left = aging(workers)
    second = await signed_in_again("test", here, there, begun=here)
    here.sign_out(second)
    await here.settled()
    await there.refresh()
    assert left == []
    now[0] += 100
    await there.refresh()
    assert left == ["prod"]


async def test_a_look_at_all_sessions_ends_none_that_is_being_made(workers):
    here = workers[0].sessions(lambda seat: pytest.fail("ended"))
    id, _ = here.sign_in("prod", ANN, "one")
    await here.refresh()
    await here.keep(id)
    await here.refresh()
    assert here.of(id)


async def test_a_role_that_changed_is_known_to_all_workers(workers):
    here, there = (each.sessions(lambda seat: pytest.fail("ended")) for each in workers)
    id, seat = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    await there.meet(id)
    here.change(seat, ANN.model_copy(update={"role": Role.READONLY}))
    await until(lambda: there.of(id).seats["prod"].account.role is Role.READONLY)
    late = workers[1].sessions(lambda seat: None)
    await late.meet(id)
    assert late.of(id).seats["prod"].account.role is Role.READONLY


async def test_who_is_active_at_one_worker_is_not_idle_at_another(workers):
    now = [time.time()]
    here, there = (each.sessions(lambda seat: None, idle_s=100.0) for each in workers)
    here._now_s = there._now_s = lambda: now[0]
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    await there.meet(id)
    now[0] += 90
    assert here.of(id)
    await here.refresh()
    now[0] += 60
    await there.refresh()
    there.sweep()
    assert len(there) == 1
    now[0] += 60
    for each in (here, there):
        await each.refresh()
        each.sweep()
        await each.settled()
    assert (len(here), len(there)) == (0, 0)


async def test_a_redis_that_lost_everything_signs_nobody_out(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    await here.refresh()
    await workers[0].bus.redis.flushall()
    await here.refresh()
    assert here.of(id)
    await there.meet(id)
    assert there.of(id)


async def test_a_redis_that_lost_everything_before_a_worker_looked_signs_nobody_out_there(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    await there.meet(id)
    await workers[0].bus.redis.flushall()
    for each in (there, here):
        await each.refresh()
        assert each.of(id)


async def test_a_redis_that_comes_back_with_nothing_is_told_at_once_who_is_signed_in(workers, redis):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    redis.stop()
    await until(lambda: all(each.bus.trouble for each in workers))
    redis.start()
    async with asyncio.timeout(UNTIL_S):
        while there.of(id) is None:
            await asyncio.sleep(0.01)
            with suppress(AwayError):
                await there.meet(id)


async def test_a_redis_that_loses_everything_amid_a_look_signs_nobody_out(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    await there.meet(id)
    look = here._see_whether_all_is_there

    async def looked_before_all_was_lost() -> None:
        await look()
        await workers[0].bus.redis.flushall()

    here._see_whether_all_is_there = looked_before_all_was_lost
    await here.refresh()
    assert here.of(id)
    there._heard("other", key_of(id).hex())
    await there.settled()
    assert there.of(id)


async def test_who_signed_out_while_redis_was_away_stays_signed_out_whoever_brings_the_rest_back(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    other, _ = here.sign_in("prod", ANN, "two")
    for each in (id, other):
        await here.keep(each)
        await there.meet(each)
    for each in (here, there):
        await each.refresh()
    # One worker is back before the other: what it tells is not heard there.
    there._peers.hear("session", lambda worker, body: None)
    await workers[0].bus.redis.flushall()
    here.sign_out(id)
    await here.refresh()
    await there.refresh()
    for each in (here, there):
        await each.meet(id)
        assert each.of(id) is None
        assert each.of(other)


@pytest.mark.parametrize("looks", [0, 1, 2])
async def test_a_redis_that_is_as_it_was_before_brings_nobody_back_and_signs_nobody_out(workers, looks):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    before, _ = here.sign_in("prod", ANN, "zero")
    old, _ = here.sign_in("prod", ANN, "one")
    for each in (before, old):
        await here.keep(each)
        await there.meet(each)
    here.sign_out(before)
    await here.settled()
    await until(lambda: there.of(before) is None)
    for each in (here, there) * looks:
        await each.refresh()
    redis = workers[0].bus.redis
    kept = {key: await redis.get(key) for key in await redis.keys("*")}
    new, _ = here.sign_in("prod", ANN, "two")
    await here.keep(new)
    await there.meet(new)
    there.sign_out(old)
    await there.settled()
    await until(lambda: here.of(old) is None)
    for each in (here, there) * looks:
        await each.refresh()
    # As one does that was killed, and keeps its data on disk now and then.
    await redis.flushall()
    await redis.mset(kept)
    late = workers[1].sessions(lambda seat: None)
    for each in (here, there):
        await each.refresh()
    for each in (here, there, late):
        await each.meet(old)
        assert each.of(old) is None
        await each.meet(new)
        assert each.of(new)


async def test_a_redis_that_is_as_it_was_before_amid_a_look_brings_nobody_back(workers):
    here, late = (each.sessions(lambda seat: None) for each in workers)
    ids = [here.sign_in("prod", ANN, token)[0] for token in ("one", "two")]
    for each in ids:
        await here.keep(each)
    redis = workers[0].bus.redis
    kept = {key: await redis.get(key) for key in await redis.keys("*")}
    for each in ids:
        # Of the first that is over, Redis is known to know; of the second not yet.
        await here.refresh()
        here.sign_out(each)
        await here.settled()
    look = here._see_whether_all_is_there

    async def looked_before_it_went_back() -> None:
        await look()
        await redis.flushall()
        await redis.mset(kept)
        here._see_whether_all_is_there = look

    here._see_whether_all_is_there = looked_before_it_went_back
    for _ in range(6):
        await here.refresh()
    for each in ids:
        await late.meet(each)
        assert late.of(each) is None


async def test_a_quiet_look_asks_for_those_alone_who_are_signed_in(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    stays, _ = here.sign_in("prod", ANN, "one")
    await here.keep(stays)
    await there.meet(stays)
    for n in range(50):
        id, _ = here.sign_in("prod", ANN, f"of-{n}")
        await here.keep(id)
        await there.meet(id)
        (here, there)[n % 2].sign_out(id)
    for each in (here, there):
        await each.settled()
        await until(lambda each=each: len(each) == 1)
    for each in (here, there):
        await each.refresh()
        asked, keys = await asked_by(each, workers[0].bus.redis)
        # What Redis has for as long as it loses nothing, then the use and the end of one session.
        assert (asked, keys) == ({"mget": 3, "get": 1}, 5)


async def asked_by(sessions: SharedSessions, redis: Any) -> tuple[dict[str, int], int]:
    """Return the commands of a look, by their names, and how many keys they look up."""
    await redis.config_resetstat()
    await sessions.refresh()
    told, stats = await redis.info("commandstats"), await redis.info("stats")
    # The link between workers goes on meanwhile, by other commands.
    calls = {name: told[f"cmdstat_{name}"]["calls"] for name in LOOKED if f"cmdstat_{name}" in told}
    return calls, stats["keyspace_hits"] + stats["keyspace_misses"]


async def test_a_worker_that_stops_signs_nobody_out(workers):
    here, there = (each.sessions(lambda seat: pytest.fail("ended")) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    here.close()
    await there.meet(id)
    assert there.of(id)


async def test_a_lost_time_of_use_ends_no_session(workers):
    here = workers[0].sessions(lambda seat: pytest.fail("ended"), idle_s=100.0)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    now, redis = time.time() + 150, workers[0].bus.redis
    here._now_s = lambda: now
    here.use(here._sessions[key_of(id)])
    used = f"ratchet-web:used:{key_of(id).hex()}"
    for lost in (None, b"", b"abc", b"-5", b"nan", b"1e400", b"%f" % (now + 1_000)):
        there = workers[1].sessions(lambda seat: pytest.fail("ended"), idle_s=100.0)
        there._now_s = lambda: now
        await (redis.delete(used) if lost is None else redis.set(used, lost))
        await there.meet(id)
        there.sweep()
        await there.settled()
        assert there.of(id)
        await there.refresh()
        await here.refresh()
        assert float(await redis.get(used)) == now


async def test_a_lost_time_of_use_lets_no_session_outlive_its_end(workers):
    here, there = (each.sessions(lambda seat: None) for each in workers)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    await workers[0].bus.redis.delete(f"ratchet-web:used:{key_of(id).hex()}")
    there._now_s = lambda: time.time() + 10_001
    await there.meet(id)
    assert there.of(id) is None


async def test_rubbish_in_redis_is_no_use_to_come_and_stops_nothing(workers):
    here = workers[0].sessions(lambda seat: None)
    id, _ = here.sign_in("prod", ANN, "one")
    await here.keep(id)
    redis = workers[0].bus.redis
    for rubbish in (b"rubbish", b"nan", b"inf", b"\xff"):
        there = workers[1].sessions(lambda seat: None)
        for each in (here, there):
            await redis.set(f"ratchet-web:used:{key_of(id).hex()}", rubbish)
            await each.meet(id)
            await each.refresh()
            assert each._sessions[key_of(id)].used_at <= time.time() + 1
