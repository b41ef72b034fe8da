"""A new database gets the examples whole or not at all, once, with this server's own address."""

import pytest

from ratchet_web.server.first_start import beginning
from ratchet_web.server.home import health_url
from ratchet_web.server.store.beginning import Beginning
from ratchet_web.server.store.lists.base import Window
from ratchet_web.server.store.store import Store
from ratchet_web.settings import Settings

ALL = Window("id", limit=100)
NOW = 1_000
ELSEWHERE = Settings(server_host="127.0.0.2", server_port=18080)


def examples():
    return beginning(ELSEWHERE, NOW)


def half_of_them():
    """Return examples of which one cannot be stored, as after an end in the midst of it."""
    whole = examples()
    return Beginning(NOW, whole.tasks, [*whole.schedules[:2], ("no such task", {})])


def broken():
    raise RuntimeError("a mistake of ours")


async def names(store):
    tasks, schedules = await store.tasks.page({}, ALL), await store.schedules.page({}, ALL)
    return [row.name for row in tasks.rows], [row.name for row in schedules.rows]


@pytest.mark.parametrize(("first", "error"), [(half_of_them, KeyError), (broken, RuntimeError)])
async def test_a_beginning_that_failed_is_made_up_for_at_the_next_start(tmp_path, first, error):
    with pytest.raises(error):
        await Store.open(tmp_path, first)
    store = await Store.open(tmp_path, examples)
    tasks, schedules = await names(store)
    await store.close()
    assert (len(tasks), len(schedules)) == (5, 5)


async def test_a_database_begins_once(tmp_path):
    first = await Store.open(tmp_path)
    await first.close()
    second = await Store.open(tmp_path, examples)
    assert await names(second) == ([], [])
    await second.close()


async def test_the_examples_call_the_server_that_holds_them(tmp_path):
    store = await Store.open(tmp_path, examples)
    listed = (await store.tasks.page({"name": "fetch-status"}, ALL)).rows
    task = await store.tasks.get(listed[0].id)
    schedule = next(row for row in (await store.schedules.page({}, ALL)).rows if row.task_id == task.id)
    await store.close()
    for text in (task.source_code, task.input_schema, schedule.input):
        assert "http://127.0.0.2:18080/api/v1/health" in text
        assert ":8080" not in text


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("ratchet.test", "ratchet.test"),
    ],
)
def test_the_own_address_can_be_called(host, address):
    settings = Settings(server_host=host, server_port=9000, api_url="http://another.test/api/v1")
    assert health_url(settings) == f"http://{address}:9000/api/v1/health"
