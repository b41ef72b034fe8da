"""One embedded server for each module of tests."""

import pytest_asyncio

from tests.support.server import in_process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    async with in_process(tmp_path_factory.mktemp("data")) as running:
        yield running
