"""A client, and the scripted server that it asks."""

from collections.abc import AsyncIterator

import pytest

from ratchet_web.api import Ratchet
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.models.dialect import Dialect
from tests.doubles.transport import Scripted


@pytest.fixture
def server() -> Scripted:
    return Scripted()


@pytest.fixture
async def ratchet(server: Scripted) -> AsyncIterator[Ratchet]:
    quick = RetryPolicy(base_s=0.001, cap_s=0.002)
    async with Ratchet(
        "http://ratchet.test/api/v1", transport=server, retry=quick, timeout_s=5, dialect=Dialect()
    ) as client:
        yield client
