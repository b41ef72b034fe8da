"""`/events`: every change, as it happens."""

from typing import Annotated

from fastapi import Header, Query

from ratchet_web.server.parameters.events import EventParameters
from ratchet_web.server.routes.base import Running, router
from ratchet_web.server.streams import STREAM, Stream

routes = router("/events")


@routes.get("", response_class=Stream, status_code=200, responses=STREAM)
async def events(
    server: Running,
    parameters: Annotated[EventParameters, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Stream:
    """Stream changes (SSE): `change` events, or `reset` where some were missed: load all anew."""
    return Stream(server.streams, server.feed.follow(last_event_id or None, parameters.wanted()))
