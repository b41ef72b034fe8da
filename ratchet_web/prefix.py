"""Serves the console beneath a prefix of its host: what is asked for loses it, what is answered gets it."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ratchet_web.logic.prefixes import based, beneath, inside

ROOT_PATH = re.compile(r"(?<=;)\s*path=/(?=;|$)", re.IGNORECASE)
# They are of the file as it was built.
OF_THE_FILE = ("etag", "last-modified", "accept-ranges")


class Prefix:
    """The outermost ASGI layer. Whether the proxy takes the prefix away or leaves it, both arrive."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on as if there were no prefix."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        path = inside(scope["path"], self._prefix)
        within = {
            **scope,
            "path": path,
            "raw_path": inside(raw.decode("latin-1"), self._prefix).encode("latin-1"),
        }
        document = not path.startswith("/assets/")
        if document:
            # It is changed on its way: neither compressed, nor a file for the server to send.
            within["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            within["extensions"] = {}
        await self._app(within, receive, _Answer(send, self._prefix, document=document))


class _Answer:
    """Sends an answer on; where it may be a document, the whole of that at once.

    Beneath `/assets/` a page says at most that there is no such file, and goes as it lies.
    """

    def __init__(self, send: Send, prefix: str, *, document: bool) -> None:
        self._send, self._prefix, self._may_be_document = send, prefix, document
        self._start: Message | None = None
        self._document = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._start is not None and message["type"] == "http.response.body":
            await self._go_on(message)
        else:
            await self._send(message)

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(raw=list(message["headers"]))
        message = {**message, "headers": headers.raw}
        if "location" in headers:
            headers["location"] = beneath(headers["location"], self._prefix)
        for at, (name, value) in enumerate(headers.raw):
            if name == b"set-cookie":
                headers.raw[at] = (name, self._cookie(value.decode("latin-1")).encode("latin-1"))
        if self._may_be_document and headers.get("content-type", "").startswith("text/html"):
            self._start = message
        else:
            await self._send(message)

    async def _go_on(self, message: Message) -> None:
        self._document += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        told = based(self._document.decode(), self._prefix).encode()
        headers = MutableHeaders(raw=self._start["headers"])
        for name in OF_THE_FILE:
            del headers[name]
        headers["content-length"] = str(len(told))
        await self._send(self._start)
        await self._send({**message, "body": told})

    def _cookie(self, text: str) -> str:
        return ROOT_PATH.sub(f" Path={self._prefix}", text)
