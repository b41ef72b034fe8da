"""The gate before the console: other sites' pages are refused, answers get their headers."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from ratchet_web.gate import Gate, gate
from ratchet_web.settings import Settings

OURS = {"origin": "http://console.test:3000"}
SOCKET = "ws://console.test:3000/_event"


async def _hello(_request: Request) -> Response:
    return PlainTextResponse("hello")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Route("/{rest:path}", _hello, methods=["GET", "POST"])])
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
    assert client.get("/executions").headers["cache-control"] == "no-cache"


def test_answers_are_hardened(client: TestClient) -> None:
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


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
    ],
)
def test_a_console_without_sign_in_answers_to_its_own_names_alone(
    settings: dict[str, str], host: str, status: int
) -> None:
    app = Starlette(routes=[Route("/{rest:path}", _hello, methods=["POST"])])
    client = TestClient(gate(Settings(**settings))(app))
    answer = client.post("/console/tasks/try", headers={"host": host, "origin": f"http://{host}"})
    assert answer.status_code == status
    assert status == httpx.codes.OK or "RATCHET_WEB_ALLOWED_HOSTS" in answer.text


def test_the_socket_by_a_strange_name_is_closed() -> None:
    app = Starlette()
    app.router.add_websocket_route("/_event", _socket)
    client = TestClient(gate(Settings())(app))
    with (
        pytest.raises((WebSocketDisconnect, WebSocketDenialResponse)),
        client.websocket_connect("ws://evil.test/_event", headers={"origin": "http://evil.test"}),
    ):
        pass
