"""What every request passes, in its order."""

import asyncio
from typing import Any

from reflex.app_mixins.lifespan import LifespanMixin
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount

from ratchet_web.entrances.layers import settle
from ratchet_web.live.wire import SEND, Straight
from ratchet_web.ratchet_web import app


async def _receive() -> dict[str, Any]:
    return {"type": "lifespan.startup"}


async def test_a_socket_passes_by_reflexs_own_layers_too() -> None:
    seen: list[Any] = []

    async def innermost(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope[SEND], send))

    async def send(message: Any) -> None:
        if message["type"] == "lifespan.startup.complete":
            started.set()

    started, reflex = asyncio.Event(), LifespanMixin()
    reflex.register_lifespan_task(settle)
    around = Starlette(
        routes=[Mount("", innermost)],
        middleware=[Middleware(CORSMiddleware)],
        lifespan=reflex._run_lifespan_tasks,
    )
    running = asyncio.create_task(around({"type": "lifespan"}, _receive, send))
    await asyncio.wait_for(started.wait(), 5)
    await around({"type": "websocket", "path": "/", "headers": []}, _receive, send)
    await running
    ((straight, wrapped),) = seen
    assert straight is send
    assert wrapped is not send, "nothing lies between, and the layer has lost its reason"


def test_layers_that_were_not_built_yet_are_passed_by_as_well() -> None:
    around = Starlette()
    settle(around)
    assert isinstance(around.middleware_stack, Straight)


def test_the_application_settles_at_its_start() -> None:
    assert settle in app.get_lifespan_tasks()
