import pytest

from ratchet_web.api import Broken, Limited, RatchetError, Unreachable
from ratchet_web.live.policy import costly_look_s, next_look_s, reconnect_s, retry_s


@pytest.mark.parametrize(
    ("age_s", "unfinished", "failures", "wait_s"),
    [
        (0, True, 0, 2),
        (29, True, 0, 2),
        (30, True, 0, 5),
        (299, True, 0, 5),
        (300, True, 0, 10),
        (1e9, True, 0, 10),
        (0, False, 0, 5),
        (59, False, 0, 5),
        (60, False, 0, 15),
        (600, False, 0, 60),
        (0, True, 1, 2),
        (0, True, 2, 4),
        (0, True, 5, 32),
        (0, True, 99, 60),
        (600, False, 1, 60),
    ],
)
def test_when_to_look_again(age_s: float, unfinished: bool, failures: int, wait_s: float) -> None:
    assert next_look_s(age_s, unfinished, failures) == wait_s


def test_a_day_of_watching_one_quiet_list_is_a_small_part_of_the_daily_limit() -> None:
    age_s = looks = 0.0
    while age_s < 86_400:
        age_s += next_look_s(age_s, False, 0)
        looks += 1
    assert looks < 1_500


@pytest.mark.parametrize(
    ("wait_s", "unfinished", "costly_s"), [(2, True, 30), (2, False, 120), (45, True, 45), (300, False, 300)]
)
def test_where_a_look_is_dear_it_is_rare(wait_s: float, unfinished: bool, costly_s: float) -> None:
    assert costly_look_s(wait_s, unfinished) == costly_s


@pytest.mark.parametrize(("failures", "wait_s"), [(1, 2), (2, 4), (3, 8), (6, 60), (1000, 60)])
def test_retries_come_slower_and_slower(failures: int, wait_s: float) -> None:
    assert retry_s(failures) == wait_s


@pytest.mark.parametrize(
    ("failures", "error", "wait_s"),
    [
        (1, Unreachable("x"), 0.2),
        (2, Unreachable("x"), 0.4),
        (9, Unreachable("x"), 2),
        (9, Broken("x", status=503), 2),
        (9, Broken("x", status=500), 30),
        (1, Limited("x", status=429), 2),
        (9, Limited("x", status=429), 60),
        (1, Limited("x", status=429, retry_after_s=90), 90),
    ],
)
def test_when_to_connect_again(failures: int, error: RatchetError, wait_s: float) -> None:
    assert reconnect_s(failures, error) == wait_s
