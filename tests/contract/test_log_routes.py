"""What the console's log viewer reads over HTTP: ranges of a level, searches, files, of a real server."""

import json
from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from ratchet_web.api import Ratchet, Unreachable
from ratchet_web.live import log_download, log_lines, log_search, ranges
from ratchet_web.server.paths import PREFIX
from ratchet_web.server.store import logs_scan
from tests.doubles.ratchet import FakeRatchet
from tests.doubles.transport import Stream, text

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRINTS = """async function main() {
  for (let n = 1; n <= 60; n++) console[n % 20 ? "info" : "warn"](`line ${n} of 60`);
  await sleep(40);
  console.error("the \\x1b[31mred\\x1b[0m one", { secret: 1 });
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def console(api):
    """Return a client of the console's routes, at the log of an execution."""
    execution = await api.done(await api.run(PRINTS))
    async with (
        Ratchet(f"http://127.0.0.1{PREFIX}", transport=api.client._transport) as ratchet,
        visitor(ratchet, execution["id"]) as client,
    ):
        yield client


def visitor(ratchet: Ratchet, execution_id: str) -> httpx.AsyncClient:
    """Return a client of the routes with this server."""
    rooms = (ranges, log_search, log_download)
    routes = [route for room in rooms for route in room.routes(lambda _: {"prod": ratchet})]
    transport = httpx.ASGITransport(Starlette(routes=routes), raise_app_exceptions=True)
    return Visitor(transport=transport, base_url=f"http://console.test/console/executions/{execution_id}")


class Visitor(httpx.AsyncClient):
    """Asks below the log."""

    async def get(self, path, **more):
        return await super().get(f"/logs{path}", **more)


async def asked(console, path="", **params):
    """Return an answer that is good."""
    answer = await console.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


@pytest.mark.parametrize(
    ("params", "seqs", "low", "high"),
    [
        ({}, [20, 40, 60, 61], 0, 61),
        ({"n": 2}, [60, 61], 59, 61),
        ({"before": 60, "n": 1}, [40], 39, 59),
        ({"before": 20}, [], 0, 19),
        ({"after": 20, "n": 2}, [40, 60], 20, 60),
        ({"after": 20, "n": 3}, [40, 60, 61], 20, 61),
        ({"after": 61}, [], 61, 61),
        ({"around": 50, "n": 2}, [40, 60], 39, 60),
        ({"around": 40, "n": 4}, [20, 40, 60], 0, 60),
        ({"around": 1, "n": 2}, [20], 0, 20),
        ({"around": 999, "n": 4}, [60, 61], 59, 61),
        ({"level": "error"}, [61], 0, 61),
    ],
)
async def test_a_level_has_ranges_of_its_own(console, params, seqs, low, high):
    found = await asked(console, **{"level": "warn", **params})
    assert ([line["seq"] for line in found["lines"]], found["low"], found["high"]) == (seqs, low, high)
    assert (found["total"], found["done"]) == (61, True)


async def test_a_time_leads_to_the_first_line_from_it_on(console):
    last = (await asked(console, level="error"))["lines"][0]
    since = datetime.fromisoformat(last["time"]) - timedelta(milliseconds=1)
    found = await asked(console, since=since.isoformat(), n=1)
    assert [line["seq"] for line in found["lines"]] == [61]
    later = since + timedelta(hours=1)
    assert (await asked(console, since=later.isoformat(), n=1))["lines"] == []


async def test_a_search_tells_numbers_and_levels_are_counted(console):
    found = await asked(console, "/matches", q="line 5")
    assert found == {"runs": [[5, 1], [50, 10]], "total": 61, "next": 61, "complete": True}
    found = await asked(console, "/matches", q="^line .0", regex=1, level="warn", after=20)
    assert found["runs"] == [[40, 1], [60, 1]]
    assert await asked(console, "/levels") == {"debug": 0, "info": 57, "warn": 3, "error": 1}


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("?level=loud", "level must be"),
        ("?since=yesterday", "since must be a time"),
        ("?since=2026-01-01T00:00:00", "time zone"),
        ("?level=warn&after=-1", "must not be negative"),
        ("/matches", "1 to 200 characters"),
        (f"/matches?q={'x' * 201}", "1 to 200 characters"),
        ("/matches?q=a%00b", "1 to 200 characters"),
        ("/matches?q=(&regex=1", "is no regular expression"),
        ("/download?format=pdf", "text or jsonl"),
    ],
)
async def test_nonsense_is_refused_in_words(console, path, part):
    answer = await console.get(path)
    assert answer.status_code == 400
    assert part in answer.json()["message"]


async def test_a_long_line_is_cut_until_somebody_asks_for_all_of_it(console, monkeypatch):
    monkeypatch.setattr(log_lines, "MOST_CHARS", 4)
    line = (await asked(console, n=1))["lines"][0]
    assert (line["text"], line["rest"]) == ("line", 8)
    whole = (await asked(console, n=1, whole=1))["lines"][0]
    assert (whole["text"], "rest" in whole) == ("line 1 of 60", False)


async def test_the_whole_log_is_a_file_of_text_or_of_json(console, monkeypatch):
    monkeypatch.setattr(logs_scan, "PIECE_LINES", 25)
    file = await console.get("/download")
    assert file.headers["content-disposition"].startswith('attachment; filename="execution-')
    lines = file.text.split("\n")
    assert len(lines) == 62
    assert lines[19].endswith("Z WARN  line 20 of 60")
    rows = [json.loads(row) for row in (await console.get("/download?format=jsonl")).text.splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, 62))
    assert rows[60]["fields"] == {"secret": 1}
    assert (await console.get("/download?format=jsonl")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("searches", [False, True])
async def test_a_server_that_writes_no_files_is_read_page_by_page(monkeypatch, searches):
    monkeypatch.setattr(log_download, "PAGE_LINES", 2)
    server = FakeRatchet()
    server.capabilities["logSearch"] = searches
    server.print("one", "two", "three")
    async with (
        Ratchet("http://ratchet.test/api/v1", transport=server.transport) as ratchet,
        visitor(ratchet, "1") as client,
    ):
        lines = (await client.get("/download")).text.splitlines()
    assert [line.split()[-1] for line in lines] == ["one", "two", "three"]


async def test_a_file_of_the_server_is_passed_on_as_it_is_and_breaks_off_where_it_does():
    server = FakeRatchet()
    server.capabilities["logSearch"] = True
    broken, whole = Stream(), text(200, b"what it wrote\n")
    async with (
        Ratchet("http://ratchet.test/api/v1", transport=server.transport) as ratchet,
        visitor(ratchet, "1") as client,
    ):
        server.transport.on(f"{PREFIX}/executions/1/logs/download", whole)
        assert (await client.get("/download")).content == b"what it wrote\n"
        assert not server.count("/executions/1/logs")
        server.transport.on(f"{PREFIX}/executions/1/logs/download", broken.response())
        broken.write(b"the first half")
        broken.drop()
        with pytest.raises(Unreachable):
            await client.get("/download")


async def test_a_server_that_cannot_search_is_not_asked_to():
    server = FakeRatchet()
    server.print("one", "two")
    async with (
        Ratchet("http://ratchet.test/api/v1", transport=server.transport) as ratchet,
        visitor(ratchet, "1") as client,
    ):
        for path in ("?level=error", "/matches?q=x", "/levels"):
            answer = await client.get(path)
            assert (answer.status_code, "does not say" in answer.json()["message"]) == (400, True)
        assert (await client.get("/download")).text.splitlines()[1].endswith("INFO  two")
