"""`/events`: every change, as it happens."""

from typing import Annotated, Final

from fastapi import Header
from fastapi.responses import StreamingResponse

from ratchet_web.server.routes.base import Running, router

routes = router("/events")

# Without the last one, a proxy in between holds events back until its buffer is full.
STREAM_HEADERS: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}


@routes.get("")
async def events(server: Running, last_event_id: Annotated[str | None, Header()] = None) -> StreamingResponse:
    """Stream changes (SSE): `change` events, or `reset` where some were missed: load all anew."""
    stream = server.feed.follow(last_event_id or None)
    return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM_HEADERS)
