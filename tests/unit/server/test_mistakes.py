"""A mistake of the server's own is admitted in the contract's shape."""

import httpx
from fastapi import FastAPI

from ratchet_web.server import errors
from ratchet_web.server.edge import Edge


async def test_what_nobody_caught_is_answered_in_the_contracts_shape():
    app = FastAPI()
    errors.install(app)

    @app.get("/breaks")
    async def breaks():
        raise RuntimeError("a secret of the inside")

    transport = httpx.ASGITransport(Edge(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
        answer = await client.get("/breaks", headers={"x-request-id": "mine"})
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert (error["code"], error["requestId"]) == ("INTERNAL_ERROR", "mine")
    assert "secret" not in answer.text
