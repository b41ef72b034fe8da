"""How often one address may try to sign in."""

from ratchet_web.access import pace
from ratchet_web.access.pace import Pace


def test_tries_wait_once_there_were_too_many_and_others_do_not() -> None:
    now_s = [0.0]
    tries = Pace(most=2, window_s=10, now_s=lambda: now_s[0])
    assert [tries.wait_s("a"), tries.wait_s("a"), tries.wait_s("b")] == [0, 0, 0]
    now_s[0] = 4
    assert tries.wait_s("a") == 6
    now_s[0] = 10
    assert tries.wait_s("a") == 0


def test_a_good_try_does_not_count() -> None:
    tries = Pace(most=1, window_s=10, now_s=lambda: 0.0)
    for _ in range(3):
        assert tries.wait_s("a") == 0
        tries.forgive("a")
    assert tries.wait_s("a") == 0
    assert tries.wait_s("a") == 10


def test_what_is_remembered_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(pace, "KEYS_MOST", 5)
    tries = Pace(most=1)
    for n in range(20):
        tries.wait_s(str(n))
    assert len(tries._tries) == 5
