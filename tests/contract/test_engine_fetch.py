"""`fetch` of a task, against a real server on a real port."""

import asyncio
import contextlib
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from ratchet_web.models.hosts import AllowedHosts
from ratchet_web.server.engine import addresses
from ratchet_web.server.engine.fetch import LARGE_AT_ONCE, Answer, Fetcher
from ratchet_web.server.engine.pool import Pool
from ratchet_web.server.engine.reports import RequestReport
from ratchet_web.settings import Settings
from tests.support.engine_listener import Heard, work

PACKED = {
    "/packed": ("content-encoding: gzip\r\n", gzip.compress(b"hello " * 1000)),
    "/bomb": ("content-encoding: gzip\r\n", gzip.compress(bytes(10_000_000))),
    "/strange": ("content-encoding: br\r\n", b"?"),
    "/unpackable": ("content-encoding: gzip\r\n", b"not gzip at all"),
}
NEAR = AllowedHosts.parse("127.0.0.1")

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _respond(path: str, head: str, body: bytes, writer: asyncio.StreamWriter) -> None:
    port = writer.get_extra_info("sockname")[1]
    status, headers, answer = "200 OK", "content-type: application/json\r\n", body or b'{"hello":"world"}'
    if path == "/missing":
        status = "404 Not Found"
    elif path == "/moved":
        status, headers = "302 Found", "location: /ok\r\n"
    elif path == "/private":
        status, headers = "302 Found", f"location: http://127.0.0.2:{port}/ok\r\n"
    elif path == "/round":
        status, headers = "302 Found", "location: /round\r\n"
    elif path == "/large":
        answer = b"x" * 3000
    elif path == "/huge":
        answer = b"x" * 300_000
    elif path in PACKED:
        headers, answer = PACKED[path]
    elif path == "/latin":
        headers, answer = "content-type: text/plain; charset=latin-1\r\n", "é".encode("latin-1")
    elif path == "/cookie":
        headers, answer = "set-cookie: who=me\r\n", head.encode()
    elif path == "/silent":
        await asyncio.sleep(60)
    elif path == "/broken":
        writer.write(b"nonsense\r\n\r\n")
        return
    elif path == "/head":
        answer = head.encode()
    writer.write(f"HTTP/1.1 {status}\r\n{headers}content-length: {len(answer)}\r\n".encode())
    writer.write(b"connection: close\r\n\r\n" + answer)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, asyncio.CancelledError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        sizes = [
            line.split(":")[1] for line in head.lower().splitlines() if line.startswith("content-length")
        ]
        body = await reader.readexactly(int(sizes[0])) if sizes else b""
        await _respond(head.split()[1], head, body, writer)
    writer.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[str]:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(1, Settings(fetch_allow="127.0.0.1"))
    await pool.start()
    yield pool
    await pool.stop()


async def run(pool: Pool, body: str, url: str):
    return await pool.run(work(f"async function main(url) {{\n{body}\n}}", url), Heard())


def asks(url: str, **more: object) -> RequestReport:
    asked = {"id": 1, "method": "GET", "url": url, "headers": {}, "redirect": "follow", "body": None}
    return RequestReport(**asked | more)


async def fetched(fetcher: Fetcher, request: RequestReport) -> Answer:
    async with fetcher.answered(request) as answer:
        return answer


async def test_any_status_resolves_and_the_request_is_recorded(pool, site):
    body = "const r = await fetch(url); return [r.ok, r.status, r.statusText, await r.json()];"
    outcome = await run(pool, body, f"{site}/missing")
    assert json.loads(outcome.output_json) == [False, 404, "Not Found", {"hello": "world"}]
    [request] = outcome.http_requests
    assert (request.method, request.status, request.bytes, request.error) == ("GET", 404, 17, None)
    assert request.url == f"{site}/missing"


async def test_method_headers_and_body_arrive(pool, site):
    body = """const post = await fetch(url + "/ok", { method: "post", body: { a: ["ü"] } });
      const third = await fetch(url + "/ok", { method: "PUT" }, "text");
      const head = await fetch(url + "/head", { headers: [["X-One", 1]] });
      return [await post.json(), await third.text(), (await head.text()).toLowerCase().includes("x-one: 1"),
        post.headers.get("Content-Type"), post.headers.has("nothing")];"""
    outcome = await run(pool, body, site)
    assert json.loads(outcome.output_json) == [{"a": ["ü"]}, "text", True, "application/json", False]


async def test_many_fetches_at_once_all_get_their_own_answer(pool, site):
    body = """const all = Array.from({ length: 60 }, (_, n) => fetch(url, { method: "POST", body: { n } }));
      return (await Promise.all((await Promise.all(all)).map((r) => r.json()))).map(({ n }) => n);"""
    outcome = await run(pool, body, f"{site}/ok")
    assert json.loads(outcome.output_json) == list(range(60))
    assert len(outcome.http_requests) == 60


async def test_no_answer_rejects_with_a_type_error_at_the_tasks_line(pool):
    outcome = await run(pool, "\nawait fetch(url);", "http://127.0.0.1:1/")
    assert (outcome.error.name, outcome.error.line) == ("TypeError", 3)
    assert outcome.error.message.startswith("fetch failed: GET http://127.0.0.1:1/: ")
    assert outcome.http_requests[0].status is None
    assert outcome.http_requests[0].error


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://example.com/", "http://", "file:///etc/passwd", "http://x\ny"]
)
async def test_an_address_that_is_none_rejects(pool, url):
    outcome = await run(pool, "await fetch(url);", url)
    assert outcome.error.name == "TypeError"


