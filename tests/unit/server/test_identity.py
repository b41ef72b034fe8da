"""Sessions and tokens end when they should."""

import pytest

from ratchet_web.models.users import Role
from ratchet_web.server.access.identity import Identity, hashed, new_token
from ratchet_web.server.access.passwords import WAITING_MOST, BusyError, Passwords, hasher
from ratchet_web.server.store.codes import RoleCode, TokenCode
from ratchet_web.server.store.errors import TooMany
from ratchet_web.server.store.tokens import SESSIONS_MOST, TOKENS_MOST, NewToken
from ratchet_web.settings import Settings
from tests.unit.server.clock import HandClock

NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000


@pytest.fixture
def clock():
    return HandClock(NOW_MS)


@pytest.fixture
async def identity(store, clock):
    chosen = Settings(server_auth="on", server_session_s=36_000, server_session_idle_s=3600)
    made = Identity(chosen, store, clock)
    yield made
    await made.close()


@pytest.fixture
async def user(store):
    return await store.users.add("ada", RoleCode.USER, hasher().hash("a long enough password"), NOW_MS)


async def logged_in(identity):
    found = await identity.login("ada", "a long enough password", "10.0.0.1")
    assert found is not None
    return found[1].secret


async def test_a_session_ends_when_it_is_not_used(identity, user, clock):
    token = await logged_in(identity)
    clock.set(NOW_MS + HOUR_MS - 1)
    assert (await identity.of(token)).name == "ada"
    await identity.close()  # what was noted is written
    clock.set(NOW_MS + 2 * HOUR_MS - 2)
    assert await identity.of(token) is not None
    clock.set(NOW_MS + 4 * HOUR_MS)
    assert await identity.of(token) is None


async def test_a_session_ends_in_any_case(identity, store, user, clock):
    token = await logged_in(identity)
    row = await store.tokens.holder(hashed(token))
    for hour in range(1, 10):
        clock.set(NOW_MS + hour * HOUR_MS - 1)
        await store.tokens.used(row.id, clock.now_ms())
    assert await identity.of(token) is not None
    clock.set(NOW_MS + 10 * HOUR_MS)
    await store.tokens.used(row.id, clock.now_ms())
    assert await identity.of(token) is None


async def test_an_api_token_ends_only_when_it_was_to(identity, store, user, clock):
    ends, lasts = new_token(), new_token()
    for secret, expires_at in ((ends, NOW_MS + HOUR_MS), (lasts, None)):
        made = NewToken(user.id, TokenCode.API, hashed(secret), "t", RoleCode.ADMIN, NOW_MS, expires_at)
        await store.tokens.add(made)
    clock.set(NOW_MS + HOUR_MS)
    assert await identity.of(ends) is None
    # It was made for more than its user may do.
    assert (await identity.of(lasts)).role is Role.USER
    clock.set(NOW_MS + 10_000 * HOUR_MS)
    assert await identity.of(lasts) is not None


async def test_a_user_has_only_so_many_sessions_and_tokens(identity, store, user):
    first = await logged_in(identity)
    for number in range(SESSIONS_MOST):
        session = NewToken(user.id, TokenCode.SESSION, bytes([number]), "", RoleCode.USER, NOW_MS, None)
        await store.tokens.begin_session(session)
    assert await identity.of(first) is None
    for number in range(TOKENS_MOST):
        made = NewToken(user.id, TokenCode.API, b"t%d" % number, "", RoleCode.USER, NOW_MS, None)
        await store.tokens.add(made)
    with pytest.raises(TooMany):
        await store.tokens.add(NewToken(user.id, TokenCode.API, b"t", "", RoleCode.USER, NOW_MS, None))


async def test_a_wrong_token_is_nobodys(identity, user):
    for token in ("", "x", new_token(), hashed(await logged_in(identity)).hex()):
        assert await identity.of(token) is None


def test_tokens_are_long_and_never_the_same():
    assert len({new_token() for _ in range(1000)}) == 1000
    assert all(len(new_token()) >= 43 for _ in range(10))


async def test_passwords_take_the_memory_that_they_may_and_no_more_wait_than_may():
    passwords = Passwords()
    try:
        kept = await passwords.hash("secret")
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert await passwords.matches("secret", kept)
        assert not await passwords.matches("Secret", kept)
        assert not await passwords.matches("secret", None)
        assert passwords.verified == 3
        passwords._waiting = WAITING_MOST
        with pytest.raises(BusyError):
            await passwords.matches("secret", kept)
    finally:
        passwords.close()
