"""Files, of which the application says only where they lie (ASGI extension `http.response.pathsend`)."""

import asyncio
from functools import partial
from typing import BinaryIO, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXTENSION: Final = "http.response.pathsend"
# Most files are smaller; of a larger one no more is in memory for a browser that is slow to take it.
PIECE_BYTES = 2**18


class Files:
    """Sends most by one turn of a thread: Starlette alone takes four, which cost more than all the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            scope["extensions"] = {EXTENSION: {}}
            send = partial(_send, send)
        await self._app(scope, receive, send)


async def _send(send: Send, message: Message) -> None:
    if message["type"] != EXTENSION:
        await send(message)
        return
    file, piece = await asyncio.to_thread(_opened, message["path"])
    with file:
        while len(piece) == PIECE_BYTES:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await asyncio.to_thread(file.read, PIECE_BYTES)
    await send({"type": "http.response.body", "body": piece})


def _opened(path: str) -> tuple[BinaryIO, bytes]:
    file = open(path, "rb")  # noqa: SIM115 - who asked closes it
    return file, file.read(PIECE_BYTES)
