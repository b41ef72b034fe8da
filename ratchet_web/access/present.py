"""Says of every request from where it comes, for what is written down of it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from ratchet_web.audit.actor import Actor, act_as


class Present:
    """An ASGI layer. Who sends a request, the services know that are found for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            act_as(Actor(address=str((scope.get("client") or ("",))[0])))
        await self._app(scope, receive, send)
