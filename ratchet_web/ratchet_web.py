"""The application: pages, middleware, lifespan."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx

from ratchet_web.api import Ratchet
from ratchet_web.gate import gate
from ratchet_web.live.logs import routes
from ratchet_web.live.rooms import SocketRooms
from ratchet_web.pages import executions
from ratchet_web.pages.frame import frame, splash
from ratchet_web.settings import settings
from ratchet_web.state.executions import ExecutionList
from ratchet_web.state.services import running

api = Ratchet(
    settings().server_url,
    token=settings().api_token.get_secret_value() if (token := settings().api_token) else None,
    timeout_s=settings().api_timeout_s,
)

app = rx.App(
    toaster=None,
    hydrate_fallback=splash,
    html_lang="en",
    head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    stylesheets=["/app.css"],
    app_wraps={},
    extra_app_wraps={(30, "Shell"): frame},
    api_transformer=[routes(api), gate],
)
app.add_page(executions.page, route="/executions", title="Executions · Ratchet", on_load=ExecutionList.load)


@asynccontextmanager
async def services() -> AsyncIterator[None]:
    """Run the client and the live hub for as long as the application runs."""
    async with running(api, SocketRooms(app)):
        yield


app.register_lifespan_task(services)
