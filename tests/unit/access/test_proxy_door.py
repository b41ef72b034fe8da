"""The door behind a reverse proxy: who is named is believed for a time, and then has to be named anew."""

import asyncio
from collections.abc import Mapping

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from ratchet_web.access.proxied import Proxy, holder
from ratchet_web.access.proxy_door import QUIET_S, SOON, SOONEST, STILL_NAMED, ProxyDoor
from ratchet_web.audit.journal import Journal
from ratchet_web.models.proxies import named_roles, networks
from ratchet_web.models.users import Role

PROXY = Proxy(networks("127.0.0.1"), "x-user", "x-role", named_roles("admin=admin, reader=reader"))
ANN = {"x-user": "Ann", "x-role": "admin"}
CONFIRM_S = 0.05
TEXT: Message = {"type": "websocket.receive", "text": "42/_event,[]"}
PONG: Message = {"type": "websocket.receive", "text": "3"}
CLOSED = [{"type": "websocket.close", "code": 1001}]


class Behind:
    """What stands behind the door: `heard` are the messages of a socket, and `cookie` says whose it is."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.cookie = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Listen until it is over."""
        self.cookie = dict(scope["headers"])[b"cookie"].decode()
        if scope["type"] == "http":
            await PlainTextResponse("the page")(scope, receive, send)
            return
        while not self.heard or self.heard[-1]["type"] != "websocket.disconnect":
            self.heard.append(await receive())


async def opened(
    kind: str, path: str, headers: Mapping[str, str], receive: Receive, confirm_s: float = CONFIRM_S
) -> tuple[Behind, list[Message]]:
    behind, told = Behind(), list[Message]()

    async def send(message: Message) -> None:
        told.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "headers": pairs, "client": ("127.0.0.1", 1), "method": "GET"}
    await ProxyDoor(behind, PROXY, Journal(), confirm_s=confirm_s)(scope, receive, send)
    return behind, told


async def silent() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("nobody says anything")


async def flooding() -> Message:
    return TEXT


async def ponging() -> Message:
    return PONG


@pytest.mark.parametrize("says", [silent, flooding, ponging])
async def test_a_socket_whose_owner_was_not_named_anew_closes_whatever_its_browser_does(
    says: Receive,
) -> None:
    async with asyncio.timeout(20):
        behind, told = await opened("websocket", "/_event", ANN, says)
    assert holder(behind.cookie) == ("Ann", Role.ADMIN)
    assert behind.heard[-1]["type"] == "websocket.disconnect"
    assert told == CLOSED


@pytest.mark.parametrize(
    ("busy_s", "least_s", "most_s"),
    [
        (0, 600 * SOONEST, 600 * SOON),
        (300, 600 * SOONEST, 600 * SOON),
        (560, 560 + QUIET_S, 560 + QUIET_S),
        (900, 600, 600),
    ],
)
async def test_a_socket_closes_once_its_browser_was_quiet_for_a_moment_and_in_time_if_it_never_is(
    monkeypatch: pytest.MonkeyPatch, busy_s: float, least_s: float, most_s: float
) -> None:
    now_s = 0.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now_s)

    async def a_second_later() -> Message:
        nonlocal now_s
        now_s += 1
        return TEXT if now_s <= busy_s else PONG

    _, told = await opened("websocket", "/_event", ANN, a_second_later, confirm_s=600)
    assert told == CLOSED
    assert least_s <= now_s <= most_s + 1


async def test_a_page_without_a_socket_learns_whether_its_viewer_is_still_named() -> None:
    for headers, status in ((ANN, 200), ({}, 401), (ANN | {"x-role": "root"}, 403)):
        behind, told = await opened("http", STILL_NAMED, headers, silent)
        assert (told[0]["status"], bool(behind.cookie)) == (status, status == 200)


@pytest.mark.parametrize(("scheme", "flag"), [("http", ""), ("https", "; Secure")])
async def test_the_mark_of_a_page_keeps_to_https_where_the_browser_speaks_it(scheme: str, flag: str) -> None:
    headers = ANN | {"accept": "text/html", "x-forwarded-proto": scheme}
    _, told = await opened("http", "/tasks", headers, silent)
    assert (
        dict(told[0]["headers"])[b"set-cookie"].decode()
        == f"ratchet-web-signed-in=yes; Path=/; SameSite=lax{flag}"
    )