async def test_headers_that_http_does_not_allow_reject(pool, site):
    body = 'await fetch(url, { headers: { "x-a": "%s" } });'
    for value in ("é", "a\\r\\nb: c"):
        assert (await run(pool, body % value, site)).error.name == "TypeError"


async def test_an_answer_as_large_as_the_limit_reaches_the_task(pool, site):
    body = """const answer = await fetch(url, { method: "POST", body: "é".repeat(5e6) });
      return (await answer.text()).length;"""
    outcome = await run(pool, body, f"{site}/ok")
    assert outcome.error is None
    assert outcome.output_json == "5000000"


async def test_a_cancelled_task_takes_its_fetch_with_it(pool, site):
    item, heard = (
        work("async function main(url) { const p = fetch(url); console.log(1); await p; }", f"{site}/silent"),
        Heard(),
    )
    running = asyncio.create_task(pool.run(item, heard))
    await heard.spoke.wait()
    assert await pool.cancel(item.execution_id)
    assert (await running).kind == "cancelled"


async def test_redirects_are_followed_refused_or_shown_as_asked(site):
    fetcher = Fetcher(NEAR)
    followed = await fetched(fetcher, asks(f"{site}/moved"))
    assert json.loads(followed.said)["redirected"]
    assert json.loads(followed.said)["url"] == f"{site}/ok"
    assert (
        json.loads((await fetched(fetcher, asks(f"{site}/moved", redirect="manual"))).said)["status"] == 302
    )
    assert "redirected to /ok" in (await fetched(fetcher, asks(f"{site}/moved", redirect="error"))).said
    assert not (await fetched(fetcher, asks(f"{site}/round"))).ok
    await fetcher.close()


async def test_limits_of_size_and_time_reject(site):
    fetcher = Fetcher(NEAR, timeout_s=0.2, answer_limit_bytes=2999)
    assert (
        "the answer is larger than 2999 bytes (limit)" in (await fetched(fetcher, asks(f"{site}/large"))).said
    )
    assert "no answer within 0.2 s" in (await fetched(fetcher, asks(f"{site}/silent"))).said
    assert not (await fetched(fetcher, asks(f"{site}/broken"))).ok
    await fetcher.close()


async def test_text_is_read_in_the_encoding_that_the_answer_names(site):
    fetcher = Fetcher(NEAR)
    assert (await fetched(fetcher, asks(f"{site}/latin"))).body == "é"
    await fetcher.close()


async def test_cookies_do_not_go_from_one_task_to_another(site):
    fetcher = Fetcher(NEAR)
    await fetched(fetcher, asks(f"{site}/cookie"))
    again = await fetched(fetcher, asks(f"{site}/cookie"))
    assert "who=me" not in again.body
    await fetcher.close()


async def test_a_password_in_the_address_is_not_recorded(site):
    fetcher = Fetcher(NEAR)
    answer = await fetched(fetcher, asks(site.replace("//", "//user:secret@") + "/ok"))
    assert answer.ok
    assert "secret" not in answer.record.url
    await fetcher.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1", "169.254.169.254", "10.0.0.1"])
async def test_private_addresses_are_refused_when_the_setting_says_so(host):
    fetcher = Fetcher(AllowedHosts())
    answer = await fetched(fetcher, asks(f"http://{host}:1/"))
    assert not answer.ok
    assert "private address" in answer.said
    await fetcher.close()


async def test_a_redirect_to_a_private_address_is_refused(site):
    fetcher = Fetcher(NEAR)
    assert (await fetched(fetcher, asks(f"{site}/ok"))).ok
    refused = await fetched(fetcher, asks(f"{site}/private"))
    assert "127.0.0.2 (127.0.0.2) is a private address" in refused.said
    await fetcher.close()


async def test_its_own_health_is_all_that_a_task_may_read_of_its_server(site):
    fetcher = Fetcher(AllowedHosts(), f"{site}/ok")
    assert (await fetched(fetcher, asks(f"{site}/ok"))).ok
    for asked in (asks(f"{site}/head"), asks(f"{site}/ok", method="POST"), asks(f"{site}/ok?x=1")):
        assert "private address" in (await fetched(fetcher, asked)).said
    await fetcher.close()


async def test_every_address_that_a_name_has_must_be_allowed(site, monkeypatch):
    found = ["93.184.215.14", "10.0.0.1"]
    monkeypatch.setattr(addresses, "_look_up", lambda host, port: found)
    fetcher = Fetcher(AllowedHosts())
    assert "x.test (10.0.0.1) is a private address" in (await fetched(fetcher, asks("http://x.test/"))).said
    await fetcher.close()


async def test_a_packed_answer_is_unpacked_and_counts_by_what_it_unfolds_to(site):
    fetcher = Fetcher(NEAR, answer_limit_bytes=100_000)
    assert (await fetched(fetcher, asks(f"{site}/packed"))).body == "hello " * 1000
    assert "larger than 100000 bytes" in (await fetched(fetcher, asks(f"{site}/bomb"))).said
    assert "br, which is not known here" in (await fetched(fetcher, asks(f"{site}/strange"))).said
    assert "cannot be unpacked" in (await fetched(fetcher, asks(f"{site}/unpackable"))).said
    await fetcher.close()


async def test_only_a_few_large_answers_are_held_at_once(site):
    fetcher = Fetcher(NEAR)
    async with AsyncExitStack() as held:
        for _ in range(LARGE_AT_ONCE):
            answer = await held.enter_async_context(fetcher.answered(asks(f"{site}/huge")))
            assert len(answer.body) == 300_000
        waiting = asyncio.create_task(fetched(fetcher, asks(f"{site}/huge")))
        assert (await fetched(fetcher, asks(f"{site}/ok"))).ok
        assert not waiting.done()
    assert (await waiting).ok
    await fetcher.close()
