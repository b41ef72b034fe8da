"""The gate before the console: other sites' pages are refused, answers get their headers."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from ratchet_web.gate import gate

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
    return TestClient(gate(app), base_url="http://console.test:3000")


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
