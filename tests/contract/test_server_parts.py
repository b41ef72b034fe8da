"""The parts of a server end, all of them, whatever one of them meets."""

import asyncio

import pytest

from ratchet_web.server.bulk.runner import Runner
from ratchet_web.server.clock import Clock
from ratchet_web.server.retention import Retention
from ratchet_web.server.scheduler import Scheduler
from ratchet_web.server.server import Server
from ratchet_web.server.store.store import Store
from ratchet_web.settings import Settings


def begin(data_dir):
    return Server.start(Settings(data_dir=data_dir, workers=1, stop_grace_s=0), Clock())


async def assert_all_ended(data_dir):
    """Nothing runs any more, and another server may have the directory."""
    assert asyncio.all_tasks() == {asyncio.current_task()}
    await (await Store.open(data_dir)).close()


async def test_what_one_part_meets_at_the_end_keeps_no_other_from_ending(tmp_path, monkeypatch, caplog):
    for part in (Runner, Scheduler):
        really = part.stop

        async def flawed(self, really=really, name=part.__name__):
            await really(self)
            raise RuntimeError(f"a mistake of the {name}")

        monkeypatch.setattr(part, "stop", flawed)
    server = await begin(tmp_path)
    with pytest.raises(RuntimeError, match="a mistake of the Scheduler"):
        await server.stop()
    told = [str(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert told == ["a mistake of the Runner", "a mistake of the Scheduler"]
    await assert_all_ended(tmp_path)


async def test_what_had_begun_ends_when_a_start_fails(tmp_path, monkeypatch):
    async def flawed(_):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(Retention, "start", flawed)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        await begin(tmp_path)
    await assert_all_ended(tmp_path)


async def test_a_server_can_be_stopped_twice(tmp_path):
    server = await begin(tmp_path)
    await server.stop()
    await server.stop()
    await assert_all_ended(tmp_path)
