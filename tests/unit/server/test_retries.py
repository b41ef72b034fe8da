"""How long a failed job waits."""

import pytest

from ratchet_web.server.retries import retry_delay_ms
from ratchet_web.settings import Settings

POLICY = Settings(retry_base_s=2, retry_max_s=300)


@pytest.mark.parametrize(
    ("retries", "chance", "delay_ms"),
    [
        (0, 0.5, 2_000),
        (1, 0.5, 4_000),
        (2, 0.5, 8_000),
        (0, 0.0, 1_600),
        (0, 1.0, 2_400),
        (7, 0.5, 256_000),
        (8, 0.5, 300_000),
        (8, 1.0, 300_000),
        (100, 0.0, 240_000),
    ],
)
def test_the_wait_doubles_up_to_the_maximum_give_or_take_a_fifth(retries, chance, delay_ms):
    assert retry_delay_ms(retries, POLICY, chance) == delay_ms


def test_without_a_given_chance_waits_differ():
    assert len({retry_delay_ms(3, POLICY) for _ in range(20)}) > 1
