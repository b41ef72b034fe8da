"""How long a failed job waits."""

import pytest
from pydantic import ValidationError

from ratchet_web.models.jobs import RetryPolicy
from ratchet_web.server.retries import default_policy, retry_delay_ms
from ratchet_web.settings import Settings

GROWING = RetryPolicy(backoff="EXPONENTIAL", delay_seconds=2, max_delay_seconds=300, jitter=0.2)
FIXED = RetryPolicy(backoff="FIXED", delay_seconds=10, max_delay_seconds=300, jitter=0)
WILD = RetryPolicy(backoff="FIXED", delay_seconds=10, max_delay_seconds=15, jitter=1)


@pytest.mark.parametrize(
    ("policy", "retries", "chance", "delay_ms"),
    [
        (GROWING, 0, 0.5, 2_000),
        (GROWING, 1, 0.5, 4_000),
        (GROWING, 2, 0.5, 8_000),
        (GROWING, 0, 0.0, 1_600),
        (GROWING, 0, 1.0, 2_400),
        (GROWING, 7, 0.5, 256_000),
        (GROWING, 8, 0.5, 300_000),
        (GROWING, 8, 1.0, 300_000),
        (GROWING, 100, 0.0, 240_000),
        (FIXED, 0, 0.0, 10_000),
        (FIXED, 50, 1.0, 10_000),
        (WILD, 3, 0.0, 0),
        (WILD, 3, 0.5, 10_000),
        (WILD, 3, 1.0, 15_000),
    ],
)
def test_the_wait_grows_or_not_up_to_the_longest_give_or_take_the_jitter(policy, retries, chance, delay_ms):
    assert retry_delay_ms(retries, policy, chance) == delay_ms


def test_without_a_given_chance_waits_differ_within_the_jitter():
    waits = {retry_delay_ms(0, GROWING) for _ in range(50)}
    assert len(waits) > 1
    assert min(waits) >= 1_600
    assert max(waits) <= 2_400


def test_without_a_policy_of_its_own_a_job_follows_the_settings():
    policy = default_policy(Settings(retry_base_s=3, retry_max_s=5))
    assert [retry_delay_ms(n, policy, 0.5) for n in range(3)] == [3_000, 5_000, 5_000]


@pytest.mark.parametrize(
    "wrong", [{"jitter": 1.1}, {"backoff": "LINEAR"}, {"delay_seconds": 0}, {"delay": 1}]
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        RetryPolicy(**wrong)
