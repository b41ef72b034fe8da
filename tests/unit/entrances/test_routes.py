"""Routes that pages ask whoever may come in."""

import httpx
from starlette.applications import Starlette

from ratchet_web.access.proxy_door import STILL_NAMED
from ratchet_web.audit.journal import Journal
from ratchet_web.entrances.routes import data_routes


async def test_a_page_without_a_socket_need_not_open_anew_where_nobody_stands_before_the_console() -> None:
    app = httpx.ASGITransport(app=Starlette(routes=data_routes(Journal())))
    async with httpx.AsyncClient(transport=app, base_url="http://console.test") as client:
        told = await client.get(STILL_NAMED)
    assert (told.status_code, told.headers["cache-control"], told.content) == (204, "no-store", b"")
