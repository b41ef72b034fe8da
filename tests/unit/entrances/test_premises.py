"""What lies behind every entrance."""

from pathlib import Path

from ratchet_web.entrances.premises import Premises
from ratchet_web.ratchet_web import app
from ratchet_web.settings import Settings

TWO = "prod=http://ratchet.test/api/v1,again=http://ratchet.test/api/v1"


def premises(tmp_path: Path, **settings: object) -> Premises:
    return Premises(app, Settings(data_dir=tmp_path, servers=TWO, **settings))


async def test_each_name_of_a_server_is_shared_with_other_workers_by_itself(tmp_path: Path) -> None:
    here, there = (premises(tmp_path, web_redis_url="redis://127.0.0.1:1/0") for _ in range(2))
    spaces = [here.sharing(name, also) for name in ("prod", "again") for also in ("", "reader")]
    assert len({space.name for space in spaces}) == 4
    assert here.sharing("prod").name == there.sharing("prod").name


def test_a_worker_alone_shares_with_nobody(tmp_path: Path) -> None:
    alone = premises(tmp_path)
    assert (alone.workers, alone.sharing("prod"), [*alone.servers]) == (None, None, ["prod", "again"])
