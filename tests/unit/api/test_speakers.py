"""Which dialect a server has is not decided by a moment in which it could not say."""

from collections.abc import AsyncIterator

import httpx
import pytest

from ratchet_web.api import Ratchet, RatchetError
from ratchet_web.api.retry import RetryPolicy
from ratchet_web.models.dialect import Tongue
from tests.doubles.native import Native, native

ONCE = RetryPolicy(tries=1)


class Failing(httpx.AsyncBaseTransport):
    """The native server behind a proxy that answers 503 at some paths."""

    def __init__(self, double: Native) -> None:
        self._inner = double.transport
        self.paths: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in self.paths:
            return httpx.Response(503, text="busy")
        return await self._inner.handle_async_request(request)


@pytest.fixture
async def proxy() -> AsyncIterator[Failing]:
    async with native() as double:
        yield Failing(double)


@pytest.mark.parametrize(
    "paths",
    [{"/graphql"}, {"/graphql", "/api/v1/tasks"}, {"/api/v1/capabilities"}],
    ids=["graphql", "all but capabilities", "capabilities"],
)
async def test_a_server_that_is_busy_is_asked_again(proxy: Failing, paths: set[str]) -> None:
    async with Ratchet("http://native.test", transport=proxy, retry=ONCE) as ratchet:
        proxy.paths = paths
        with pytest.raises(RatchetError) as told:
            await ratchet.dialect()
        assert told.value.status == 503
        proxy.paths = set()
        dialect = await ratchet.dialect()
    assert (dialect.tongue, dialect.graphql) == (Tongue.NATIVE, True)
