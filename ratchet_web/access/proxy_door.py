"""Stands before a console behind a reverse proxy: nobody comes in whom the proxy does not name."""

import asyncio
import random
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.access.cookies import MARK, is_https
from ratchet_web.access.proxied import Named, Proxy, Refusal, ticket
from ratchet_web.audit.actor import Actor, act_as
from ratchet_web.audit.journal import Journal
from ratchet_web.logic.addresses import SERVER, SIGN_IN, back_to
from ratchet_web.logic.roles import may
from ratchet_web.models.acts import Act
from ratchet_web.models.audit import Result

# What only says that the console is there.
OPEN: Final = ("/ping", "/_health")
# What data routes need that do more than read, by how they end; any other that is not read is for admins.
WRITES: Final = {"/tasks/try": Act.EDIT_TASK, "/deliveries/test": Act.TEST_DELIVERY, "/rows": Act.RUN_TASK}
READ: Final = ("GET", "HEAD")
UNFIT = "Your role does not allow this."
# What a page asks that gets no socket: whether it must open anew, to be named or refused (assets/named.js).
STILL_NAMED: Final = "/console/named"
# The parts of the time after which a socket closes at the soonest, and unless something is being done: those
# that were opened together, as after a restart, do not all come back together.
SOONEST, SOON = 0.8, 0.9
# What a browser has just asked for is answered before its socket closes.
QUIET_S: Final = 5.0
# Engine.IO's answer to a heartbeat: nobody did anything.
PONG: Final = "3"


class ProxyDoor:
    """An ASGI layer, the socket included: who is named is fixed at its handshake, for `confirm_s` at most.

    Then it closes, and its page opens another at once: whom the proxy names then has what they may then.
    """

    def __init__(self, app: ASGIApp, proxy: Proxy, journal: Journal, confirm_s: float) -> None:
        self._app, self._proxy, self._journal, self._confirm_s = app, proxy, journal, confirm_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with who sends it, or refuse it."""
        if scope["type"] not in ("http", "websocket") or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        who = self._proxy.named(scope)
        refusal = who if isinstance(who, Refusal) else _beyond(who, scope)
        peer = str((scope.get("client") or ("",))[0])
        named = who if isinstance(who, Named) else None
        act_as(Actor(named.name if named else "", named.word if named else "", peer))
        if refusal:
            path = scope["path"][:200]
            self._journal.note(
                noun="console", verb="open", note=f"{path}: {refusal.text}", result=Result.REFUSED
            )
            await _refuse(refusal, scope, receive, send)
        elif named and scope["type"] == "http" and scope["path"].rstrip("/") == SIGN_IN:
            # Pages are led there that must open anew; nobody signs in here.
            asked = parse_qs(scope["query_string"].decode("latin-1"))
            to = back_to(asked.get("next", [""])[-1], asked.get(SERVER, [""])[-1])
            await RedirectResponse(to, 303, headers={"cache-control": "no-store"})(scope, receive, send)
        elif named and scope["type"] == "websocket":
            await self._app(_as(named, scope), _until_confirmed(receive, send, self._confirm_s), send)
        elif named:
            await self._app(_as(named, scope), receive, _marking(send, scope) if _wants_page(scope) else send)


def _beyond(who: Named, scope: Scope) -> Refusal | None:
    """Return why somebody may not send such a request; the client judges once more what comes of it."""
    path, method = scope["path"], scope.get("method", "GET")
    if not path.startswith("/console/") or method in READ:
        return None
    act = next((act for end, act in WRITES.items() if path.endswith(end)), Act.SEE_SETTINGS)
    return None if may(who.role, act) else Refusal(403, UNFIT)


def _as(who: Named, scope: Scope) -> Scope:
    """Return a request of somebody, in which nothing says otherwise."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return {**scope, "headers": [*headers, (b"cookie", ticket(who).encode())]}


def _until_confirmed(receive: Receive, send: Send, confirm_s: float) -> Receive:
    """Let a socket hear its browser for a while, until that is quiet, and then no more.

    After `confirm_s` it is over, whatever comes.
    """
    now_s = asyncio.get_running_loop().time
    ends_s = now_s() + confirm_s * random.uniform(SOONEST, SOON)
    last_s, quiet_s = now_s() + confirm_s, min(QUIET_S, confirm_s * (1 - SOON))

    async def receiving() -> Message:
        nonlocal ends_s
        # What waits already is received without a pause, in which no time would run out.
        if now_s() < ends_s:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(ends_s):
                    message = await receive()
                    if message.get("text") != PONG:
                        ends_s = min(max(ends_s, now_s() + quiet_s), last_s)
                    return message
        await send({"type": "websocket.close", "code": 1001})
        return {"type": "websocket.disconnect", "code": 1001}

    return receiving


def _wants_page(scope: Scope) -> bool:
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


def _marking(send: Send, scope: Scope) -> Send:
    """Let pages wait with their buttons until they know what their viewer may do."""
    mark = f"{MARK}=yes; Path=/; SameSite=lax{'; Secure' if is_https(HTTPConnection(scope)) else ''}"

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.append("set-cookie", mark)
        await send(message)

    return marked


async def _refuse(why: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = {"cache-control": "no-store"}
    told: Response = PlainTextResponse(why.text, why.status, headers)
    if scope["path"].startswith("/console/"):
        told = JSONResponse({"message": why.text, "request_id": ""}, why.status, headers)
    await told(scope, receive, send)
