"""One process that serves: uvicorn, with bounds for what a connection may take."""

import logging
import multiprocessing
import os
import socket
from collections.abc import Callable

from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn import Config, Server

from ratchet_web.serving.files import Files
from ratchet_web.serving.limits import GRACE_S, KEEP_ALIVE_S, MOST_MESSAGE_BYTES
from ratchet_web.serving.protocols import Http, Socket


class Worker(Server):
    """Serves until it is told to stop, or who forked it is gone."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        # It may be gone since: who asks the system now would be told of another one.
        parent = multiprocessing.parent_process()
        self._parent = os.getppid() if parent is None else parent.pid

    @override
    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or os.getppid() != self._parent

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log = logging.getLogger("uvicorn.error")
        # What the application says of its own end is told still.
        self.lifespan.logger = log.getChild("lifespan")
        self.lifespan.logger.setLevel(log.getEffectiveLevel())
        # That answers are cut off is meant, and no mistake of theirs.
        log.setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def serve(make: Callable[[], ASGIApp], log_level: str, listener: socket.socket) -> None:
    """Serve what `make` returns, which is called in here."""
    Worker(config(make, log_level)).run(sockets=[listener])


def config(make: Callable[[], ASGIApp], log_level: str) -> Config:
    """Return what uvicorn is told."""
    return Config(
        lambda: Files(make()),
        factory=True,
        interface="asgi3",
        loop="asyncio",
        http=Http,
        ws=Socket,
        lifespan="on",
        # Engine.IO looks for itself whether a browser is there; and compressing costs each socket memory.
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        ws_max_size=MOST_MESSAGE_BYTES,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        # Who is at the other end decides who is signed in; only the console knows whom to believe.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level=log_level,
    )
