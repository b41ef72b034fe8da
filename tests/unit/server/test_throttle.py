"""Failures make the next login wait, longer each time, and cost no more memory than they may."""

import pytest

from ratchet_web.server.access import throttle
from ratchet_web.server.access.throttle import (
    FORGET_S,
    FREE_BY_ADDRESS,
    FREE_BY_NAME,
    KEYS_MOST,
    LONGEST_S,
    Tally,
    Throttle,
    ThrottledError,
)


class Hand:
    now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def hand():
    return Hand()


def waits(tries, name="n", address="10.0.0.1"):
    try:
        tries.begin(name, address)
    except ThrottledError as error:
        return error.wait_s
    return 0.0


def test_some_failures_are_free_then_each_wait_is_twice_as_long(hand):
    tries, waited = Throttle(hand), []
    for number in range(FREE_BY_NAME + 9):
        assert waits(tries, address=f"10.0.0.{number}") == 0
        waited.append(waits(tries, address="10.9.9.9"))
        hand.now_s += waited[-1]
    assert waited[: FREE_BY_NAME - 1] == [0] * (FREE_BY_NAME - 1) or waited[0] == 0
    assert waited[-1] == LONGEST_S
    assert sorted(waited) == waited


def test_a_try_that_comes_too_early_does_not_make_the_wait_longer(hand):
    tries = Throttle(hand)
    while (first := waits(tries)) == 0:
        pass
    assert [waits(tries) for _ in range(5)] == [first] * 5
    hand.now_s += first
    assert waits(tries) == 0


def test_a_good_login_forgets_the_failures_of_the_name_but_not_of_the_address(hand):
    tries = Throttle(hand)
    for number in range(FREE_BY_ADDRESS):
        assert waits(tries, f"name-{number}") == 0
        if number % 2:
            tries.succeeded(f"name-{number}", "10.0.0.1")
    done = 0
    while waits(tries, f"more-{done}") == 0:
        done += 1
    assert done == FREE_BY_ADDRESS // 2


def test_many_tries_at_once_count_before_their_outcome_is_known(hand):
    tries = Throttle(hand)
    assert sum(waits(tries, "n", f"10.0.{n}.1") == 0 for n in range(100)) == FREE_BY_NAME


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_one_network_of_ipv6_is_one_address(first, second, same):
    assert (throttle._network(first) == throttle._network(second)) is same


def test_after_a_quiet_time_one_begins_anew(hand):
    tally = Tally(2, hand)
    for _ in range(5):
        tally.add("k")
    assert tally.wait_s("k") > 0
    hand.now_s += FORGET_S + 1
    tally.add("k")
    assert tally.wait_s("k") == 0


def test_the_keys_are_bounded(hand):
    tally = Tally(1, hand)
    for number in range(KEYS_MOST + 50):
        tally.add(str(number))
    assert len(tally) == KEYS_MOST
    assert tally.wait_s("0") == 0
    assert tally.wait_s(str(KEYS_MOST + 49)) > 0
