"""What stands before the double in places where only its REST API can be reached."""

import httpx

from tests.doubles.native.app import Native


class RestOnly(httpx.AsyncBaseTransport):
    """Answers 404 to GraphQL, as a proxy would that lets only `/api` and health through."""

    def __init__(self, double: Native) -> None:
        self._inner = double.transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/graphql":
            return httpx.Response(404)
        return await self._inner.handle_async_request(request)
