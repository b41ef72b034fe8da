"""`/executions/{id}/logs`: filters, places, bounds, streams that are resumed, and files."""

import asyncio
import json

import httpx
import pytest
import pytest_asyncio

from ratchet_web.server import log_search
from ratchet_web.server.engine.judge import _Bench
from ratchet_web.server.store import logs as store_logs
from ratchet_web.server.store import logs_matches, logs_scan
from tests.support.server import eventually, in_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRINTS = """function main() {
  for (let n = 1; n <= 60; n++) console[n % 20 ? "info" : "warn"](`line ${n} of 60`);
  console.error("Sum: 5 < 6 && ü", { sum: 5, of: ["ü"] });
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    async with in_process(tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def path(api):
    execution = await api.done(await api.run(PRINTS))
    return f"/executions/{execution['id']}/logs"


async def read(api, path, **params):
    found = await api.ask("GET", path, 200, params=params)
    return [line["seq"] for line in found["data"]], found["meta"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"limit": 2}, [1, 2]),
        ({"after": 59}, [60, 61]),
        ({"before": 3}, [1, 2]),
        ({"before": 30, "limit": 2}, [28, 29]),
        ({"after": 10, "before": 30, "limit": 2}, [11, 12]),
        ({"around": 30, "limit": 3}, [29, 30, 31]),
        ({"tail": 2}, [60, 61]),
        ({"level": "warn"}, [20, 40, 60, 61]),
        ({"level": "warn", "tail": 1}, [61]),
        ({"level": "error"}, [61]),
        ({"search": "LINE 6"}, [6, 60]),
        ({"search": "line 6", "level": "warn"}, [60]),
        ({"search": "< 6 && ü"}, [61]),
        ({"search": "%"}, []),
    ],
)
async def test_lines_are_found_by_place_level_and_text(api, path, params, found):
    seqs, meta = await read(api, path, **params)
    assert seqs == found
    assert (meta["total"], meta["done"]) == (61, True)


async def test_an_object_printed_last_is_there_as_fields(api, path):
    found = await api.get(path, tail=2)
    assert found[0]["fields"] is None
    assert found[1]["fields"] == {"sum": 5, "of": ["ü"]}
    assert found[1]["text"] == 'Sum: 5 < 6 && ü {"sum":5,"of":["ü"]}'


async def test_a_cut_answer_says_where_to_go_on(api, path, monkeypatch):
    monkeypatch.setattr(logs_scan, "ANSWER_BYTES", 200)
    all_seqs, after, meta = [], 0, {"complete": False}
    while not meta["complete"]:
        seqs, meta = await read(api, path, after=after)
        assert 0 < len(seqs) < 20
        all_seqs, after = all_seqs + seqs, meta["next"]
    assert all_seqs == list(range(1, 62))


@pytest.mark.parametrize(
    ("params", "part"),
    [
        ({"level": "loud"}, "level"),
        ({"search": ""}, "search"),
        ({"search": "a\0b"}, "search"),
        ({"before": 0}, "before"),
        ({"serch": "x"}, "did you mean search?"),
        ({"tail": 5, "around": 3}, "around and tail do not go together"),
        ({"follow": "true", "around": 3}, "around and follow do not go together"),
    ],
)
async def test_nonsense_is_refused_by_name(api, path, params, part):
    assert part in (await api.fails("GET", path, 400, params=params))["message"]


async def streamed(api, path, last_event_id=None, **params):
    """Return the ids and the lines of a stream that ends."""
    headers = {} if last_event_id is None else {"last-event-id": last_event_id}
    answer = await api.client.get(path, params={"follow": "true", **params}, headers=headers)
    blocks = [
        dict(part.split(": ", 1) for part in block.split("\n")) for block in answer.text.split("\n\n")[:-1]
    ]
    seqs = [
        line["seq"]
        for block in blocks
        if block.get("event") == "lines"
        for line in json.loads(block["data"])["lines"]
    ]
    return [block["id"] for block in blocks if "id" in block], seqs


async def test_a_filtered_stream_keeps_its_cursor_moving(api, path, monkeypatch):
    monkeypatch.setattr(logs_scan, "STEP_LINES", 10)
    assert await streamed(api, path, search="line 6") == (["61", "61"], [6, 60])
    assert await streamed(api, path, search="nothing like it") == (["61", "61"], [])
    assert await streamed(api, path, level="error", tail=5) == (["61", "61"], [61])


@pytest.mark.parametrize("last", range(0, 62, 7))
async def test_a_filtered_stream_is_resumed_anywhere_without_loss_or_repeat(api, path, last):
    _, seqs = await streamed(api, path, str(last), level="warn", search="line")
    assert seqs == [seq for seq in (20, 40, 60) if seq > last]


async def test_a_log_is_downloaded_as_text(api, path):
    answer = await api.client.get(f"{path}/download")
    number = path.split("/")[2]
    assert answer.headers["content-disposition"] == f'attachment; filename="execution-{number}.log"'
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert len(lines) == 61
    time, level, text = lines[19].split(maxsplit=2)
    assert time.endswith("Z")
    assert (level, text) == ("WARN", "line 20 of 60")


async def test_a_log_is_downloaded_as_lines_of_json(api, path, monkeypatch):
    monkeypatch.setattr(logs_scan, "ANSWER_BYTES", 300)
    answer = await api.client.get(f"{path}/download", params={"format": "jsonl"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == await api.get(path) + lines[len(await api.get(path)) :]
    assert [line["seq"] for line in lines] == list(range(1, 62))
    assert lines[-1]["fields"] == {"sum": 5, "of": ["ü"]}


async def test_there_is_no_file_of_a_log_that_is_not_there(api):
    await api.fails("GET", "/executions/99/logs/download", 404)
    await api.fails("GET", "/executions/x/logs/download", 404)


async def test_an_empty_log_is_an_empty_file(api):
    execution = await api.done(await api.run("function main() {}"))
    answer = await api.client.get(f"/executions/{execution['id']}/logs/download")
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_search_leaves_the_other_readers_alone(api, path, monkeypatch):
    monkeypatch.setattr(logs_scan, "STEP_LINES", 1)
    # So many steps take a while on a busy machine, and none of them is to be cut short.
    monkeypatch.setattr(store_logs, "SEARCH_S", 60.0)
    searches = [asyncio.create_task(read(api, path, search=f"line {n}")) for n in range(10, 18)]
    assert (await api.get(path, limit=1))[0]["seq"] == 1
    assert not any(search.done() for search in searches)
    assert [(await search)[0] for search in searches] == [[n] for n in range(10, 18)]


async def numbers(api, path, **params):
    """Return the numbers that a search finds, and what it says beside them."""
    found = await api.ask("GET", f"{path}/matches", 200, params=params)
    return [first + n for first, count in found["data"] for n in range(count)], found["meta"]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"search": "LINE 6"}, [6, 60]),
        ({"search": "line 5"}, [5, *range(50, 60)]),
        ({"search": "line", "after": 58}, [59, 60]),
        ({"search": "line", "level": "warn"}, [20, 40, 60]),
        ({"search": "nothing like it"}, []),
        ({"search": "line [67]\\b", "regex": "true"}, [6, 7]),
        ({"search": "^LINE .0", "regex": "true", "level": "warn"}, [20, 40, 60]),
        ({"search": 'ü(?="\\])', "regex": "true"}, [61]),
        ({"search": "$^", "regex": "true"}, []),
    ],
)
async def test_a_search_tells_the_numbers_of_the_lines(api, path, params, found):
    seqs, meta = await numbers(api, path, **params)
    assert seqs == found
    assert meta == {"total": 61, "done": True, "next": 61, "complete": True}


async def test_neighbours_are_told_as_one_run(api, path):
    assert await api.get(f"{path}/matches", search="line 5") == [[5, 1], [50, 10]]


@pytest.mark.parametrize("regex", ["true", "false"])
async def test_a_search_that_takes_long_says_where_to_go_on(api, path, monkeypatch, regex):
    monkeypatch.setattr(logs_matches, "STEP_LINES", 10)
    monkeypatch.setattr(store_logs, "SEARCH_S", 0)
    monkeypatch.setattr(log_search, "SEARCH_S", 0)
    found, after, meta = [], 0, {"complete": False}
    while not meta["complete"]:
        seqs, meta = await numbers(api, path, search="line 6", regex=regex, after=after)
        found, after = found + seqs, meta["next"]
    assert (found, after) == ([6, 60], 61)


@pytest.mark.parametrize(
    ("search", "part"), [("(a", "is no regular expression"), ("(a+)+$", "takes too long")]
)
async def test_an_expression_that_is_none_or_too_slow_is_refused_at_its_field(api, search, part):
    execution = await api.done(await api.run(f"function main() {{ console.log('{'a' * 60}!') }}"))
    path = f"/executions/{execution['id']}/logs/matches"
    error = await api.fails("GET", path, 400, params={"search": search, "regex": "true"})
    assert error["details"][0]["field"] == "search"
    assert part in error["details"][0]["message"]


EVIL = {"search": "(a+)+$", "regex": "true"}


class Asker:
    """Asks for a search, and may leave."""

    def __init__(self, api, path, **params):
        self._left = asyncio.Event()
        self._begun = False
        self.status = None
        query = str(httpx.QueryParams(params)).encode()
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/api/v1{path}",
            "query_string": query,
            "headers": [],
        }
        app = api.client._transport.app
        self.answer = asyncio.create_task(app({**scope, "state": {}}, self._receive, self._send))

    def leave(self):
        self._left.set()

    async def _receive(self):
        if not self._begun:
            self._begun = True
            return {"type": "http.request"}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        self.status = message.get("status", self.status)


@pytest_asyncio.fixture(loop_scope="module")
async def evil(api):
    """Return the path of a log whose search by `EVIL` takes as long as it may."""
    execution = await api.done(await api.run(f"function main() {{ console.log('{'a' * 60}!') }}"))
    return f"/executions/{execution['id']}/logs/matches"


@pytest.fixture
def asked(monkeypatch):
    """Return the searches that a process was given, and how each ended."""
    begun, ask = [], _Bench.ask

    async def noted(bench, op, said, cpu_s):
        if op != "match":
            return await ask(bench, op, said, cpu_s)
        begun.append("at work")
        place = len(begun) - 1
        try:
            # Longer than anything here takes: nothing ends it but its end.
            return await ask(bench, op, said, 600 if EVIL["search"] in said else cpu_s)
        except asyncio.CancelledError:
            begun[place] = "ended"
            raise

    monkeypatch.setattr(_Bench, "ask", noted)
    return begun


async def crowd(api, evil, asked, monkeypatch):
    """Return as many askers as there may be, once one is served and the others wait."""
    let_in, find = [], log_search.Expressions._find

    async def noted(*given):
        let_in.append(given)
        return await find(*given)

    monkeypatch.setattr(log_search.Expressions, "_find", noted)
    askers = [Asker(api, evil, **EVIL) for _ in range(log_search.MOST)]
    await eventually(lambda: asyncio.sleep(0, len(let_in)), lambda count: count == log_search.MOST)
    await eventually(lambda: asyncio.sleep(0, asked), lambda begun: begun == ["at work"])
    return askers


async def gone(askers):
    for asker in askers:
        asker.leave()
    await asyncio.gather(*(asker.answer for asker in askers))


async def test_a_search_whose_asker_left_is_ended_and_one_that_waits_never_begins(
    api, evil, asked, monkeypatch
):
    askers = await crowd(api, evil, asked, monkeypatch)
    await gone(askers)
    assert asked == ["ended"]
    assert await api.get(evil, search="!$", regex="true") == [[1, 1]]
    assert [asker.status for asker in askers] == [499] * log_search.MOST


async def test_beyond_a_few_searches_the_next_is_asked_to_come_again(api, evil, asked, monkeypatch):
    askers = await crowd(api, evil, asked, monkeypatch)
    refused = await api.client.get(evil, params={"search": "!$", "regex": "true"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "BUSY")
    assert int(refused.headers["retry-after"]) > 0
    assert await api.get(evil, search="!") == [[1, 1]]
    await gone(askers)
    assert await api.get(evil, search="!$", regex="true") == [[1, 1]]


async def test_an_expression_sees_a_line_without_its_colours(api):
    execution = await api.done(
        await api.run("function main() { console.log('a \\x1b[31mre\\x1b[0md word') }")
    )
    path = f"/executions/{execution['id']}/logs"
    assert (await numbers(api, path, search="a red word", regex="true"))[0] == [1]


async def test_the_lines_of_each_level_are_counted(api, path):
    assert await api.get(f"{path}/levels") == {"debug": 0, "info": 57, "warn": 3, "error": 1}
    await api.fails("GET", "/executions/99/logs/levels", 404)
    await api.fails("GET", "/executions/99/logs/matches", 404, params={"search": "x"})
