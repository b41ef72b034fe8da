"""Sessions: who is signed in, for how long, and what a cookie is worth."""

import pytest

from ratchet_web.access.sessions import OWN_MOST, Seat, Sessions
from ratchet_web.models.users import Account, Role

IDLE_S, LONGEST_S, MOST = 100.0, 1000.0, 3


class Clock:
    def __init__(self) -> None:
        self.s = 50.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ended() -> list[Seat]:
    return []


@pytest.fixture
def sessions(clock: Clock, ended: list[Seat]) -> Sessions:
    return Sessions(idle_s=IDLE_S, longest_s=LONGEST_S, ended=ended.append, most=MOST, now_s=clock)


def account(name: str = "ann") -> Account:
    return Account(username=name, role=Role.USER)


def test_an_id_is_long_random_and_not_kept(sessions: Sessions) -> None:
    one, seat = sessions.sign_in("", account(), "token-of-the-first")
    other, _ = sessions.sign_in("", account(), "token-of-the-second")
    assert one != other
    assert len(one) >= 40
    assert sessions.of(one) is seat.session
    assert sessions.of("guessed") is sessions.of("") is None
    assert one not in repr(vars(sessions))
    assert "token-of-the-first" not in repr(vars(sessions)) + repr(seat)


def test_who_does_nothing_is_signed_out_and_each_use_counts_anew(
    sessions: Sessions, clock: Clock, ended: list[Seat]
) -> None:
    id, seat = sessions.sign_in("", account(), "t")
    for _ in range(3):
        clock.s += IDLE_S - 1
        assert sessions.of(id)
    clock.s += IDLE_S
    assert sessions.of(id) is None
    assert ended == [seat]


def test_a_session_ends_however_much_it_is_used(sessions: Sessions, clock: Clock, ended: list[Seat]) -> None:
    id, seat = sessions.sign_in("", account(), "t")
    while clock.s < 50 + LONGEST_S - IDLE_S / 2:
        assert sessions.of(id)
        clock.s += IDLE_S / 2
    clock.s = 50 + LONGEST_S
    assert sessions.of(id) is None
    assert ended == [seat]


def test_a_seat_ends_with_its_token_and_a_sweep_finds_it(
    sessions: Sessions, clock: Clock, ended: list[Seat]
) -> None:
    id, short = sessions.sign_in("prod", account(), "t", lasts_s=30)
    id, long = sessions.sign_in("staging", account(), "u", old_id=id)
    clock.s += 30
    sessions.sweep()
    assert ended == [short]
    session = sessions.of(id)
    assert session
    assert list(session.seats) == ["staging"]
    sessions.end(long)
    assert sessions.of(id) is None
    assert len(sessions) == 0


def test_a_sign_in_on_another_server_keeps_the_first_under_a_new_id(
    sessions: Sessions, ended: list[Seat]
) -> None:
    before, _ = sessions.sign_in("prod", account(), "t")
    after, seat = sessions.sign_in("staging", account("anna"), "u", old_id=before)
    assert sessions.of(before) is None
    assert {*seat.session.seats} == {"prod", "staging"}
    assert sessions.of(after) is seat.session
    assert not ended


@pytest.mark.parametrize("refused_before", [False, True])
def test_another_person_on_the_same_server_gets_nothing_of_the_first(
    sessions: Sessions, ended: list[Seat], refused_before: bool
) -> None:
    id, prod = sessions.sign_in("prod", account("ann"), "t")
    id, staging = sessions.sign_in("staging", account("ann"), "u", old_id=id)
    if refused_before:
        sessions.end(prod)
    id, seat = sessions.sign_in("prod", account("rob"), "v", old_id=id)
    assert {*seat.session.seats} == {"prod"}
    assert seat.session is not prod.session
    assert {*ended} == {prod, staging}


def test_the_same_person_again_replaces_their_token(sessions: Sessions, ended: list[Seat]) -> None:
    id, old = sessions.sign_in("prod", account(), "t")
    _, new = sessions.sign_in("prod", account(), "u", old_id=id)
    assert ended == [old]
    sessions.end(old)
    assert new.session.seats == {"prod": new}
    assert ended == [old]


def test_with_too_many_the_one_that_was_used_least_lately_goes(sessions: Sessions, ended: list[Seat]) -> None:
    (first, _), (second, seat), (third, _) = (sessions.sign_in("", account(), str(n)) for n in range(3))
    sessions.of(first)
    sessions.sign_in("", account(), "3")
    assert ended == [seat]
    assert [bool(sessions.of(id)) for id in (first, second, third)] == [True, False, True]


def test_who_signs_out_is_signed_out_everywhere(sessions: Sessions, ended: list[Seat]) -> None:
    id, prod = sessions.sign_in("prod", account(), "t")
    id, staging = sessions.sign_in("staging", account(), "u", old_id=id)
    sessions.sign_out(id)
    sessions.sign_out(id)
    sessions.sign_out("guessed")
    assert ended == [prod, staging]
    assert len(sessions) == 0


def test_one_account_pushes_only_itself_out(clock: Clock, ended: list[Seat]) -> None:
    sessions = Sessions(idle_s=IDLE_S, longest_s=LONGEST_S, ended=ended.append, now_s=clock)
    rob, _ = sessions.sign_in("", account("rob"), "r")
    own = [sessions.sign_in("", account(), f"t{n}")[0] for n in range(OWN_MOST + 2)]
    assert sessions.of(rob)
    assert [bool(sessions.of(id)) for id in own] == [False, False, *([True] * OWN_MOST)]
    assert [seat.token for seat in ended] == ["t0", "t1"]
