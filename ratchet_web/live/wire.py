"""The way of a message to one browser: straight to its socket, while nothing else is on its way there.

Engine.IO gives each socket a task that waits for its queue; to wake it costs four times what sending costs.
This leans on internals of Engine.IO, and on a `send` that waits only while a browser is slow to read.
"""

import asyncio
import logging
import types
from collections.abc import Generator
from typing import Any, Final

from engineio.async_drivers.asgi import WebSocket  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SEND: Final = "ratchet_web.send"
# By this uvicorn's `RuntimeError` is known at a socket that was closed from here.
CLOSED: Final = "after sending 'websocket.close'"
UNSENT: Final = "A message could not be sent to a browser"
logger = logging.getLogger(__name__)


class Straight:
    """The outermost ASGI layer: lets a socket pass by all others with what it sends once it is open."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "websocket":
            scope[SEND] = send
        await self._app(scope, receive, send)


class Wire(WebSocket):  # type: ignore[misc]
    """One open socket, as Engine.IO knows it; `handler` is a method of what has its queue."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        handler.__self__.wire = self
        self._straight: Send | None = None
        self._going: asyncio.Future[None] | None = None

    async def __call__(self, environ: dict[str, Any]) -> Any:
        """Serve it until it closes."""
        self._straight = environ["asgi.scope"].get(SEND)
        return await super().__call__(environ)

    def tell(self, message: Message) -> bool:
        """Begin to send; False, and nothing is sent, while something is on its way."""
        if self._straight is None or (self._going and not self._going.done()):
            return False
        steps = self._straight(message).__await__()
        try:
            # What the system takes at once is sent by now: a task for it would cost more than the message.
            waited_for = next(steps)
        except StopIteration:
            return True
        except Exception as error:
            if not _is_gone(error):
                logger.exception(UNSENT)
            return True
        self._going = asyncio.ensure_future(_rest(steps, waited_for))
        self._going.add_done_callback(_heed)
        return True

    async def send(self, message: str | bytes) -> None:
        """Send after whatever is on its way."""
        if self._going and not self._going.done():
            # If that fails, so does this.
            await asyncio.wait({self._going})
        await super().send(message)


@types.coroutine
def _rest(steps: Generator[Any, Any, None], waited_for: Any) -> Generator[Any, Any, None]:
    """Do what is left of a coroutine that was begun, and waits."""
    yield waited_for
    yield from steps


def _heed(sent: asyncio.Future[None]) -> None:
    """Note how it ended."""
    if not sent.cancelled() and (error := sent.exception()) and not _is_gone(error):
        logger.error(UNSENT, exc_info=error)


def _is_gone(error: BaseException) -> bool:
    """Return whether an error says that a browser is gone: that is for Engine.IO to find out."""
    return isinstance(error, OSError) or (isinstance(error, RuntimeError) and CLOSED in str(error))
