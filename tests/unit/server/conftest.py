"""A real store in a directory of its own."""

import pytest

from ratchet_web.server.store.store import Store


@pytest.fixture
async def store(tmp_path):
    opened = await Store.open(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def task(store):
    values = {"name": "sum", "version": "1.0.0", "enabled": True, "source_code": "function main() {}"}
    return await store.tasks.add(values, 1_000)
