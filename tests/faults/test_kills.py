"""Nothing that was acknowledged is lost, and nothing runs twice unseen, whatever is killed and whenever."""

import random

import pytest

from tests.faults import kills
from tests.support.server import asked_on_port


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """Return how many times something is killed: `--rounds`."""
    return int(request.config.getoption("--rounds"))


async def test_kills_at_random_moments_lose_nothing(tmp_path, rounds, request):
    seed = request.config.getoption("--seed") or random.randrange(1 << 32)
    acknowledged, killed = kills.Acknowledged(), []
    variables = {
        "RATCHET_RETRY_BASE_S": "0.02",
        "RATCHET_RETRY_MAX_S": "0.2",
        "RATCHET_FETCH_ALLOW": "127.0.0.1",
        # Lines of what ended a second ago are removed all the time.
        "RATCHET_KEEP_LOG_DAYS": "0.00001",
        "RATCHET_KEEP_EVERY_S": "0.1",
    }
    async with kills.witnessing() as witness:
        async with asked_on_port(tmp_path, **variables) as (process, api):
            task = (await api.task(kills.SOURCE))["id"]
            await kills.prepare(api.client, task, witness)
            for number in range(rounds):
                chance = random.Random(seed + number)
                killed.append(await kills.Round(process, task, witness, chance).go(acknowledged))
            print(f"seed {seed}, killed {killed}, acknowledged {len(acknowledged.jobs)} jobs")
            await kills.settled(process, acknowledged)
        assert acknowledged.jobs
        assert acknowledged.executions
        kills.check(tmp_path, acknowledged, witness)
