"""The gate before the console: other sites' pages are refused, answers get their headers."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from ratchet_web.gate import Gate, gate
from ratchet_web.logic.csp import hash_of, policy
from ratchet_web.settings import Settings

OURS = {"origin": "http://console.test:3000"}
SOCKET = "ws://console.test:3000/_event"


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def _missing(_request: Request) -> Response:
    return PlainTextResponse("not found", httpx.codes.NOT_FOUND)


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[
            Route("/assets/missing.js", _missing),
            Route("/{rest:path}", _hello, methods=["GET", "POST"]),
        ]
    )
    app.router.add_websocket_route("/_event", _socket)
    return TestClient(Gate(app), base_url="http://console.test:3000")


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "http://console.test", "https://console.test:3001", "null", ""]
)
def test_a_page_of_another_origin_is_refused(client: TestClient, origin: str) -> None:
    answer = client.post("/console/anything", headers={"origin": origin})
    assert answer.status_code == httpx.codes.FORBIDDEN


@pytest.mark.parametrize("headers", [{}, OURS])
def test_the_console_itself_and_programs_pass(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/console/anything", headers=headers).text == "hello"


def test_the_socket_of_another_origin_is_closed(client: TestClient) -> None:
    with (
        pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)),
        client.websocket_connect(SOCKET, headers={"origin": "http://evil.test"}),
    ):
        pass


def test_the_socket_of_the_console_opens(client: TestClient) -> None:
    with client.websocket_connect(SOCKET, headers=OURS) as socket:
        assert socket.receive_text() == "hello"


def test_built_files_may_be_kept_and_pages_may_not(client: TestClient) -> None:
    assert "immutable" in client.get("/assets/live-abc.js").headers["cache-control"]
    # Of the build that comes with the next start it may be there.
    assert client.get("/assets/missing.js").headers["cache-control"] == "no-cache"
    assert client.get("/executions").headers["cache-control"] == "no-cache"


def test_answers_are_hardened(client: TestClient) -> None:
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    # A file is no page, which is framed; a worker is one, and is held to what comes with it.
    of_file = client.get("/assets/live-abc.js").headers
    assert of_file["x-content-type-options"] == "nosniff"
    assert of_file["content-security-policy"] == "default-src 'self'"
    assert "x-frame-options" not in of_file


def test_a_file_says_nothing_twice() -> None:
    async def _file(_request: Request) -> Response:
        headers = {"etag": '"1"', "last-modified": "Mon, 30 Nov 2026 10:44:55 GMT"}
        return PlainTextResponse("a", headers={"vary": "Accept-Encoding, Origin, Origin", **headers})

    client = TestClient(Gate(Starlette(routes=[Route("/{rest:path}", _file)])))
    headers = client.get("/assets/live-abc.js").headers
    assert (headers["vary"], headers["etag"]) == ("Accept-Encoding, Origin", '"1"')
    assert "last-modified" not in headers
    assert "last-modified" in client.get("/files/a").headers


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        ({}, "localhost:3000", 200),
        ({}, "127.0.0.1:3000", 200),
        ({}, "[::1]:3000", 200),
        # A name that another site gave the address of this machine.
        ({}, "evil.test", 421),
        ({}, "evil.test:3000", 421),
        ({}, "127.0.0.1.evil.test:3000", 421),
        ({"web_allowed_hosts": "ratchet.test, Other.Test"}, "ratchet.test", 200),
        ({"web_allowed_hosts": "ratchet.test, Other.Test"}, "other.test:443", 200),
        ({"web_allowed_hosts": "ratchet.test"}, "evil.test", 421),
        # Here a page of another site has nothing to call with, or reaches it by its address anyway.
        ({"web_auth": "ratchet"}, "console.test", 200),
        ({"web_host": "0.0.0.0"}, "console.test", 200),  # nothing listens there
        # A page that is open on the machine of the proxy could send its headers.
        ({"web_auth": "proxy", "web_proxy_from": "127.0.0.1"}, "evil.test", 421),
    ],
)
def test_a_console_without_sign_in_answers_to_its_own_names_alone(
    tmp_path: Path, settings: dict[str, str], host: str, status: int
) -> None:
    app = Starlette(routes=[Route("/{rest:path}", _hello, methods=["POST"])])
    client = TestClient(gate(Settings(**settings), tmp_path)(app))
    answer = client.post("/console/tasks/try", headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code == status
    assert status == httpx.codes.OK or "RATCHET_WEB_ALLOWED_HOSTS" in answer.text


def test_the_socket_by_a_strange_name_is_closed(tmp_path: Path) -> None:
    app = Starlette()
    app.router.add_websocket_route("/_event", _socket)
    client = TestClient(gate(Settings(), tmp_path)(app))
    with (
        pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)),
        client.websocket_connect("ws://evil.test/_event", headers={"origin": "http://evil.test"}),
    ):
        pass


def test_scripts_run_that_the_build_wrote_and_no_others(tmp_path: Path) -> None:
    page = (
        '<script>one()</script><script type="module" async="">two()\n</script><script src="/a.js"></script>'
    )
    (tmp_path / "index.html").write_text(page)
    app = Starlette(routes=[Route("/{rest:path}", _hello)])
    headers = TestClient(gate(Settings(), tmp_path)(app), base_url="http://localhost").get("/").headers
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["script-src"].split() == ["'self'", *sorted([hash_of("one()"), hash_of("two()\n")])]
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_a_policy_names_scripts_as_browsers_do() -> None:
    # The example of Content Security Policy Level 3, section 2.3.1, hashed by `openssl dgst -sha256`.
    assert hash_of("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    assert "script-src 'self';" in policy(())
